import { describe, expect, it } from "@jest/globals";
import { type ApiDescription, apiGraph, echo, serve } from "../../../../../test/support/appsync.ts";

const open = (
  schema: string,
  resolvers: NonNullable<ApiDescription["resolvers"]>,
  api: ApiDescription["api"] = {},
) => serve(apiGraph({ schema, resolvers, api }));

/** Handlers by their bodies. */
const code = (request: string, response = "return ctx.result;"): string =>
  `import { extensions, runtime, util } from "@aws-appsync/utils";
   export function request(ctx) { ${request} }
   export function response(ctx) { ${response} }`;
const unit = (request: string, response?: string) =>
  open("type Query { f(a: Int): AWSJSON }", { "Query.f": code(request, response) });
const parsed = (data: { f: string }): unknown => JSON.parse(data.f);

describe("a unit resolver", () => {
  it("passes the stash from its request to its response handler", async () => {
    const api = await unit("ctx.stash.a = 1; return { payload: 2 };", "return [ctx.stash, ctx.result];");
    expect(await api.query("{ f }")).toEqual({ data: { f: '[{"a":1},2]' } });
  });

  it("that returns early skips its data source and its response handler", async () => {
    const api = await unit("runtime.earlyReturn({ early: true });", "return 'not run';");
    expect(await api.query("{ f }")).toEqual({ data: { f: '{"early":true}' } });
  });

  it("whose request is not an object fails with the type MappingTemplate", async () => {
    const empty = "Template transformation yielded an empty response.";
    for (const [request, source, message] of [
      ["return null;", "table", empty],
      ["const nothing = 1;", "function", empty],
      ["return 5;", "none", "Unable to transform for exception: the request is not an object"],
      ["return { version: '2019-01-01' };", "none", "Unsupported version '2019-01-01'."],
    ] as const) {
      const api = await open("type Query { f: AWSJSON }", { "Query.f": { code: code(request), source } });
      expect(await api.query("{ f }")).toMatchObject({
        data: { f: null },
        errors: [{ path: ["f"], data: null, errorType: "MappingTemplate", errorInfo: null, message }],
      });
    }
  });

  it.each([
    "return null;",
    "return;",
    "const nothing = 1;",
    "return {};",
    "return { version: '2018-05-29' };",
  ])("of a NONE source may have a request without payload: %s", async (request) => {
    const api = await unit(request, "return [ctx.result === null, 'ran'];");
    expect(await api.query("{ f }")).toEqual({ data: { f: '[true,"ran"]' } });
  });

  it("may have VTL's version in its request", async () => {
    for (const version of ["2017-02-28", "2018-05-29"]) {
      const api = await unit(`return { version: "${version}", payload: 1 };`);
      expect(await api.query("{ f }")).toEqual({ data: { f: "1" } });
    }
  });
});

describe("a pipeline", () => {
  const step = (name: string) =>
    code(
      `return { payload: [...(ctx.prev.result ?? []), '${name}'] };`,
      "ctx.stash[ctx.result.length] = true; return ctx.result;",
    );
  const pipeline = (
    before: string,
    functions: string[],
    after = "return { result: ctx.result, prev: ctx.prev.result, stash: ctx.stash };",
  ) => open("type Query { f: AWSJSON }", { "Query.f": { code: code(before, after), functions } });
  const run = async (...args: Parameters<typeof pipeline>) => {
    const { data, errors } = await (await pipeline(...args)).query("{ f }");
    return errors ?? parsed(data as { f: string });
  };

  it("runs before, functions and after, each with the last result and one stash", async () => {
    const all = ["before", "one", "two"];
    expect(await run("ctx.stash.b = 1; return ['before'];", [step("one"), step("two")])).toEqual({
      result: all,
      prev: all,
      stash: { b: 1, 2: true, 3: true },
    });
  });

  it("with an early return in its request handler runs only its response handler", async () => {
    expect(await run("runtime.earlyReturn(['early']);", [step("one")])).toMatchObject({
      prev: ["early"],
      stash: {},
    });
  });

  it("with an early return in a function continues with the next", async () => {
    const early = code("runtime.earlyReturn([...ctx.prev.result, 'early']);", "return ['not run'];");
    expect(await run("return [];", [step("one"), early, step("two")])).toMatchObject({
      prev: ["one", "early", "two"],
    });
  });

  it("with an early return to END in a function skips the others", async () => {
    const early = code("runtime.earlyReturn(['end'], { skipTo: 'END' });");
    expect(await run("return [];", [step("one"), early, step("two")])).toMatchObject({ prev: ["end"] });
  });

  it("with an early return in a response handler continues, or ends with END", async () => {
    const next = code("return { payload: 1 };", "runtime.earlyReturn(['next']);");
    const end = code("return { payload: 1 };", "runtime.earlyReturn(['end'], { skipTo: 'END' });");
    expect(await run("return [];", [next, step("two")])).toMatchObject({ prev: ["next", "two"] });
    expect(await run("return [];", [end, step("two")])).toMatchObject({ prev: ["end"] });
  });

  it("ends with an error, and nothing after it runs", async () => {
    const failing = code("util.error('no', 'Bad');");
    expect(await run("return [];", [failing, step("two")])).toMatchObject([
      { errorType: "Bad", message: "no" },
    ]);
  });

  it("without functions runs its two handlers", async () => {
    expect(await run("return ['before'];", [])).toMatchObject({ prev: ["before"] });
  });
});

