import { describe, expect, it } from "@jest/globals";
import { type Answer, apiGraph, serve, token } from "../../../../../test/support/appsync.ts";

const schema = `
  type Query {
    user(id: ID!, role: Role): User
    find(by: Filter): User
    mail(data: AWSJSON): String
    badge(of: ID!, size: Int! = 3): String
  }
  type User { id: ID! name: String friend(id: ID): User }
  type Other { id: ID }
  input Filter { name: String! age: Int }
  enum Role { ADMIN USER }
`;
const open = () => serve(apiGraph({ schema }));

const validation = (message: string, column: number, line = 1) => ({
  data: null,
  errors: [
    {
      path: null,
      locations: [{ line, column, sourceName: null }],
      message: `Validation error of type ${message}`,
    },
  ],
});

describe("validation errors have graphql-java's messages", () => {
  it.each([
    ["{ badfield }", "FieldUndefined: Field 'badfield' in type 'Query' is undefined @ 'badfield'", 3],
    [
      '{ user(id: "1") { nope } }',
      "FieldUndefined: Field 'nope' in type 'User' is undefined @ 'user/nope'",
      19,
    ],
    ['{ user(id: "1", x: 1) { id } }', "UnknownArgument: Unknown field argument x @ 'user'", 17],
    ["{ user { id } }", "MissingFieldArgument: Missing field argument id @ 'user'", 3],
    [
      '{ user(id: "1") }',
      "SubSelectionRequired: Sub selection required for type User of field user @ 'user'",
      3,
    ],
    [
      "{ mail { id } }",
      "SubSelectionNotAllowed: Sub selection not allowed on leaf type String of field mail @ 'mail'",
      8,
    ],
    ["query Q($x: Nope) { mail(data: $x) }", "UnknownType: Unknown type Nope", 13],
    [
      "{ mail(data: {a: 1}) }",
      "WrongType: argument 'data' with value 'ObjectValue{objectFields=[ObjectField{name='a', value=IntValue{value=1}}]}' is not a valid 'AWSJSON' @ 'mail'",
      14,
    ],
    [
      '{ user(id: "1", role: KING) { id } }',
      "WrongType: argument 'role' with value 'EnumValue{name='KING'}' is not a valid 'Role' @ 'user'",
      23,
    ],
    [
      "{ find(by: { age: 1 }) { id } }",
      "WrongType: argument 'by' with value 'ObjectValue{objectFields=[ObjectField{name='age', value=IntValue{value=1}}]}' is missing required fields '[name]' @ 'find'",
      12,
    ],
    [
      '{ find(by: { name: "a", x: 1 }) { id } }',
      "WrongType: argument 'by' with value 'ObjectValue{objectFields=[ObjectField{name='name', value=StringValue{value='a'}}, ObjectField{name='x', value=IntValue{value=1}}]}' contains a field not in 'Filter': 'x' @ 'find'",
      25,
    ],
    [
      "{ user(id: null) { id } }",
      "WrongType: argument 'id' with value 'NullValue{}' must not be null @ 'user'",
      12,
    ],
    ["{ user(id: $id) { id } }", "UndefinedVariable: Undefined variable id @ 'user'", 12],
    ["query Q($id: ID) { mail }", "UnusedVariable: Unused variable id", 9],
    [
      "query Q($id: String) { user(id: $id) { id } }",
      "VariableTypeMismatch: Variable type 'String' doesn't match expected type 'ID!'",
      9,
    ],
    [
      "query Q($u: User) { mail }",
      "NonInputTypeOnVariable: Input variable u type User is not an input type",
      13,
    ],
    ['{ user(id: "1") { ...F } }', "UndefinedFragment: Undefined fragment F @ 'user'", 22],
    ["{ mail } fragment F on User { id }", "UnusedFragment: Unused fragment F", 10],
    [
      '{ user(id: "1") { ... on Other { id } } }',
      "InvalidFragmentType: Fragment cannot be spread here as objects of type User can never be of type Other @ 'user'",
      19,
    ],
    ["{ mail @nope }", "UnknownDirective: Unknown directive nope @ 'mail'", 8],
    [
      "{ mail } query B { mail }",
      "LoneAnonymousOperationViolation: Anonymous operation with other operations.",
      1,
    ],
    [
      '{ a: mail(data: "1") a: mail(data: "2") }',
      "FieldsConflict: a: they have differing arguments @ 'mail'",
      3,
    ],
  ])("%s", async (query, message, column) => {
    const { data, errors } = await (await open()).query(query);
    expect({ data, errors: errors?.slice(0, 1) }).toEqual(validation(message, column));
  });

  it("the errors of a document are the same for each request", async () => {
    const api = await open();
    expect(await api.query("{ badfield }")).toEqual(await api.query("{ badfield }"));
  });
});

