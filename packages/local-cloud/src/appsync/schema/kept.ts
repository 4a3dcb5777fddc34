import {
  type ASTNode,
  type ConstDirectiveNode,
  type DocumentNode,
  Kind,
  Lexer,
  Source,
  specifiedDirectives,
  type StringValueNode,
  type Token,
  TokenKind,
  visit,
} from "graphql";
import type { Warn } from "../unsupported.ts";

/** Directives of merged APIs, which a source API may carry: they mean nothing here. */
const ofMergedApis = ["canonical", "hidden", "renamed"];

/** Where AppSync takes the directives of auth modes, but no source says that they protect anything. */
const withoutEffect: readonly string[] = [
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.UNION_TYPE_DEFINITION,
  Kind.INPUT_OBJECT_TYPE_DEFINITION,
];

/**
 * The part of a schema that AppSync keeps. It drops descriptions and reads comments in their place
 * (sid88in/serverless-appsync-plugin#453), passes over directives that it does not know (#409), and drops directives
 * of enum values (aws-amplify/amplify-cli#1612). `known` are the directives that mean something.
 */
export function asKept(document: DocumentNode, known: readonly string[], warn: Warn): DocumentNode {
  const meant = new Set([
    ...known,
    ...specifiedDirectives.map(({ name }) => name),
    ...document.definitions.flatMap((one) => (one.kind === Kind.DIRECTIVE_DEFINITION ? one.name.value : [])),
  ]);
  const isKept = (directive: ConstDirectiveNode): boolean => {
    const { value } = directive.name;
    if (!meant.has(value) && !ofMergedApis.includes(value)) {
      warn(`the schema, line ${lineOf(directive)}: AppSync does not know @${value} and passes over it`);
    }
    return meant.has(value);
  };
  return visit(document, {
    enter(node) {
      const { description, directives = [] } = node as Describable;
      for (const { name } of withoutEffect.includes(node.kind) ? directives : []) {
        if (known.includes(name.value)) {
          warn(
            `the schema, line ${lineOf(node)}: @${name.value} protects fields and object types only, as far as is known`,
          );
        }
      }
      const isBare = node.kind === Kind.ENUM_VALUE_DEFINITION;
      const comment = describes(node) ? commentBefore(node) : undefined;
      if (!description && !comment && directives.length === 0) {
        return undefined;
      }
      return {
        ...node,
        description: comment,
        ...(directives.length > 0 && { directives: isBare ? [] : directives.filter(isKept) }),
      };
    },
  });
}

interface Describable {
  readonly description?: StringValueNode;
  readonly directives?: readonly ConstDirectiveNode[];
}

const describes = ({ kind }: ASTNode): boolean =>
  kind.endsWith("TypeDefinition") || kind === Kind.FIELD_DEFINITION || kind === Kind.INPUT_VALUE_DEFINITION;

/** The comment on the lines directly above. */
function commentBefore({ loc }: ASTNode): StringValueNode | undefined {
  const lines: string[] = [];
  let line = loc?.startToken.line ?? 0;
  let token: Token | null | undefined = loc?.startToken.prev;
  for (; token?.kind === TokenKind.COMMENT && token.line === line - 1; token = token.prev) {
    if (token.prev?.line === token.line) {
      break;
    }
    lines.unshift(token.value.trim());
    line = token.line;
  }
  return lines.length > 0 ? { kind: Kind.STRING, value: lines.join("\n"), block: true } : undefined;
}

/** The line of a node in the schema's text. */
export function lineOf({ loc }: ASTNode): number | "unknown" {
  return loc?.startToken.line ?? "unknown";
}

/** `implements A, B` as graphql-js reads it, `implements A& B`: AppSync takes both (#340). All places stay. */
export function withJoinedInterfaces(sdl: string): string {
  if (!/\bimplements\b[^{]*,/.test(sdl)) {
    return sdl;
  }
  const lexer = new Lexer(new Source(sdl));
  let text = sdl;
  let isList = false;
  let before: Token = lexer.advance();
  for (let token = before; token.kind !== TokenKind.EOF; token = lexer.advance()) {
    const comma = sdl.slice(before.end, token.start).indexOf(",");
    if (isList && isName(before) && isName(token) && before.value !== "implements" && comma >= 0) {
      const at = before.end + comma;
      text = `${text.slice(0, at)}&${text.slice(at + 1)}`;
    }
    isList = token.value === "implements" || (isList && (isName(token) || token.kind === TokenKind.AMP));
    before = token;
  }
  return text;
}

const isName = ({ kind }: Token): boolean => kind === TokenKind.NAME;
