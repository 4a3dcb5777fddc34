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
import { lineOf } from "./kept.ts";

/** Why a schema is not valid, without the API that has it. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";
}

/** Throws `SchemaError` for what graphql accepts and AppSync refuses. */
export function refuseSyntax(document: DocumentNode): void {
  visit(document, {
    enter(node) {
      // graphql sets the description of a node without one to undefined.
      const { description } = node as { readonly description?: StringValueNode };
      if (description?.value.trim() === "") {
        refuseAt(node, "AppSync does not accept empty descriptions (aws-amplify/amplify-category-api#173)");
      }
      if (node.kind === Kind.ENUM_VALUE_DEFINITION && description) {
        refuseAt(node, "AppSync does not accept descriptions of enum values (aws/aws-appsync-community#55)");
      }
      if (node.kind === Kind.ENUM_VALUE_DEFINITION && /\b(?:null|true|false)\b/.test(commentsBefore(node))) {
        refuseAt(
          node,
          "AppSync fails on comments with null, true or false before an enum value (aws/aws-appsync-community#410)",
        );
      }
      if (node.kind === Kind.INTERFACE_TYPE_DEFINITION && (node.interfaces?.length ?? 0) > 0) {
        refuseAt(node, "AppSync does not accept interfaces of interfaces (aws/aws-appsync-community#387)");
      }
      if (isTypeExtensionNode(node) || node.kind === Kind.SCHEMA_EXTENSION) {
        refuseAt(node, "AppSync does not accept extensions of types (sid88in/serverless-appsync-plugin#468)");
      }
    },
  });
}

/** Throws `SchemaError` for a schema that no request can run on. Without this check every request would fail. */
export function refuseInvalid(schema: GraphQLSchema): void {
  const [first] = validateSchema(schema);
  if (first) {
    throw schemaErrorOf(first);
  }
}

/** An error of graphql, with the line, which graphql has only in the long form of its message. */
export function schemaErrorOf({ locations, source, message }: GraphQLError): SchemaError {
  const [place] = locations ?? [];
  // The refusal ends the sentence.
  const text = message.replace(/\. (Did you mean .+\?)$/, " ($1)").replace(/\.$/, "");
  return new SchemaError(place ? `${lineText(source, place.line)}: ${text}` : text);
}

/** Throws `SchemaError` for what AppSync refuses at a node of the schema. */
export function refuseAt(node: ASTNode, why: string): never {
  const line = lineOf(node);
  throw new SchemaError(`${line === "unknown" ? "unknown line" : lineText(node.loc?.source, line)}: ${why}`);
}

/** The number of a line and its text: a program may build its schema from files with other line numbers. */
function lineText(source: Source | undefined, line: number): string {
  const text = source?.body.split("\n")[line - 1]?.trim() ?? "";
  return `line ${line}${text === "" ? "" : ` (${text})`}`;
}

function commentsBefore({ loc }: ASTNode): string {
  let text = "";
  for (let token = loc?.startToken.prev; token?.kind === TokenKind.COMMENT; token = token.prev) {
    text = `${token.value}\n${text}`;
  }
  return text;
}