describe("variables", () => {
  it.each<[string, object, string]>([
    [
      "query Q($id: ID!) { user(id: $id) { id } }",
      {},
      "Variable 'id' has coerced Null value for NonNull type 'ID!'",
    ],
    [
      "query Q($id: ID!) { user(id: $id) { id } }",
      { id: null },
      "Variable 'id' has coerced Null value for NonNull type 'ID!'",
    ],
    [
      "query Q($by: Filter) { find(by: $by) { id } }",
      { by: { age: 1 } },
      "Variable 'by' has coerced Null value for NonNull type 'String!'",
    ],
    [
      "query Q($by: Filter) { find(by: $by) { id } }",
      { by: { name: null } },
      "Variable 'by' has coerced Null value for NonNull type 'String!'",
    ],
    [
      "query Q($by: Filter) { find(by: $by) { id } }",
      { by: { name: "a", x: 1 } },
      "The variables input contains a field name 'x' that is not defined for input object type 'Filter' ",
    ],
    [
      "query Q($r: Role) { user(id: 1, role: $r) { id } }",
      { r: "KING" },
      "Variable 'r' has an invalid value. Invalid input for Enum 'Role'. No value found for name 'KING'",
    ],
  ])("%s with %j", async (query, variables, message) => {
    const { data, errors } = await (await open()).query(query, variables);
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ path: null, message }]);
  });

  it("with a default may be omitted, but may not be null", async () => {
    const api = await open();
    const query = 'query Q($s: Int = 5) { badge(of: "1", size: $s) }';
    expect(await api.query(query)).toEqual({ data: { badge: null } });
    const { errors } = await api.query(query, { s: null });
    expect(errors).toMatchObject([{ path: ["badge"], message: expect.stringContaining("must not be null") }]);
    expect(api.logs).toEqual([]);
  });
});

describe("introspection", () => {
  it("works unless it is disabled", async () => {
    const query = '{ __type(name: "User") { name } __schema { directives { name } } }';
    const { data } = await (await open()).query(query);
    expect(data).toMatchObject({ __type: { name: "User" } });
    expect(JSON.stringify(data)).toContain("aws_subscribe");
  });

  it("when disabled has unknown fields, except __typename", async () => {
    const api = await serve(apiGraph({ schema, api: { introspectionConfig: "DISABLED" } }));
    expect(await api.query("{ __schema { types { name } } }")).toEqual(
      validation("FieldUndefined: Field '__schema' in type 'Query' is undefined @ '__schema'", 3),
    );
    expect(await api.query('{ __type(name: "User") { name } }')).toMatchObject({ data: null });
    expect(await api.query("{ __typename }")).toEqual({ data: { __typename: "Query" } });
  });
});

