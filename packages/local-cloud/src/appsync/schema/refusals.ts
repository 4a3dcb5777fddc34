import {
  type ASTNode,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  isTypeExtensionNode,
  Kind,
  type Source,
  type StringValueNode,
  TokenKind,
  validateSchema,
  visit,
} from "graphql";
import { UnsupportedDeclaration } from "../unsupported.ts";
import { lineOf } from "./kept.ts";

/** Throws for what graphql takes and AppSync does not, by its line in the schema. */
export function refuseSyntax(document: DocumentNode): void {
  visit(document, {
    enter(node) {
      // graphql gives nodes without a description one that is undefined.
      const { description } = node as { readonly description?: StringValueNode };
      if (description?.value.trim() === "") {
        refuseAt(node, "AppSync takes no empty descriptions (aws-amplify/amplify-category-api#173)");
      }
      if (node.kind === Kind.ENUM_VALUE_DEFINITION && description) {
        refuseAt(node, "AppSync takes no descriptions of enum values (aws/aws-appsync-community#55)");
      }
      if (node.kind === Kind.ENUM_VALUE_DEFINITION && /\b(?:null|true|false)\b/.test(commentsBefore(node))) {
        refuseAt(
          node,
          "AppSync fails on comments with null, true or false before an enum value (aws/aws-appsync-community#410)",
        );
      }
      if (node.kind === Kind.INTERFACE_TYPE_DEFINITION && (node.interfaces?.length ?? 0) > 0) {
        refuseAt(node, "AppSync takes no interfaces of interfaces (aws/aws-appsync-community#387)");
      }
      if (isTypeExtensionNode(node) || node.kind === Kind.SCHEMA_EXTENSION) {
        refuseAt(node, "AppSync takes no extensions of types (sid88in/serverless-appsync-plugin#468)");
      }
    },
  });
}

/** Throws for a schema that no request could be run against: here it would boot, and every request would fail. */
export function refuseInvalid(schema: GraphQLSchema): void {
  const [first] = validateSchema(schema);
  if (first) {
    throw new UnsupportedDeclaration(`the schema is not valid: ${withLine(first)}`);
  }
}

/**
 * The line of graphql's own errors, which is only in their long form, and its text: the program may have made the
 * schema out of a file whose lines are others.
 */
export function withLine({ locations, source, message }: GraphQLError): string {
  const [place] = locations ?? [];
  return place ? `line ${place.line}: ${message}${quoted(source, place.line)}` : message;
}

/** Throws for what AppSync does not take at a node of the schema. */
export function refuseAt(node: ASTNode, why: string): never {
  const line = lineOf(node);
  const text = line === "unknown" ? "" : quoted(node.loc?.source, line);
  throw new UnsupportedDeclaration(`the schema, line ${line}: ${why}${text}`);
}

function quoted(source: Source | undefined, line: number): string {
  const text = source?.body.split("\n")[line - 1]?.trim() ?? "";
  return text === "" ? "" : `\n  ${line} | ${text}`;
}

function commentsBefore({ loc }: ASTNode): string {
  let text = "";
  for (let token = loc?.startToken.prev; token?.kind === TokenKind.COMMENT; token = token.prev) {
    text = `${token.value}\n${text}`;
  }
  return text;
}