describe("errors", () => {
  const thing = "type Query { f: Thing g: Thing } type Thing { id: ID secret: String child: Thing }";

  it("have the selected part of data, and all of info", async () => {
    const api = await open(thing, {
      "Query.f": code(
        "util.error('no', 'Bad', { id: 1, secret: 's', child: { id: 2, secret: 't' } }, { a: 1 });",
      ),
    });
    expect(await api.query("{ f { key: id ...C } } fragment C on Thing { child { id } }")).toEqual({
      data: { f: null },
      errors: [
        {
          path: ["f"],
          data: { key: 1, child: { id: 2 } },
          errorType: "Bad",
          errorInfo: { a: 1 },
          locations: [{ line: 1, column: 3, sourceName: null }],
          message: "no",
        },
      ],
    });
  });

  it("of one argument have no type", async () => {
    const { errors } = await (
      await open(thing, { "Query.f": code("util.error('no');") })
    ).query("{ f { id } }");
    expect(errors).toMatchObject([{ data: null, errorType: null, errorInfo: null, message: "no" }]);
  });

  it("can be appended to a result", async () => {
    const api = await open(thing, {
      "Query.f": code(
        "return { payload: { id: 1 } };",
        "util.appendError('careful', 'Warning', { id: 9, secret: 1 }); return ctx.result;",
      ),
    });
    expect(await api.query("{\n  x: f { id }\n}")).toEqual({
      data: { x: { id: "1" } },
      errors: [
        {
          path: ["x"],
          data: { id: 9 },
          errorType: "Warning",
          errorInfo: null,
          locations: [{ line: 2, column: 3, sourceName: null }],
          message: "careful",
        },
      ],
    });
  });

  it("of util.unauthorized have AppSync's wording", async () => {
    const { errors } = await (
      await open(thing, { "Query.f": code("util.unauthorized();") })
    ).query("{ f { id } }");
    expect(errors).toMatchObject([
      { errorType: "Unauthorized", message: "Not Authorized to access f on type Query" },
    ]);
  });

  it("of the code log the shape of the context without a user's data", async () => {
    const schema = "type Query { f(email: String, size: Int): String }";
    const api = await open(schema, {
      "Query.f": code(
        "ctx.stash.secret = 'whsec_abc'; return { payload: null };",
        "return ctx.result.id.length;",
      ),
    });
    await api.query('{ f(email: "ada@example.com", size: 4711) }');
    expect(api.logs).toHaveLength(1);
    expect(api.logs[0]?.fields).toMatchObject({
      ctx: {
        arguments: { email: "<text of 15>", size: "<number>" },
        stash: { secret: "<text of 9>" },
        result: null,
      },
    });
    expect(JSON.stringify(api.logs)).not.toMatch(/ada@example|4711|whsec/);
  });

  it("of the code log the line and the shape of the context, but no secret", async () => {
    const api = await open(thing, {
      "Query.f": code("return { payload: null };", "\n\n  return ctx.result.id.length;\n"),
      "Query.g": echo("({ id: 1 })"),
    });
    const { data, errors } = await api.query("{ f { id } g { id } }");
    expect(data).toEqual({ f: null, g: { id: "1" } });
    expect(errors).toMatchObject([
      { errorType: "Code", errorInfo: null, message: expect.stringMatching(/^code\.js:5:\d+: TypeError/) },
    ]);
    const [entry] = api.logs;
    expect(entry).toMatchObject({
      level: "error",
      message: expect.stringContaining("Query.f failed in its response handler: code.js:5:"),
      fields: {
        field: "Query.f",
        code: "return ctx.result.id.length;",
        ctx: { arguments: {}, prev: null, result: null },
      },
    });
    expect(JSON.stringify(api.logs)).not.toContain("signature");
  });

  it("of a null in a non-null field make the first nullable parent null", async () => {
    const api = await open(
      "type Query { list: [Message] } type Message { id: ID sendBy: Person! } type Person { name: String! tags: [String!] }",
      { "Query.list": echo("[{ id: 1 }, { id: 2, sendBy: { name: 'a', tags: ['x', null] } }]") },
    );
    expect(await api.query("{ list { id sendBy { name tags } } }")).toEqual({
      data: { list: [null, { id: "2", sendBy: { name: "a", tags: null } }] },
      errors: [
        {
          path: ["list", 0, "sendBy"],
          locations: null,
          message:
            "Cannot return null for non-nullable type: 'Person' within parent 'Message' (/list[0]/sendBy)",
        },
        {
          path: ["list", 1, "sendBy", "tags", 1],
          locations: null,
          message:
            "Cannot return null for non-nullable type: 'String' within parent 'Person' (/list[1]/sendBy/tags[1])",
        },
      ],
    });
  });

  it("of values of a wrong type name the path", async () => {
    const api = await open("type Query { n: Int l: [Int] e: E } enum E { A }", {
      "Query.n": echo("'x'"),
      "Query.l": echo("5"),
      "Query.e": echo("'B'"),
    });
    const { data, errors } = await api.query("{ n l e }");
    expect(data).toEqual({ n: null, l: null, e: null });
    expect(errors?.map((error) => (error as Error).message)).toEqual([
      "Can't serialize value (/n) : Expected type 'Int' but the value was not one.",
      "Can't resolve value (/l) : type mismatch error, expected type LIST",
      `Can't serialize value (/e) : Invalid input for Enum 'E'. Unknown value "B"`,
    ]);
  });
});

