import { describe, expect, it } from "@jest/globals";
import { AwsError, type Invocation } from "../../../../src/base/service.ts";
import {
  apiGraph,
  echo,
  type Fakes,
  functionArn,
  serve,
  timeByHand,
} from "../../../../../../test/support/appsync.ts";

const schema = "type Query { f: AWSJSON list: [Thing] } type Thing { id: ID url(size: Int): String }";
const code = (request: string) =>
  `export function request(ctx) { return ${request}; }
   export function response(ctx) { return { result: ctx.result, error: ctx.error }; }`;

async function ask(request: string, lambda: NonNullable<Fakes["lambda"]>, fakes: Fakes = {}) {
  const api = await serve(
    apiGraph({ schema, resolvers: { "Query.f": { code: code(request), source: "function" } } }),
    { ...fakes, lambda },
  );
  const { data, errors } = await api.query("{ f }");
  return { api, errors, answer: errors ? undefined : (JSON.parse((data as { f: string }).f) as unknown) };
}

const gives = (invocation: Invocation) => () => Promise.resolve(invocation);

describe("Invoke", () => {
  it("invokes the function with the payload, as the role of the data source", async () => {
    const seen: unknown[] = [];
    const { answer } = await ask("{ operation: 'Invoke', payload: { a: 1 } }", (...args) => {
      seen.push(args);
      return Promise.resolve({ payload: { b: 2 } });
    });
    expect(answer).toEqual({ result: { b: 2 } });
    expect(seen).toEqual([
      [expect.objectContaining({ roleArn: "arn:aws:iam::000000000000:role/source" }), functionArn, { a: 1 }],
    ]);
  });

  it.each<[string, Fakes["lambda"] & {}, object]>([
    [
      "a throw",
      gives({ error: { errorType: "TypeError", errorMessage: "broken" } }),
      { message: "broken", type: "Lambda:Unhandled" },
    ],
    [
      "its own timeout",
      gives({ error: { errorType: "Sandbox.Timedout", errorMessage: "Task timed out after 3.00 seconds" } }),
      { message: "Task timed out after 3.00 seconds", type: "Lambda:Unhandled" },
    ],
    [
      "a missing permission",
      () => Promise.reject(new AwsError("AccessDenied", "User: x is not authorized", 403)),
      { message: "User: x is not authorized", type: "Lambda:AccessDeniedException" },
    ],
    [
      "a missing function",
      () => Promise.reject(new AwsError("ResourceNotFoundException", "gone", 404)),
      { message: "gone", type: "Lambda:ResourceNotFoundException" },
    ],
  ])("reports %s in ctx.error", async (_what, lambda, error) => {
    expect((await ask("{ operation: 'Invoke' }", lambda)).answer).toEqual({ result: null, error });
  });

  it("ends when the time of the request is over", async () => {
    const time = timeByHand();
    const never = () => {
      time.isUp();
      return new Promise<never>(() => undefined);
    };
    const { answer } = await ask("{ operation: 'Invoke' }", never, { schedule: time.schedule });
    expect(answer).toEqual({
      result: null,
      error: { message: "Execution timed out.", type: "Lambda:ExecutionTimeoutException" },
    });
  });

  it("as an event does not wait, and logs a failure", async () => {
    const { promise, resolve } = Promise.withResolvers<Invocation>();
    const { api, answer } = await ask("{ operation: 'Invoke', invocationType: 'Event' }", () => promise);
    expect(answer).toEqual({ result: null });
    resolve({ error: { errorType: "Error", errorMessage: "late" } });
    await api.query("{ __typename }");
    expect(api.logs).toMatchObject([{ level: "error", fields: { message: "late" } }]);
  });

  it.each([
    ["{}", "Value for field '$[operation]' not found."],
    ["{ operation: 'Meow' }", "Unsupported operation 'Meow'."],
    ["{ operation: 'Invoke', invocationType: 'DryRun' }", "Unsupported invocationType 'DryRun'."],
  ])("refuses %s", async (request, message) => {
    const { errors } = await ask(request, gives({ payload: 1 }));
    expect(errors).toMatchObject([{ errorType: "MappingTemplate", message }]);
  });
});

describe("BatchInvoke", () => {
  const batch = (maxBatchSize: number, items: number) => ({
    "Query.list": echo(JSON.stringify(Array.from({ length: items }, (_, index) => ({ id: index + 1 })))),
    "Thing.url": {
      code: `import { util } from "@aws-appsync/utils";
        export function request(ctx) { return { operation: "BatchInvoke", payload: { id: ctx.source.id, size: ctx.args.size } }; }
        export function response(ctx) { if (ctx.error) util.error(ctx.error.message, ctx.error.type); if (ctx.result.errorMessage) util.error(ctx.result.errorMessage, ctx.result.errorType); return ctx.result.data; }`,
      source: "function" as const,
      maxBatchSize,
    },
  });
  const run = async (
    maxBatchSize: number,
    answer: (payloads: { id: number; size: number }[]) => Invocation,
    items = 3,
  ) => {
    const sizes: number[] = [];
    const api = await serve(apiGraph({ schema, resolvers: batch(maxBatchSize, items) }), {
      lambda(_principal, _arn, payloads) {
        sizes.push((payloads as unknown[]).length);
        return Promise.resolve(answer(payloads as { id: number; size: number }[]));
      },
    });
    return { ...(await api.query("{ list { url(size: 5) } }")), sizes };
  };
  const urls = (payloads: { id: number; size: number }[]) => ({
    payload: payloads.map(({ id, size }) => ({ data: `${id}x${size}` })),
  });

  it("invokes the function once for all items of a list", async () => {
    expect(await run(50, urls)).toEqual({
      sizes: [3],
      data: { list: [{ url: "1x5" }, { url: "2x5" }, { url: "3x5" }] },
    });
  });

  it("sends at most maxBatchSize payloads at once", async () => {
    expect((await run(2, urls)).sizes).toEqual([2, 1]);
    expect((await run(1, urls)).sizes).toEqual([1, 1, 1]);
  });

  it("sends at most 5 payloads at once if the program sets no maxBatchSize", async () => {
    expect((await run(0, urls, 5)).sizes).toEqual([5]);
    expect((await run(0, urls, 6)).sizes).toEqual([5, 1]);
  });

  it("fails every item if the function throws", async () => {
    const { errors } = await run(50, () => ({ error: { errorType: "E", errorMessage: "no" } }));
    expect(errors).toHaveLength(3);
    expect(errors).toMatchObject([
      { path: ["list", 0, "url"], errorType: "Lambda:Unhandled", message: "no" },
      {},
      {},
    ]);
  });

  it("fails one item by its own result", async () => {
    const { data, errors } = await run(50, (all) => ({
      payload: all.map(({ id }) => (id === 2 ? { errorMessage: "bad", errorType: "E" } : { data: "ok" })),
    }));
    expect(data).toEqual({ list: [{ url: "ok" }, { url: null }, { url: "ok" }] });
    expect(errors).toMatchObject([{ path: ["list", 1, "url"], errorType: "E" }]);
  });

  it("fails if the number of results is not that of the payloads", async () => {
    const { errors } = await run(50, () => ({ payload: [1] }));
    expect(errors?.[0]).toMatchObject({ message: "The function gave 1 results for a batch of 3." });
  });
});
