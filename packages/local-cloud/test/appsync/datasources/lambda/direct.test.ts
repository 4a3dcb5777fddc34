import { describe, expect, it } from "@jest/globals";
import { AwsError, type Invocation } from "../../../../src/base/service.ts";
import {
  apiGraph,
  echo,
  type Fakes,
  functionArn,
  type Served,
  serve,
  timeByHand,
} from "../../../../../../test/support/appsync.ts";

type Invoke = NonNullable<Fakes["lambda"]>;

const gives = (invocation: Invocation) => () => Promise.resolve(invocation);
const throws = (errorType: string, errorMessage: string) => gives({ error: { errorType, errorMessage } });

describe("a unit resolver without code", () => {
  const schema = "type Query { thing(id: ID!): Thing } type Thing { id: ID name: String }";
  const open = (lambda: Invoke, fakes: Fakes = {}) =>
    serve(apiGraph({ schema, resolvers: { "Query.thing": { source: "function" } } }), { ...fakes, lambda });

  it("invokes its function with the context, as the role of the data source", async () => {
    const seen: unknown[][] = [];
    const api = await open((...args) => {
      seen.push(args);
      return Promise.resolve({ payload: { id: "1", name: "one", more: true } });
    });
    const query = "query Q($id: ID!) { thing(id: $id) { label: name } }";
    expect(await api.query(query, { id: "1" })).toEqual({ data: { thing: { label: "one" } } });
    const [principal, arn, event] = seen[0] ?? [];
    expect(seen).toHaveLength(1);
    expect(principal).toMatchObject({ roleArn: "arn:aws:iam::000000000000:role/source" });
    expect(arn).toBe(functionArn);
    expect(Object.keys(event as object)).toEqual([
      ...["arguments", "identity", "source", "request", "prev", "info", "stash"],
    ]);
    expect(event).toMatchObject({
      arguments: { id: "1" },
      identity: { sub: "alice-sub", username: "alice" },
      source: null,
      request: { headers: { "content-type": "application/json" }, domainName: null },
      prev: null,
      info: {
        fieldName: "thing",
        parentTypeName: "Query",
        variables: { id: "1" },
        selectionSetList: ["label"],
        selectionSetGraphQL: "{\n  label: name\n}",
      },
      stash: {},
    });
  });

  it("whose function returns nothing is null", async () => {
    const api = await open(gives({ payload: undefined }));
    expect(await api.query('{ thing(id: "1") { id } }')).toEqual({ data: { thing: null } });
  });

  it.each<[string, Invoke, object]>([
    [
      "the name and message of an error that the function throws",
      throws("OutOfStock", "none left"),
      { errorType: "OutOfStock", message: "none left" },
    ],
    [
      "AWS's message for an UnauthorizedException",
      throws("UnauthorizedException", "secret"),
      { errorType: "UnauthorizedException", message: "You are not authorized to make this call." },
    ],
    [
      "the type of a failure of Lambda itself",
      () => Promise.reject(new AwsError("AccessDenied", "User: x is not authorized", 403)),
      { errorType: "Lambda:AccessDeniedException", message: "User: x is not authorized" },
    ],
  ])("reports %s", async (_, lambda, error) => {
    const api = await open(lambda);
    expect(await api.query('{ thing(id: "1") { id } }')).toEqual({
      data: { thing: null },
      errors: [
        {
          path: ["thing"],
          data: null,
          errorInfo: null,
          locations: [{ line: 1, column: 3, sourceName: null }],
          ...error,
        },
      ],
    });
  });

  it("fails when the time of the request is over", async () => {
    const time = timeByHand();
    const never = () => {
      time.isUp();
      return new Promise<never>(() => undefined);
    };
    const api = await open(never, { schedule: time.schedule });
    expect(await api.query('{ thing(id: "1") { id } }')).toMatchObject({
      errors: [{ errorType: "Lambda:ExecutionTimeoutException", message: "Execution timed out." }],
    });
  });
});

describe("a function without code in a pipeline", () => {
  const schema = "type Query { f: AWSJSON }";
  const code = `export function request(ctx) { ctx.stash.from = "before"; return { start: 1 }; }
    export function response(ctx) { return [ctx.prev.result, ctx.stash]; }`;
  const add = echo("({ added: ctx.prev.result })");
  const open = (lambda: Invoke) =>
    serve(
      apiGraph({
        schema,
        resolvers: { "Query.f": { code, functions: [{ source: "function" }, add] } },
      }),
      { lambda },
    );

  it("gets the result and the stash of the steps before, and gives its own result to the next", async () => {
    const events: unknown[] = [];
    const api = await open((_principal, _arn, event) => {
      events.push(event);
      return Promise.resolve({ payload: "from Lambda" });
    });
    expect(await api.query("{ f }")).toEqual({
      data: { f: '[{"added":"from Lambda"},{"from":"before"}]' },
    });
    expect(events).toMatchObject([{ prev: { result: { start: 1 } }, stash: { from: "before" } }]);
  });

  it("ends the pipeline with the error that it throws", async () => {
    const api = await open(throws("Broken", "no"));
    expect(await api.query("{ f }")).toMatchObject({
      data: { f: null },
      errors: [{ errorType: "Broken", message: "no" }],
    });
  });
});

