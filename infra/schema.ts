import { parse } from "graphql/language/parser.js";
import { print } from "graphql/language/printer.js";
import { visit } from "graphql/language/visitor.js";

/** AppSync's quota for a schema, in bytes. */
const maxBytes = 1024 * 1024;

/**
 * The schema as AppSync takes it, without descriptions and comments. AppSync refuses descriptions of enum values
 * (aws/aws-appsync-community#55), fails on comments before them (#410) and drops string descriptions elsewhere
 * (sid88in/serverless-appsync-plugin#453); whether it takes them on arguments and input fields is not documented.
 * Directives stay as they are.
 */
export function deployedSchema(source: string): string {
  const described = parse(source, { noLocation: true });
  const text = print(
    visit(described, {
      enter: (node) => ("description" in node ? { ...node, description: undefined } : undefined),
    }),
  );
  if (Buffer.byteLength(text) > maxBytes) {
    throw new Error(`schema.graphql: AppSync takes at most ${maxBytes} bytes`);
  }
  return `${text}\n`;
}