describe("an Int has 32 bits", () => {
  it.each([2_147_483_647, -2_147_483_648])("in an answer: %d", async (n) => {
    const api = await open("type Query { n: Int }", { "Query.n": echo(String(n)) });
    expect(await api.query("{ n }")).toEqual({ data: { n } });
  });

  it.each([2_147_483_648, -2_147_483_649])("in an answer no more: %d", async (n) => {
    const api = await open("type Query { n: Int }", { "Query.n": echo(String(n)) });
    const message = "Can't serialize value (/n) : Expected type 'Int' but was 'Long'.";
    expect(await api.query("{ n }")).toMatchObject({ data: { n: null }, errors: [{ message }] });
  });

  it("in a variable", async () => {
    const api = await open("type Query { n(a: Int): Int }", { "Query.n": echo("ctx.args.a") });
    const query = "query Q($a: Int) { n(a: $a) }";
    expect(await api.query(query, { a: 2_147_483_647 })).toEqual({ data: { n: 2_147_483_647 } });
    const { errors } = await api.query(query, { a: 2_147_483_648 });
    expect(errors).toMatchObject([
      { message: expect.stringMatching(/^Variable 'a' has an invalid value\b/) },
    ]);
  });
});

describe("ctx", () => {
  it("has the selection as paths and as text", async () => {
    const api = await open(
      "type Query { f(a: Int): Thing } type Thing { id: ID child: Thing list: AWSJSON text: String info: AWSJSON }",
      {
        "Query.f": echo(
          "({ list: ctx.info.selectionSetList, text: ctx.info.selectionSetGraphQL, info: ctx.info })",
        ),
      },
    );
    const query =
      "query Q($v: Int) { f(a: $v) { x: id list text info ... on Thing { child { ...C } } } } fragment C on Thing { id }";
    const { data } = await api.query(query, { v: 1, extra: 2 });
    const { list, text, info } = (data as { f: { list: string; text: string; info: string } }).f;
    expect(JSON.parse(list)).toEqual(["x", "list", "text", "info", "child", "child/id"]);
    expect(text).toBe(
      "{\n  x: id\n  list\n  text\n  info\n  ... on Thing {\n    child {\n      ...C\n    }\n  }\n}",
    );
    expect(JSON.parse(info)).toEqual({
      fieldName: "f",
      parentTypeName: "Query",
      variables: { v: 1, extra: 2 },
    });
  });

  it("lists nothing for a union, and only the interface's own fields for an interface", async () => {
    const give = "({ __typename: 'Cat', list: ctx.info.selectionSetList })";
    const api = await open(
      "type Query { u: Any i: Pet } union Any = Cat interface Pet { list: AWSJSON of: Any } type Cat implements Pet { list: AWSJSON of: Any lives: Int }",
      { "Query.u": echo(give), "Query.i": echo(give) },
    );
    const { data } = await api.query(
      "{ u { __typename ... on Cat { list lives } } i { list of { ... on Cat { lives } } ... on Cat { lives } ... on Pet { x: list } } }",
    );
    const { u, i } = data as Record<string, { list: string }>;
    expect([JSON.parse(u?.list ?? ""), JSON.parse(i?.list ?? "")]).toEqual([[], ["list", "of", "x"]]);
  });

  it("has the parent's value as source, and no arguments that the query omits", async () => {
    const api = await open(
      "type Query { f: Thing } type Thing { id: ID all(a: Int, b: Int = 2, c: Int): AWSJSON }",
      {
        "Query.f": echo("({ id: 7 })"),
        "Thing.all": echo("[ctx.source, ctx.args, ctx.arguments, ctx.error === undefined, ctx.prev]"),
      },
    );
    const { data } = await api.query("{ f { all(c: null) } }");
    expect(JSON.parse((data as { f: { all: string } }).f.all)).toEqual([
      { id: 7 },
      { c: null },
      { c: null },
      true,
      null,
    ]);
  });

  it("has prev null in a unit resolver, and a prev with result null at the start of a pipeline", async () => {
    const give = "[ctx.prev]";
    const api = await open("type Query { f: AWSJSON g: AWSJSON }", {
      "Query.f": echo(give),
      "Query.g": { code: code(`return ${give};`), functions: [] },
    });
    expect(await api.query("{ f g }")).toEqual({ data: { f: "[null]", g: '[{"result":null}]' } });
  });

  it("is a copy for each handler", async () => {
    const api = await open("type Query { f: Thing } type Thing { a: ID b: ID }", {
      "Query.f": echo("({ a: 'a', b: 'b' })"),
      "Thing.a": code("ctx.source.b = 'spoilt'; return { payload: 'x' };"),
    });
    expect(await api.query("{ f { a b } }")).toEqual({ data: { f: { a: "x", b: "b" } } });
  });
});