describe("a resolver without code and with a maxBatchSize", () => {
  const schema =
    "type Query { list: [Thing] } type Thing { id: ID parts: [Part] } type Part { name: String }";
  interface Event {
    readonly source: { readonly id: number };
  }
  async function run(maxBatchSize: number, lambda: (events: readonly Event[]) => Invocation) {
    const calls: unknown[] = [];
    const api: Served = await serve(
      apiGraph({
        schema,
        resolvers: {
          "Query.list": echo("[{ id: 1 }, { id: 2 }, { id: 3 }]"),
          "Thing.parts": { source: "function", maxBatchSize },
        },
      }),
      {
        lambda(_principal, _arn, event) {
          calls.push(event);
          return Promise.resolve(lambda(event as readonly Event[]));
        },
      },
    );
    return { ...(await api.query("{ list { parts { label: name } } }")), calls, logs: api.logs };
  }
  const results = (of: (id: number) => unknown) => (events: readonly Event[]) => ({
    payload: events.map(({ source }) => of(source.id)),
  });
  const part = (id: number) => ({ data: [{ name: `part ${id}` }], more: "ignored" });

  it("invokes the function with a list of contexts, and reads the data of each result", async () => {
    const { data, errors, calls, logs } = await run(10, results(part));
    expect({ data, errors }).toEqual({
      data: { list: [1, 2, 3].map((id) => ({ parts: [{ label: `part ${id}` }] })) },
      errors: undefined,
    });
    expect(calls).toEqual([
      [1, 2, 3].map((id) =>
        expect.objectContaining({
          source: { id },
          arguments: {},
          prev: null,
          stash: {},
          info: expect.objectContaining({ parentTypeName: "Thing", fieldName: "parts" }),
        }),
      ),
    ]);
    expect(logs).toEqual([]);
  });

  it("sends at most maxBatchSize contexts at once", async () => {
    const { calls } = await run(2, results(part));
    expect(calls.map((events) => (events as unknown[]).length)).toEqual([2, 1]);
  });

  it("of 0 invokes the function with one context at a time", async () => {
    const { data, calls } = await run(0, () => ({ payload: [{ name: "one" }] }));
    expect(calls).toMatchObject([{ source: { id: 1 } }, { source: { id: 2 } }, { source: { id: 3 } }]);
    expect(data).toEqual({ list: Array(3).fill({ parts: [{ label: "one" }] }) });
  });

  it("fails the items whose result has an errorMessage, with their data and type", async () => {
    const { data, errors } = await run(
      10,
      results((id) => (id === 2 ? { ...part(2), errorMessage: "no parts", errorType: "Empty" } : part(id))),
    );
    expect(data).toMatchObject({ list: [{ parts: [{ label: "part 1" }] }, { parts: null }, {}] });
    expect(errors).toMatchObject([
      {
        path: ["list", 1, "parts"],
        errorType: "Empty",
        errorInfo: null,
        message: "no parts",
        data: [{ label: "part 2" }],
      },
    ]);
  });

  it("gives an error without an errorType none", async () => {
    const { errors } = await run(
      10,
      results((id) => (id === 1 ? { errorMessage: "no" } : null)),
    );
    expect(errors).toMatchObject([{ errorType: null, message: "no" }]);
  });

  it("fails all items with the error that the function throws", async () => {
    const { errors } = await run(10, () => ({ error: { errorType: "Down", errorMessage: "no database" } }));
    expect(errors).toMatchObject(
      [0, 1, 2].map((index) => ({
        path: ["list", index, "parts"],
        errorType: "Down",
        message: "no database",
      })),
    );
  });

  it("fails all items if the function does not return one result for each", async () => {
    const { errors } = await run(10, () => ({ payload: [part(1)] }));
    expect(errors).toMatchObject(Array(3).fill({ errorType: "Lambda:IllegalArgument" }));
  });

  it("is null for bare values, as on AWS, and the log warns of them", async () => {
    const { data, errors, logs } = await run(
      10,
      results((id) => (id === 3 ? null : [{ name: "bare" }])),
    );
    expect({ data, errors }).toEqual({ data: { list: Array(3).fill({ parts: null }) }, errors: undefined });
    expect(logs).toMatchObject([
      { level: "warn", message: expect.stringContaining("bare values"), fields: { functionArn } },
    ]);
  });
});
