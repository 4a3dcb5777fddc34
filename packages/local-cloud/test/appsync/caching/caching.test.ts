import { describe, expect, it } from "@jest/globals";
import { resource } from "../../aws/graph.ts";
import {
  type ApiDescription,
  apiGraph,
  echo,
  serve,
  type Served,
  token,
} from "../../../../../test/support/appsync.ts";

const cache = (apiCachingBehavior: string) =>
  resource("aws:appsync/apiCache:ApiCache", "cache", {
    apiId: "api",
    apiCachingBehavior,
    ttl: 60,
    type: "SMALL",
    atRestEncryptionEnabled: true,
    transitEncryptionEnabled: true,
  });

/** What the function gives counts how often it was asked. */
const count = (response = "return ctx.result;") => ({
  code: `import { util } from "@aws-appsync/utils";
    export function request(ctx) { return { operation: "Invoke", payload: ctx.args }; }
    export function response(ctx) { ${response} }`,
  source: "function" as const,
});

interface Counting extends Served {
  /** The field's value, by a query of it alone. */
  readonly read: (query: string, as?: string) => Promise<unknown>;
}

async function open(
  description: ApiDescription,
  behavior: string | undefined = "PER_RESOLVER_CACHING",
  clock = () => 1_000_000,
): Promise<Counting> {
  let asked = 0;
  const more = behavior === "none" ? [] : [cache(behavior)];
  const api = await serve(apiGraph({ ...description, more }), {
    clock,
    lambda: () => Promise.resolve({ payload: (asked += 1) }),
  });
  return {
    ...api,
    async read(query, as) {
      const { data, errors } = await api.query(query, {}, as);
      return errors ?? (Object.values(data as object) as unknown[])[0];
    },
  };
}

const keyed = (...cachingKeys: string[]) => ({ ...count(), cachingConfig: { ttl: 10, cachingKeys } });
const schema = "type Query { f(id: ID, in: In, other: Int): Int } input In { a: Int b: Int }";
const perField = (...cachingKeys: string[]) =>
  open({ schema, resolvers: { "Query.f": keyed(...cachingKeys) } });