describe("a field without a resolver", () => {
  it("is its parent's own property, with every name", async () => {
    const api = await open(
      "type Query { f: Thing } type Thing { constructor: String toString: String id: ID }",
      {
        "Query.f": echo("({ id: 1 })"),
      },
    );
    expect(await api.query("{ f { constructor toString id } }")).toEqual({
      data: { f: { constructor: null, toString: null, id: "1" } },
    });
  });

  it("of an interface type is resolved by __typename", async () => {
    const api = await open(
      "type Query { f: [Pet] } interface Pet { name: String } type Cat implements Pet { name: String lives: Int } type Dog implements Pet { name: String }",
      {
        "Query.f": echo("[{ __typename: 'Cat', name: 'a', lives: 9 }, { __typename: 'Dog', name: 'b' }]"),
      },
    );
    expect(await api.query("{ f { __typename name ... on Cat { lives } } }")).toEqual({
      data: {
        f: [
          { __typename: "Cat", name: "a", lives: 9 },
          { __typename: "Dog", name: "b" },
        ],
      },
    });
  });
});

describe("introspection", () => {
  const deep = "{ __schema { types { fields { type { ofType { name } } } } } }";

  it("may exceed queryDepthLimit, and the log warns once that AWS may refuse it", async () => {
    const api = await open("type Query { f: String }", { "Query.f": echo("'a'") }, { queryDepthLimit: 5 });
    expect((await api.query(deep)).errors).toBeUndefined();
    await api.query(deep);
    expect(api.logs).toEqual([
      {
        level: "warn",
        message: expect.stringMatching(/^Introspection of depth 6 passes queryDepthLimit 5/),
        fields: {},
      },
    ]);
  });

  it("within the limit causes no warning", async () => {
    const api = await open("type Query { f: String }", { "Query.f": echo("'a'") }, { queryDepthLimit: 6 });
    await api.query(deep);
    await api.query("{ f }");
    expect(api.logs).toEqual([]);
  });
});

