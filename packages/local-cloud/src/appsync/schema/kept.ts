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
import type { Warn } from "../warn.ts";

/** Directives of merged APIs. A source API may have them. They have no effect here. */
const ofMergedApis = ["canonical", "hidden", "renamed"];

/** Definitions on which AppSync accepts the directives of auth modes. No source says that they protect anything. */
const withoutEffect: readonly string[] = [
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.UNION_TYPE_DEFINITION,
  Kind.INPUT_OBJECT_TYPE_DEFINITION,
];

/**
 * The part of a schema that AppSync keeps. It drops descriptions and reads comments in their place
 * (sid88in/serverless-appsync-plugin#453), ignores unknown directives (#409), and drops directives of enum values
 * (aws-amplify/amplify-cli#1612). `known` are the directives with an effect.
 */
export function asKept(document: DocumentNode, known: readonly string[], warn: Warn): DocumentNode {
  const declared = new Set([
    ...known,
    ...specifiedDirectives.map(({ name }) => name),
    ...document.definitions.flatMap((one) => (one.kind === Kind.DIRECTIVE_DEFINITION ? one.name.value : [])),
  ]);
  const isKept = (directive: ConstDirectiveNode): boolean => {
    const { value } = directive.name;
    if (!declared.has(value) && !ofMergedApis.includes(value)) {
      warn(`the schema, line ${lineOf(directive)}: AppSync does not know @${value} and ignores it`);
    }
    return declared.has(value);
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

/** `implements A, B` as graphql-js reads it, `implements A& B`: AppSync takes both (#340). No position changes. */
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