describe("a cached resolver", () => {
  it("runs once for the same arguments in every order, and again for others", async () => {
    const { read } = await perField();
    expect(await read('{ f(id: "1", in: { a: 1, b: 2 }) }')).toBe(1);
    expect(await read('{ x: f(in: { b: 2, a: 1 }, id: "1") }')).toBe(1);
    expect(await read('{ f(id: "2") }')).toBe(2);
    expect(await read("{ f }")).toBe(3);
  });

  it("without keys is cached for each caller, and with keys by these only", async () => {
    const bob = token({ sub: "bob-sub" });
    const own = await perField();
    expect([await own.read("{ f }"), await own.read("{ f }", bob)]).toEqual([1, 2]);
    const shared = await perField("$context.args.id");
    expect(await shared.read('{ f(id: "1", other: 1) }')).toBe(1);
    expect(await shared.read('{ f(id: "1", other: 2) }', bob)).toBe(1);
    const mine = await perField("$context.identity.claims.sub", "$context.arguments.in.a");
    expect(await mine.read("{ f(in: { a: 1, b: 1 }) }")).toBe(1);
    expect(await mine.read("{ f(in: { a: 1, b: 2 }) }")).toBe(1);
    expect(await mine.read("{ f(in: { a: 1, b: 2 }) }", bob)).toBe(2);
  });

  it("is not cached for a call that lacks one of its keys", async () => {
    const { read } = await perField("$context.arguments.id", "$context.arguments.in.a");
    expect([await read('{ f(id: "1") }'), await read('{ f(id: "1") }')]).toEqual([1, 2]);
    expect([
      await read('{ f(id: "1", in: { a: null }) }'),
      await read('{ f(id: "1", in: { a: null }) }'),
    ]).toEqual([3, 3]);
  });

  it("runs again after its ttl", async () => {
    let now = 0;
    const { read } = await open({ schema, resolvers: { "Query.f": keyed() } }, undefined, () => now);
    expect(await read("{ f }")).toBe(1);
    now = 9_999;
    expect(await read("{ f }")).toBe(1);
    now = 10_000;
    expect(await read("{ f }")).toBe(2);
  });

  it("is cached by its parent below the root", async () => {
    const { query } = await open({
      schema: "type Query { list: [Thing] } type Thing { id: ID n: Int }",
      resolvers: {
        "Query.list": echo("[{ id: 1 }, { id: 2 }, { id: 1 }]"),
        "Thing.n": keyed("$context.source.id"),
      },
    });
    const once = { data: { list: [{ n: 1 }, { n: 2 }, { n: 3 }] } };
    // The first and the third miss at once: both run, and the later answer stays.
    expect(await query("{ list { n } }")).toEqual(once);
    expect(await query("{ list { n } }")).toEqual({ data: { list: [{ n: 3 }, { n: 2 }, { n: 3 }] } });
  });

  it("caches null, but no result with errors", async () => {
    const { query } = await open({
      schema: "type Query { raised: Int appended: Int none: Int }",
      resolvers: {
        "Query.raised": { ...keyed(), ...count('if (ctx.result < 2) util.error("no"); return ctx.result;') },
        "Query.appended": {
          ...keyed(),
          ...count('if (ctx.result < 4) util.appendError("no"); return ctx.result;'),
        },
        "Query.none": { ...keyed(), ...count("return ctx.result < 6 ? null : ctx.result;") },
      },
    });
    const all = async (field: string) => [
      (await query(`{ ${field} }`)).data,
      (await query(`{ ${field} }`)).data,
    ];
    expect(await all("raised")).toEqual([{ raised: null }, { raised: 2 }]);
    expect(await all("appended")).toEqual([{ appended: 3 }, { appended: 4 }]);
    expect(await all("none")).toEqual([{ none: null }, { none: null }]);
  });

  it("of a mutation, and below one, runs each time", async () => {
    const { read } = await open({
      schema: "type Query { a: Int } type Mutation { m: Int t: Thing } type Thing { n: Int }",
      resolvers: { "Mutation.m": keyed(), "Mutation.t": echo("({})"), "Thing.n": keyed("$context.identity") },
    });
    expect([await read("mutation { m }"), await read("mutation { m }")]).toEqual([1, 2]);
    expect([await read("mutation { t { n } }"), await read("mutation { t { n } }")]).toEqual([
      { n: 3 },
      { n: 4 },
    ]);
  });

  it("is not read by a caller who may not read the field", async () => {
    const { read } = await open({
      schema: 'type Query { f: Int @aws_cognito_user_pools(cognito_groups: ["admins"]) }',
      resolvers: { "Query.f": { ...keyed("$context.arguments"), ...count() } },
    });
    expect(await read("{ f }", token({ groups: ["admins"] }))).toBe(1);
    expect(await read("{ f }")).toMatchObject([{ errorType: "Unauthorized" }]);
  });

  it("without an ApiCache runs each time", async () => {
    const { read } = await open({ schema, resolvers: { "Query.f": keyed() } }, "none");
    expect([await read("{ f }"), await read("{ f }")]).toEqual([1, 2]);
  });
});