describe("errors repeat text of the request within limits", () => {
  const sizeOf = (answer: Answer) => JSON.stringify(answer).length;
  const messages = (answer: Answer) => answer.errors?.map((error) => (error as { message: string }).message);

  it("a large value with a hundred errors", async () => {
    const fields = Array.from({ length: 150 }, (_, index) => `x${index}: 1`);
    const answer = await (
      await open()
    ).query(`{ find(by: { name: "${"y".repeat(900_000)}" ${fields.join(" ")} }) { id } }`);
    expect(answer.errors?.length).toBeGreaterThan(50);
    expect(sizeOf(answer)).toBeLessThan(1_500_000);
    for (const message of messages(answer)?.slice(0, -1) ?? []) {
      expect(message.length).toBeLessThan(10_100);
    }
    expect(messages(answer)?.[0]).toMatch(
      /^Validation error of type WrongType: argument 'by' with value 'ObjectValue.*\.\.\. \(\d+ more characters\)$/,
    );
    expect(messages(answer)?.at(-1)).toMatch(/^\d+ more errors are not shown\.$/);
  });

  it("a list of bad values has a hundred errors", async () => {
    const query = "query Q($d: [Filter]) { many(by: $d) }";
    const api = await serve(
      apiGraph({ schema: schema.replace("type Query {", "type Query { many(by: [Filter]): String ") }),
    );
    const answer = await api.query(query, { d: Array(101).fill(1) });
    expect(messages(answer)).toHaveLength(100);
    expect(messages(await api.query(query, { d: Array(99).fill(1) }))).toHaveLength(99);
  });

  it("a large bad variable is cut", async () => {
    const answer = await (
      await open()
    ).query("query Q($d: AWSJSON) { mail(data: $d) }", { d: "{".repeat(900_000) });
    expect(messages(answer)?.[0]).toMatch(
      /^Variable 'd' has an invalid value\. Unable to parse `\{+\.\.\. \(\d+ more characters\)$/,
    );
    expect(sizeOf(answer)).toBeLessThan(11_000);
  });

  it("a long name of an unknown operation is cut", async () => {
    const body = JSON.stringify({ query: "query A { badge(of: 1) }", operationName: "n".repeat(900_000) });
    const api = await open();
    const answer = (await (await api.fetch({ body, headers: { authorization: token() } })).json()) as Answer;
    expect(sizeOf(answer)).toBeLessThan(11_000);
  });

  it("messages of a resolver are limited over many fields", async () => {
    const code = `import { util } from "@aws-appsync/utils";
      export function request(ctx) { util.error(ctx.args.data.a); }
      export function response(ctx) { return null; }`;
    const api = await serve(apiGraph({ schema, resolvers: { "Query.mail": code } }));
    const run = (length: number, fields: number) =>
      api.query(
        `query Q($d: AWSJSON) { ${Array.from({ length: fields }, (_, index) => `f${index}: mail(data: $d)`).join(" ")} }`,
        { d: JSON.stringify({ a: "z".repeat(length) }) },
      );
    expect(messages(await run(10_000, 99))).toEqual(Array(99).fill("z".repeat(10_000)));
    const all = messages(await run(10_001, 150));
    expect(all?.[0]).toBe(`${"z".repeat(10_000)}... (1 more characters)`);
    expect(all?.length).toBe(100);
    expect(all?.at(-1)).toBe("51 more errors are not shown.");
  });

  it("paths are part of the limit", async () => {
    const code = `import { util } from "@aws-appsync/utils";
      export function request(ctx) { util.error("no"); }
      export function response(ctx) { return null; }`;
    const api = await serve(apiGraph({ schema, resolvers: { "Query.mail": code } }));
    const query = Array.from({ length: 5 }, (_, index) => `${"a".repeat(190_000)}${index}: mail`).join(" ");
    expect(messages(await api.query(`{ ${query} }`))).toEqual(Array(5).fill("no"));
    const long = Array.from({ length: 2 }, (_, index) => `${"a".repeat(510_000)}${index}: mail`).join(" ");
    expect(messages(await api.query(`{ ${long} }`))).toEqual(["no", "1 more errors are not shown."]);
  });

  it("a response has 10,000 errors, and a last entry counts the others", async () => {
    const code = `import { util } from "@aws-appsync/utils";
      export function request(ctx) {
        const hundred = ctx.args.data;
        for (const a of hundred) { for (const b of hundred) { util.appendError("no"); } }
        return {};
      }
      export function response(ctx) { return null; }`;
    const api = await serve(apiGraph({ schema, resolvers: { "Query.mail": code } }));
    const variables = { d: JSON.stringify(Array(100).fill(0)), one: "[0]" };
    const most = await api.query("query Q($d: AWSJSON) { mail(data: $d) }", variables);
    expect(messages(most)).toEqual(Array(10_000).fill("no"));
    const both = "query Q($d: AWSJSON, $one: AWSJSON) { mail(data: $d) more: mail(data: $one) }";
    const over = await api.query(both, variables);
    expect(messages(over)).toEqual([...Array<string>(10_000).fill("no"), "1 more errors are not shown."]);
  });
});

describe("a hostile document", () => {
  it.each([
    ["endless", `{ user(id: 1) ${"{ friend ".repeat(6_000)}`],
    ["too deep", `{ user(id: 1) ${"{ friend ".repeat(3_000)} { id } ${"}".repeat(3_000)} }`],
    ["too long", `{ ${"mail ".repeat(20_000)} }`],
  ])("that is %s is refused", async (_what, query) => {
    expect(await (await open()).query(query)).toEqual({
      errors: [{ errorType: "MalformedHttpRequestException", message: "Unable to parse GraphQL query." }],
    });
  });
});
