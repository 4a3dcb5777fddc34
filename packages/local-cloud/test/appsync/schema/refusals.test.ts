import { describe, expect, it } from "@jest/globals";
import { buildApiSchema } from "../../../src/appsync/schema/index.ts";
import { UnsupportedDeclaration } from "../../../src/appsync/unsupported.ts";

const query = "type Query { a: String }\n";

describe("a schema that AppSync would refuse is refused, with its line", () => {
  it.each([
    [
      "a description of an enum value",
      `${query}enum E {\n  "why"\n  A\n}`,
      /line 3: .*descriptions of enum values/,
    ],
    [
      "a comment with null before an enum value",
      `${query}enum E {\n  A\n  # may be null\n  B\n}`,
      /line 5: .*comments with null, true or false before an enum value/,
    ],
    [
      "a comment with true before the first enum value",
      `${query}enum E {\n  # true\n\n  A\n}`,
      /line 5: .*comments with null, true or false/,
    ],
    ["a custom scalar", `${query}scalar Money`, /line 2: scalar Money: AppSync takes no custom scalars/],
    [
      "a type with AWS's name",
      `${query}type AWSThing { a: ID }`,
      /line 2: type AWSThing: names that begin with AWS/,
    ],
    ["an empty description", `${query}""" """\ntype T { a: ID }`, /line 2: .*empty descriptions/],
    [
      "an interface of an interface",
      `${query}interface A { a: ID }\ninterface B implements A { a: ID }`,
      /line 3: .*interfaces of interfaces/,
    ],
    ["an extension of a type", `${query}extend type Query { b: String }`, /line 2: .*extensions of types/],
    ["no Query type", "type Mutation { a: String }", /Query root type must be provided/],
    [
      "a type that does not fulfil its interface",
      `${query}interface A { a: ID }\ntype T implements A { b: ID }`,
      /line \d: Interface field A\.a expected but T does not provide it/,
    ],
    ["an output type as an input", `${query}type T { f(t: T): ID }`, /line 2: .*must be Input Type/],
    [
      "a cycle of required inputs",
      `${query}input I { i: I! }\ntype T { f(i: I): ID }`,
      /line 2: .*infinite|line 2: .*Cannot reference Input Object/,
    ],
    ["a type that is not there", `${query}type T { a: Nothing }`, /line 2: Unknown type "Nothing"/],
    ["text that is no schema", `${query}type T {`, /line 2: Syntax Error/],
  ])("%s", (_, sdl, why) => {
    expect(() => buildApiSchema(sdl)).toThrow(UnsupportedDeclaration);
    expect(() => buildApiSchema(sdl)).toThrow(why);
  });

  it("comments with null elsewhere, and with other words before an enum value, are taken", () => {
    const sdl = `type Query {\n  # null\n  a: E\n}\n# true\nenum E {\n  # nullable\n  A\n}`;
    expect(() => buildApiSchema(sdl)).not.toThrow();
  });

  it.each([
    [
      "graphql's own",
      `${query}type T {\n  a: Nothing\n}`,
      /line 3: Unknown type "Nothing"\..*\n  3 \| a: Nothing$/,
    ],
    ["AppSync's", `${query}enum E {\n  "why"\n  A\n}`, /line 3: .*enum values .*\n  3 \| "why"$/],
    ["a syntax error", `${query}type T {\n  a: }`, /line 3: Syntax Error: .*\n  3 \| a: }$/],
  ])("the line is quoted: %s", (_, sdl, why) => {
    expect(() => buildApiSchema(sdl)).toThrow(why);
  });

  it("descriptions elsewhere, and an enum's own, are taken", () => {
    expect(() => buildApiSchema(`"q" type Query { "a" a("b" b: ID): E } "e" enum E { A }`)).not.toThrow();
  });
});