describe("extensions.evictFromApiCache", () => {
  const evicting = (call: string, keys: string[]) =>
    open({
      schema: `${schema} type Mutation { evict(id: ID): Int evictTwice(id: ID): Int }`,
      resolvers: {
        "Query.f": keyed(...keys),
        "Mutation.evict": `import { extensions } from "@aws-appsync/utils";
          export function request(ctx) { extensions.evictFromApiCache(${call}); return { payload: 7 }; }
          export function response(ctx) { return ctx.result; }`,
      },
    });
  const key = "{ 'ctx.args.id': ctx.args.id }";

  it("makes the field run again, and counts only entries that existed", async () => {
    const { read, query } = await evicting(`"Query", "f", ${key}`, ["$context.arguments.id"]);
    const evict = 'mutation { evict(id: "1") }';
    expect(await query(evict)).toEqual({ data: { evict: 7 } });
    expect([await read('{ f(id: "1") }'), await read('{ f(id: "2") }')]).toEqual([1, 2]);
    expect(await query(evict)).toEqual({ data: { evict: 7 }, extensions: { apiCacheEntriesDeleted: 1 } });
    expect([await read('{ f(id: "1") }'), await read('{ f(id: "2") }')]).toEqual([3, 2]);
  });

  it("accepts whole maps, and keys in the order of the resolver", async () => {
    const whole = await evicting(`"Query", "f", { 'context.arguments': { id: ctx.args.id } }`, [
      "$context.arguments",
    ]);
    await whole.read('{ f(id: "1") }');
    expect(await whole.query('mutation { evict(id: "1") }')).toMatchObject({ extensions: {} });
    const pair = (first: string, second: string) =>
      evicting(`"Query", "f", { ${first}, ${second} }`, [
        "$context.arguments.id",
        "$context.identity.username",
      ]);
    const [id, name] = ["'context.arguments.id': ctx.args.id", "'context.identity.username': 'alice'"];
    for (const [order, gone] of [
      [await pair(id, name), true],
      [await pair(name, id), false],
    ] as const) {
      await order.read('{ f(id: "1") }');
      expect("extensions" in (await order.query('mutation { evict(id: "1") }'))).toBe(gone);
    }
  });

  it.each([
    ["another field", `"Query", "g", ${key}`],
    ["too few keys", '"Query", "f", {}'],
    ["another value", `"Query", "f", { 'ctx.args.id': "*" }`],
    ["keys that are no map", '"Query", "f", ["1"]'],
  ])("evicts nothing for %s", async (_what, call) => {
    const { read, query } = await evicting(call, ["$context.arguments.id"]);
    await read('{ f(id: "1") }');
    expect(await query('mutation { evict(id: "1") }')).not.toHaveProperty("extensions");
    expect(await read('{ f(id: "1") }')).toBe(1);
  });
});

describe("FULL_REQUEST_CACHING", () => {
  it("caches the result of each resolver for the API's ttl, separately for each parent", async () => {
    let now = 0;
    const { query } = await open(
      {
        schema: "type Query { list: [Thing] n: Int } type Thing { id: ID n: Int }",
        resolvers: { "Query.n": count(), "Query.list": echo("[{ id: 1 }, { id: 2 }]"), "Thing.n": count() },
      },
      "FULL_REQUEST_CACHING",
      () => now,
    );
    const first = { data: { list: [{ n: 2 }, { n: 3 }], n: 1 } };
    expect(await query("{ list { n } n }")).toEqual(first);
    now = 59_999;
    expect(await query("{ list { n } n }")).toEqual(first);
    now = 60_000;
    expect(await query("{ n }")).toEqual({ data: { n: 4 } });
  });
});

describe("OPERATION_LEVEL_CACHING", () => {
  const whole = () => open({ schema, resolvers: { "Query.f": count() } }, "OPERATION_LEVEL_CACHING");

  it("caches whole results by query, variables, caller and headers", async () => {
    const api = await whole();
    const ask = async (
      variables: object,
      headers: Record<string, string> = {},
      query = "query Q($o: Int) { f(other: $o) }",
    ) => {
      const body = JSON.stringify({ query, variables });
      const response = await api.fetch({ body, headers: { authorization: token(), ...headers } });
      return ((await response.json()) as { data: { f: number } }).data.f;
    };
    expect([await ask({ o: 1 }), await ask({ o: 1 }), await ask({ o: 2 })]).toEqual([1, 1, 2]);
    expect(await ask({ o: 1 }, {}, "query Q($o: Int) { f(other: $o)  }")).toBe(3);
    expect([await ask({ o: 1 }, { "x-mine": "1" }), await ask({ o: 1 }, { "x-mine": "1" })]).toEqual([4, 4]);
    expect(await ask({ o: 1 }, { "x-forwarded-for": "10.0.0.1" })).toBe(1);
    expect(await ask({ o: 1 }, { authorization: token({ sub: "bob-sub" }) })).toBe(5);
  });

  it("caches no result with errors", async () => {
    const api = await open(
      {
        schema: "type Query { f: Int }",
        resolvers: { "Query.f": count('if (ctx.result < 2) util.error("no"); return ctx.result;') },
      },
      "OPERATION_LEVEL_CACHING",
    );
    expect((await api.query("{ f }")).errors).toHaveLength(1);
    expect([await api.read("{ f }"), await api.read("{ f }")]).toEqual([2, 2]);
  });
});
