import { describe, expect, it } from "@jest/globals";
import { isEnumType, isObjectType, printSchema } from "graphql";
import { buildApiSchema } from "../../../src/appsync/schema/index.ts";
import { apiGraph, echo, serve, token } from "../../../../../test/support/appsync.ts";

const api = { type: "aws:appsync/graphQLApi:GraphQLApi", name: "api" };

/** The schema that AppSync makes, as introspection shows it, with the warnings of the log. */
function kept(sdl: string) {
  const warnings: string[] = [];
  const schema = buildApiSchema(sdl, api, (text) => void warnings.push(text));
  return { schema, warnings };
}

describe("the schema that AppSync makes keeps", () => {
  it("no descriptions", () => {
    const sdl = `"a" type Query {\n  "b"\n  a("c" b: ID): E\n}\n"d" enum E { A }\n"e" input I { "f" a: ID }`;
    expect(printSchema(kept(sdl).schema)).not.toMatch(/"[a-f]"/);
  });

  it("comments directly above a definition, as its description", () => {
    const sdl = `# not this\n\n# one\n# two\ntype Query {\n  a: ID # nor this\n  b: ID\n  # three\n  c: ID\n}`;
    const fields = Object.values(kept(sdl).schema.getQueryType()?.getFields() ?? {});
    expect(fields.map(({ description }) => description ?? null)).toEqual([null, null, "three"]);
    expect(kept(sdl).schema.getQueryType()?.description).toBe("one\ntwo");
  });

  it("directives of fields, not those of enum values", () => {
    const sdl = `type Query { a: E @deprecated(reason: "old") }\nenum E { A @deprecated B }`;
    const { schema, warnings } = kept(sdl);
    const type = schema.getType("E");
    expect(isEnumType(type) && type.getValue("A")?.deprecationReason).toBeFalsy();
    expect(schema.getQueryType()?.getFields()["a"]?.deprecationReason).toBe("old");
    expect(warnings).toEqual([]);
  });
});

describe("AppSync accepts", () => {
  it.each([
    ["@canonical, @hidden and @renamed", 'type T @canonical { a: ID @hidden b: ID @renamed(to: "c") }'],
    [
      "interfaces joined by a comma",
      "interface A { a: ID } interface B { b: ID } type T implements A, B { a: ID b: ID }",
    ],
    [
      "interfaces joined by an ampersand",
      "interface A { a: ID } interface B { b: ID } type T implements A & B { a: ID b: ID }",
    ],
    ["one interface", "interface A { a: ID } type T implements A { a: ID, b: ID }"],
    ["comments before an enum value", "enum E {\n  # one of them\n  A\n}"],
  ])("%s, without a warning", (_, sdl) => {
    expect(kept(`type Query { q: ID }\n${sdl}`).warnings).toEqual([]);
  });

  it("three interfaces joined by commas, over lines", () => {
    const { schema } = kept(
      "type Query { q: ID } interface A { a: ID } interface B { b: ID } interface C { c: ID }\ntype T implements A,\n  B,C @aws_iam { a: ID b: ID c: ID }\ntype U { a: ID, b: ID }",
    );
    const type = schema.getType("T");
    expect(isObjectType(type) && type.getInterfaces().map(({ name }) => name)).toEqual(["A", "B", "C"]);
  });

  it.each([
    [
      "an unknown directive",
      "type T { a: ID @nothing(b: 1) }",
      "line 2: AppSync does not know @nothing and ignores it",
    ],
    ["Long", "type T { a: Long }", "line 2: Long runs on AWS, but is not documented there"],
    [
      "a mode on an interface",
      "interface A @aws_iam { a: ID }",
      "line 2: @aws_iam protects fields and object types only, as far as is known",
    ],
    [
      "a mode on a union",
      "type T { a: ID } union U @aws_api_key = T",
      "line 2: @aws_api_key protects fields and object types only, as far as is known",
    ],
    [
      "a mode on an input",
      'input I @aws_cognito_user_pools(cognito_groups: ["a"]) { a: ID }',
      "line 2: @aws_cognito_user_pools protects fields and object types only, as far as is known",
    ],
  ])("%s, with a warning", (_, sdl, warning) => {
    expect(kept(`type Query { q: ID }\n${sdl}`).warnings).toEqual([`the schema, ${warning}`]);
  });

  it("no mode on an enum, an argument or an input's field", () => {
    for (const sdl of [
      "enum E @aws_iam { A }",
      "type T { a(b: ID @aws_iam): ID }",
      "input I { a: ID @aws_iam }",
    ]) {
      expect(() => kept(`type Query { q: ID }\n${sdl}`)).toThrow(
        /line 2 .*: Directive "@aws_iam" may not be used/,
      );
    }
  });

  it("an unknown directive, which protects nothing", async () => {
    const schema = 'type Query { a: String @aws_cognito_pools(cognito_groups: ["admins"]) }';
    const api = await serve(apiGraph({ schema, resolvers: { "Query.a": echo("'open'") } }));
    expect(await api.query("{ a }", {}, token())).toEqual({ data: { a: "open" } });
  });
});

describe("Long", () => {
  const run = async (argument: string, variables = {}) => {
    const schema = "type Query { a(b: Long): Long }";
    const api = await serve(apiGraph({ schema, resolvers: { "Query.a": echo("ctx.args.b") } }));
    return api.query(`query Q${argument === "$b" ? "($b: Long)" : ""} { a(b: ${argument}) }`, variables);
  };

  it.each([
    ["9007199254740991", {}, 9_007_199_254_740_991],
    ['"-3000000000"', {}, -3_000_000_000],
    ["$b", { b: 3_000_000_000 }, 3_000_000_000],
  ])("accepts %s", async (argument, variables, value) => {
    expect(await run(argument, variables)).toEqual({ data: { a: value } });
  });

  it.each([
    ["$b", { b: 9_007_199_254_740_992 }],
    ["$b", { b: 1.5 }],
    ["$b", { b: "1e3" }],
  ])("refuses %s of %j", async (argument, variables) => {
    expect((await run(argument, variables)).errors).toMatchObject([
      { message: expect.stringMatching(/^Variable 'b' has an invalid value\. Expected type 'Long'/) },
    ]);
  });
});
