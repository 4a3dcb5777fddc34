import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { type DocumentNode, parse, print, visit } from "graphql";
import { deployedSchema } from "../../infra/schema.ts";
import { ofType } from "../../packages/local-cloud/src/base/graph.ts";
import { graphOf, root } from "../support/program.ts";

const source = readFileSync(join(root, "schema.graphql"), "utf8");

/** Names and descriptions of what a schema defines. */
function definitions(text: string): { kind: string; name: string; description: string | undefined }[] {
  const found: { kind: string; name: string; description: string | undefined }[] = [];
  visit(parse(text), {
    enter: (node: {
      kind: string;
      name?: { value: string };
      description?: { value: string } | undefined;
    }) => {
      if (/(Definition|Declaration)$/.test(node.kind)) {
        found.push({ kind: node.kind, name: node.name?.value ?? "", description: node.description?.value });
      }
    },
  });
  return found;
}

const undescribed = (document: DocumentNode): string =>
  print(
    visit(document, {
      enter: (node) => ("description" in node ? { ...node, description: undefined } : undefined),
    }),
  );

/** Every kind of node that has a description. */
const described = `
  # a comment
  "schema" schema { query: Query }
  """directive""" directive @own("argument" a: Int) on FIELD_DEFINITION
  "scalar" scalar S
  "type" type Query implements I & J @aws_iam {
    "field" f("argument" a: Int = 3, b: [E!] = [A]): E @aws_iam  # after
  }
  "interface" interface I { "field" f: E }
  interface J { f: E }
  "union" union U = Query
  "enum" enum E { "value" A  """block
  of "three"
  lines""" B @deprecated(reason: "# kept") }
  "input" input In { "field" a: String = "# text, not a comment" }
`;

describe("the schema that is deployed", () => {
  it.each(["dev", "prod"])(
    "is schema.graphql's without descriptions and comments on stack %s",
    async (stack) => {
      const [api] = ofType(await graphOf(stack), "aws:appsync/graphQLApi:GraphQLApi");
      expect(api?.inputs.schema).toBe(deployedSchema(source));
    },
  );

  it("has all types, fields, arguments, defaults and directives of the source", () => {
    expect(print(parse(deployedSchema(source)))).toBe(undescribed(parse(source)));
  });

  it.each([
    ["schema.graphql", source],
    ["every kind of description", described],
  ])("describes nothing: %s", (_, text) => {
    expect(definitions(deployedSchema(text)).filter(({ description }) => description)).toEqual([]);
    expect(definitions(deployedSchema(text)).length).toBe(definitions(text).length);
  });

  it("keeps text that only looks like a comment", () => {
    const text = deployedSchema(described);
    expect(text).toContain('= "# text, not a comment"');
    expect(text).toContain('@deprecated(reason: "# kept")');
    expect(text).not.toMatch(/# (a comment|after)/);
  });

  it("is refused above AppSync's quota of 1 MB", () => {
    const withFields = (count: number) =>
      `type Query { ${Array.from({ length: count }, (_, index) => `${"f".repeat(1000)}${index}: Int`).join("\n")} }`;
    expect(() => deployedSchema(withFields(1000))).not.toThrow();
    expect(() => deployedSchema(withFields(1040))).toThrow("at most 1048576 bytes");
  });
});

describe("the source of the schema", () => {
  it("describes every type, field, argument, enum value and input field", () => {
    const bare = definitions(source).filter(
      ({ name, description }) => !description && !["", "Query", "Mutation", "Subscription"].includes(name),
    );
    expect(bare).toEqual([]);
  });
});