describe("limits", () => {
  it("of depth keep the fields above the limit", async () => {
    const api = await open(
      "type Query { f: Thing } type Thing { id: ID child: Thing must: Thing! }",
      { "Query.f": echo("({ id: 1, child: { id: 2, child: { id: 3 } }, must: { id: 4 } })") },
      { queryDepthLimit: 3 },
    );
    expect(await api.query("{ f { id child { id } } }")).toEqual({
      data: { f: { id: "1", child: { id: "2" } } },
    });
    const { data, errors } = await api.query("{ f { id child { id child { id } } } }");
    expect(data).toEqual({ f: { id: "1", child: { id: "2", child: { id: null } } } });
    expect(errors).toMatchObject([
      { path: ["f", "child", "child", "id"], errorType: "QueryDepthLimitReached" },
    ]);
  });

  it("of resolvers keep the fields resolved before", async () => {
    const api = await open(
      "type Query { a: String b: String c: String }",
      { "Query.a": echo("1"), "Query.b": echo("2"), "Query.c": echo("3") },
      { resolverCountLimit: 2 },
    );
    const { data, errors } = await api.query("{ a b c }");
    expect(data).toEqual({ a: "1", b: "2", c: null });
    expect(errors).toMatchObject([{ path: ["c"], errorType: "ResolverExecutionLimitReached" }]);
  });
});

describe("a request's 30 seconds", () => {
  const steps = (payload: string) => ({
    code: code(
      `return { operation: "Invoke", payload: ${payload} };`,
      "return ctx.error?.type ?? ctx.result;",
    ),
    source: "function" as const,
  });
  const timedOut = (path: (string | number)[]) => ({
    path,
    data: null,
    errorType: "ExecutionTimeout",
    errorInfo: null,
    message: "Execution timed out.",
  });
  const graph = apiGraph({
    schema: "type Query { list: [Thing] quick: String } type Thing { slow: String after: Thing id: ID }",
    resolvers: {
      "Query.list": echo("[{ id: 1 }, { id: 2 }]"),
      "Query.quick": echo("'quick'"),
      "Thing.slow": { code: code("return {};"), functions: [steps("ctx.source.id"), steps("'next'")] },
      "Thing.after": { code: code("return {};"), functions: [steps("'wait'")] },
    },
  });

  it("abort the call of the data source, and no step starts after them", async () => {
    let ring = () => undefined as unknown;
    const payloads: unknown[] = [];
    const api = await serve(graph, {
      schedule(milliseconds, task) {
        if (milliseconds === 30_000) {
          ring = task;
        }
        return () => undefined;
      },
      lambda(_principal, _arn, payload) {
        payloads.push(payload);
        if (payload === "next") {
          setImmediate(() => ring());
        }
        return payload === 1 ? new Promise(() => undefined) : Promise.resolve({ payload });
      },
      clock: () => 0,
    });
    const { data, errors } = await api.query("{ quick list { slow } }");
    expect(data).toEqual({ quick: "quick", list: [{ slow: null }, { slow: "next" }] });
    expect(errors).toMatchObject([timedOut(["list", 0, "slow"])]);
    expect(payloads).toEqual([1, 2, "next"]);
  });

  it("include code that blocks the event loop", async () => {
    let now = 0;
    const api = await serve(graph, {
      schedule: () => () => undefined,
      clock: () => now,
      lambda: (_principal, _arn, payload) => {
        now += 20_000;
        return Promise.resolve({ payload });
      },
    });
    const { data, errors } = await api.query("{ list { slow } }");
    expect(data).toEqual({ list: [{ slow: null }, { slow: null }] });
    expect(errors).toHaveLength(2);
    expect(errors).toEqual(
      expect.arrayContaining(
        [0, 1].map((index) => expect.objectContaining(timedOut(["list", index, "slow"]))),
      ),
    );
  });

  it("leave no timer after the response", async () => {
    const timers = new Set<object>();
    const api = await serve(graph, {
      schedule(_milliseconds, task) {
        timers.add(task);
        return () => void timers.delete(task);
      },
      lambda: (_principal, _arn, payload) => Promise.resolve({ payload }),
    });
    expect((await api.query("{ list { slow } }")).errors).toBeUndefined();
    expect(timers.size).toBe(0);
  });
});

