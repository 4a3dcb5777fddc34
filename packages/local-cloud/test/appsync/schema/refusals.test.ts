import { describe, expect, it } from "@jest/globals";
import { buildApiSchema } from "../../../src/appsync/schema/index.ts";
import type { AwsError } from "../../../src/base/service.ts";

const api = { type: "aws:appsync/graphQLApi:GraphQLApi", name: "api" };
const query = "type Query { a: String }\n";

function refusalOf(sdl: string): unknown {
  try {
    return buildApiSchema(sdl, api);
  } catch (error) {
    const { code, message } = error as AwsError;
    return { code, message };
  }
}

describe("the boot refuses a schema that AppSync refuses, and names the line", () => {
  it.each([
    [
      "a description of an enum value",
      `${query}enum E {\n  "why"\n  A\n}`,
      /line 3 .*: .*descriptions of enum values/,
    ],
    [
      "a comment with null before an enum value",
      `${query}enum E {\n  A\n  # may be null\n  B\n}`,
      /line 5 .*: .*comments with null, true or false before an enum value/,
    ],
    [
      "a comment with true before the first enum value",
      `${query}enum E {\n  # true\n\n  A\n}`,
      /line 5 .*: .*comments with null, true or false/,
    ],
    [
      "a custom scalar",
      `${query}scalar Money`,
      /line 2 .*: scalar Money: AppSync does not accept custom scalars/,
    ],
    [
      "a type with AWS's name",
      `${query}type AWSThing { a: ID }`,
      /line 2 .*: type AWSThing: AppSync reserves names that begin with AWS/,
    ],
    ["an empty description", `${query}""" """\ntype T { a: ID }`, /line 2 .*: .*empty descriptions/],
    [
      "an interface of an interface",
      `${query}interface A { a: ID }\ninterface B implements A { a: ID }`,
      /line 3 .*: .*interfaces of interfaces/,
    ],
    ["an extension of a type", `${query}extend type Query { b: String }`, /line 2 .*: .*extensions of types/],
    ["no Query type", "type Mutation { a: String }", /Query root type must be provided/],
    [
      "a type without a field of its interface",
      `${query}interface A { a: ID }\ntype T implements A { b: ID }`,
      /line \d .*: Interface field A\.a expected but T does not provide it/,
    ],
    ["an output type as an input", `${query}type T { f(t: T): ID }`, /line 2 .*: .*must be Input Type/],
    [
      "a cycle of required inputs",
      `${query}input I { i: I! }\ntype T { f(i: I): ID }`,
      /line 2 .*: .*infinite|line 2 .*: .*Cannot reference Input Object/,
    ],
    ["a type that is not there", `${query}type T { a: Nothing }`, /line 2 .*: Unknown type "Nothing"/],
    ["text that is not a schema", `${query}type T {`, /line 2 .*: Syntax Error/],
  ])("%s", (_, sdl, why) => {
    expect(refusalOf(sdl)).toEqual({ code: "InvalidInput", message: expect.stringMatching(why) });
  });

  it("accepts comments with null elsewhere, and with other words before an enum value", () => {
    const sdl = `type Query {\n  # null\n  a: E\n}\n# true\nenum E {\n  # nullable\n  A\n}`;
    expect(() => buildApiSchema(sdl, api)).not.toThrow();
  });

  it.each([
    [
      "graphql",
      `${query}type T {\n  a: Nothing\n}`,
      'line 3 (a: Nothing): Unknown type "Nothing" (Did you mean "String"?).',
    ],
    [
      "AppSync",
      `${query}enum E {\n  "why"\n  A\n}`,
      'line 3 ("why"): AppSync does not accept descriptions of enum values (aws/aws-appsync-community#55).',
    ],
    ["the parser", `${query}type T {\n  a: }`, 'line 3 (a: }): Syntax Error: Expected Name, found "}".'],
  ])("the text of the line is part of an error of %s", (_, sdl, why) => {
    expect(refusalOf(sdl)).toMatchObject({ message: `GraphQLApi api: schema is not valid: ${why}` });
  });

  it("accepts descriptions elsewhere, and of an enum itself", () => {
    expect(() =>
      buildApiSchema(`"q" type Query { "a" a("b" b: ID): E } "e" enum E { A }`, api),
    ).not.toThrow();
  });
});