describe("the console", () => {
  const lines = async (fieldLogLevel?: string) => {
    const api = await open(
      "type Query { f: AWSJSON }",
      { "Query.f": code("console.log('a'); console.error('b'); console.debug('c'); return {};") },
      fieldLogLevel === undefined
        ? {}
        : { logConfig: { cloudwatchLogsRoleArn: "arn:aws:iam::000000000000:role/logs", fieldLogLevel } },
    );
    await api.query("{ f }");
    await api.query("{ f }");
    return api.logs.map(
      ({ level, message }) => `${level} ${/AWS does not log/.exec(message)?.[0] ?? message.slice(-3)}`,
    );
  };

  it.each([["ALL"], ["DEBUG"]])("reaches the log with the field log level %s", async (level) => {
    const once = ['info "a"', 'info "b"', 'info "c"'];
    expect(await lines(level)).toEqual([...once, ...once]);
  });

  it("is logged with INFO, except console.debug", async () => {
    expect(await lines("INFO")).toEqual([
      ...['info "a"', 'info "b"', 'debug "c"', "warn AWS does not log"],
      ...['info "a"', 'info "b"', 'debug "c"'],
    ]);
  });

  it("is logged with ERROR as far as it is console.error", async () => {
    expect(await lines("ERROR")).toEqual([
      ...['debug "a"', "warn AWS does not log", 'info "b"', 'debug "c"'],
      ...['debug "a"', 'info "b"', 'debug "c"'],
    ]);
  });

  it.each([["NONE"], [undefined]])("is for debugging only with %s, and is reported once", async (level) => {
    expect(await lines(level)).toEqual([
      ...['debug "a"', "warn AWS does not log", 'debug "b"', 'debug "c"'],
      ...['debug "a"', 'debug "b"', 'debug "c"'],
    ]);
  });
});

describe("effects where they are not allowed", () => {
  it.each([
    ["extensions.setSubscriptionInvalidationFilter({ filterGroup: [] }); return { payload: 1 };", undefined],
    ["extensions.setSubscriptionFilter({ filterGroup: [] }); return { payload: 1 };", undefined],
    ["extensions.evictFromApiCache('Query', 'f', {}); return { payload: 1 };", undefined],
    [
      "return { payload: 1 };",
      "extensions.invalidateSubscriptions({ subscriptionField: 'a', payload: {} }); return 1;",
    ],
  ])("are errors: %s", async (request, response) => {
    expect(await (await unit(request, response)).query("{ f }")).toMatchObject({
      data: { f: null },
      errors: [{ path: ["f"] }],
    });
  });
});

it("mutations run one after the other, queries side by side", async () => {
  const schema = "type Query { a: String } type Mutation { first: String second: String }";
  const started: string[] = [];
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const ask = (name: string) => ({
    code: code(`return { operation: 'Invoke', payload: '${name}' };`),
    source: "function" as const,
  });
  const graph = apiGraph({
    schema,
    resolvers: { "Mutation.first": ask("first"), "Mutation.second": ask("second") },
  });
  const api = await serve(graph, {
    async lambda(_principal, _arn, payload) {
      started.push(String(payload));
      if (payload === "first") {
        await promise;
      }
      return { payload };
    },
  });
  const answer = api.query("mutation { first second }");
  await api.query("{ a }");
  expect(started).toEqual(["first"]);
  resolve(undefined);
  expect(await answer).toEqual({ data: { first: "first", second: "second" } });
});
