import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { generate } from "selfsigned";
import type { Resource } from "../../../../local/graph.ts";
import { graphOf, role, roleArn, temporaryStorage } from "../graph.ts";
import { functionArn, lambdaFunction, openLambda, self } from "./support.ts";

type Inputs = Parameters<typeof lambdaFunction>[2];

function open(code: string, inputs: Inputs = {}, options: Parameters<typeof openLambda>[1] = {}) {
  const lambda = openLambda(graphOf(...role("fn-role"), lambdaFunction("fn", code, inputs)), options);
  return { ...lambda, call: (event: unknown = {}) => lambda.invoke(self, functionArn("fn"), event) };
}

describe("a function", () => {
  it("gets the event as JSON and answers with JSON", async () => {
    const { call } = open("export const handler = async (event) => ({ got: event, when: new Date(0) });");
    expect(await call({ at: new Date(0), gone: undefined })).toMatchObject({
      payload: { got: { at: "1970-01-01T00:00:00.000Z" }, when: "1970-01-01T00:00:00.000Z" },
    });
  });

  it("answers null when it returns nothing, or what has no JSON", async () => {
    const { call } = open("export const handler = async ({ fn }) => fn ? () => 1 : undefined;");
    expect(await call()).toMatchObject({ payload: null });
    expect(await call({ fn: true })).toMatchObject({ payload: null });
  });

  it("sees its declared environment, what Lambda sets, and nothing of this process", async () => {
    process.env["PARENT_SECRET"] = "leaked";
    const { call } = open("export const handler = async () => process.env;", {
      environment: { variables: { TABLE: "users" } },
      memorySize: 256,
    });
    const { payload } = (await call()) as { payload: Record<string, string> };
    delete process.env["PARENT_SECRET"];
    expect(payload).toMatchObject({
      TABLE: "users",
      AWS_LAMBDA_FUNCTION_NAME: "fn",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/fn",
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      _HANDLER: "index.handler",
      TZ: ":UTC",
    });
    expect(payload["AWS_SESSION_TOKEN"]).toBeTruthy();
    expect(payload).not.toHaveProperty("PARENT_SECRET");
    expect(payload).not.toHaveProperty("PATH");
    expect(payload).not.toHaveProperty("HOME");
  });

  it("cannot change this process's environment", async () => {
    const { call } = open("export const handler = async () => { process.env.PLANTED = 'yes'; };");
    await call();
    expect(process.env["PLANTED"]).toBeUndefined();
  });

  it("gets the whole context", async () => {
    const { call } = open(
      "export const handler = async (_, context) => ({ ...context, left: context.getRemainingTimeInMillis() });",
      { timeout: 7 },
    );
    const { payload, requestId } = (await call()) as unknown as {
      payload: Record<string, unknown>;
      requestId: string;
    };
    expect(payload).toMatchObject({
      awsRequestId: requestId,
      functionName: "fn",
      functionVersion: "$LATEST",
      invokedFunctionArn: functionArn("fn"),
      memoryLimitInMB: "128",
      logGroupName: "/aws/lambda/fn",
    });
    expect(payload["logStreamName"]).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    expect(payload["left"]).toBeGreaterThan(6000);
    expect(payload["left"]).toBeLessThanOrEqual(7000);
  });

  it("stays warm: a second run finds what the first left", async () => {
    const { call } = open("let runs = 0; export const handler = async () => ++runs;");
    expect(await call()).toMatchObject({ payload: 1 });
    expect(await call()).toMatchObject({ payload: 2 });
  });

  it("takes CommonJS, folders within the archive and exports by default", async () => {
    const code = {
      assets: {
        src: {
          assets: { "main.js": { text: "module.exports = { run: async () => require('./data.json').n };" } },
        },
        "src/data.json": { text: '{"n": 5}' },
      },
    };
    expect(await open("", { code, handler: "src/main.run" }).call()).toMatchObject({ payload: 5 });
    expect(await open("export default { handler: async () => 6 };").call()).toMatchObject({ payload: 6 });
  });

  it("writes to the log, line by line, with its name and the request", async () => {
    const { call, log } = open(
      "export const handler = async () => { console.log('one\\ntwo'); console.error('bad'); process.stdout.write('raw\\n'); };",
    );
    const { requestId } = await call();
    expect(log.entries.filter(({ level }) => level !== "debug")).toEqual([
      { level: "info", message: "one", fields: { function: "fn", requestId } },
      { level: "info", message: "two", fields: { function: "fn", requestId } },
      { level: "warn", message: "bad", fields: { function: "fn", requestId } },
      { level: "info", message: "raw", fields: { function: "fn", requestId } },
    ]);
  });
});

describe("a function that fails", () => {
  it("tells what it threw, and stays warm", async () => {
    const { call } = open(
      "let runs = 0; export const handler = async () => { runs++; if (runs === 1) throw new TypeError('no'); return runs; };",
    );
    expect(await call()).toMatchObject({
      error: {
        errorType: "TypeError",
        errorMessage: "no",
        trace: expect.arrayContaining(["TypeError: no"]),
      },
    });
    expect(await call()).toMatchObject({ payload: 2 });
  });

  it("may throw what is no error", async () => {
    const { call } = open("export const handler = async () => { throw 'text'; };");
    expect(await call()).toMatchObject({ error: { errorType: "string", errorMessage: "text" } });
  });

  it("fails with what JSON cannot hold", async () => {
    const { call } = open("export const handler = async () => { const a = {}; a.a = a; return a; };");
    expect(await call()).toMatchObject({
      error: { errorType: "Runtime.JSONStringifyError", errorMessage: "Unable to stringify response body" },
    });
  });

  it("is killed at its timeout, even in an endless loop, and starts anew", async () => {
    const { call, log } = open(
      "export const handler = async (e) => { console.log('in'); if (e.loop) for (;;); if (e.hang) await new Promise(() => {}); return 'ok'; };",
      { timeout: 1 },
    );
    for (const event of [{ loop: true }, { hang: true }]) {
      const { requestId, ...answer } = await call(event);
      expect(answer).toEqual({
        error: {
          errorType: "Sandbox.Timedout",
          errorMessage: `RequestId: ${requestId} Error: Task timed out after 1.00 seconds`,
        },
      });
      expect(
        log.entries.find(({ message, fields }) => message === "in" && fields["requestId"] === requestId),
      ).toBeTruthy();
    }
    expect(await call()).toMatchObject({ payload: "ok" });
  });

  it("may exit without harm to others", async () => {
    const { call } = open("export const handler = async ({ code }) => { process.exit(code); };");
    const seven = await call({ code: 7 });
    expect(seven).toMatchObject({
      error: {
        errorType: "Runtime.ExitError",
        errorMessage: `RequestId: ${seven.requestId} Error: Runtime exited with error: exit status 7`,
      },
    });
    expect(await call({ code: 0 })).toMatchObject({
      error: { errorMessage: expect.stringContaining("Runtime exited without providing a reason") },
    });
  });

  it("runs out of its own memory only", async () => {
    const { call } = open(
      "export const handler = async () => { const all = []; for (;;) all.push(new Array(100000).fill({})); };",
      { timeout: 25 },
    );
    expect(await call()).toMatchObject({ error: { errorType: "Runtime.OutOfMemory" } });
  });

  it("reports an error that nothing caught", async () => {
    const { call } = open(
      "export const handler = ({ kind }) => new Promise(() => { kind === 'throw' ? setImmediate(() => { throw new RangeError('later'); }) : Promise.reject(new Error('unheard')); });",
    );
    expect(await call({ kind: "throw" })).toMatchObject({
      error: { errorType: "RangeError", errorMessage: "later" },
    });
    expect(await call({ kind: "reject" })).toMatchObject({
      error: { errorType: "Runtime.UnhandledPromiseRejection", errorMessage: "Error: unheard" },
    });
  });

  it.each([
    [
      "export const other = 1;",
      "index.handler",
      "Runtime.HandlerNotFound",
      "index.handler is undefined or not exported",
    ],
    [
      "export const handler = 1;",
      "index.handler",
      "Runtime.HandlerNotFound",
      "index.handler is not a function",
    ],
    ["", "gone.handler", "Runtime.ImportModuleError", "Error: Cannot find module 'gone'"],
    ["", "../index.handler", "Runtime.MalformedHandlerName", "Bad handler"],
    ["export const = ;", "index.handler", "Runtime.UserCodeSyntaxError", "SyntaxError"],
    ["throw new TypeError('at import');", "index.handler", "TypeError", "at import"],
    [
      "export const handler = (event, context, callback) => 1;",
      "index.handler",
      "Runtime.CallbackHandlerDeprecated",
      "callback",
    ],
  ])("names what is wrong with %j as %s: %s", async (code, handler, errorType, message) => {
    const { call } = open(code, { handler });
    expect(await call()).toMatchObject({
      error: { errorType, errorMessage: expect.stringContaining(message) },
    });
  });

  it("cannot import what its archive lacks, though it lies in a folder above", async () => {
    const { call } = open("import sharp from 'sharp'; export const handler = async () => 1;");
    expect(await call()).toMatchObject({
      error: { errorType: "Runtime.ImportModuleError", errorMessage: expect.stringContaining("'sharp'") },
    });
  });

  it("finds the AWS SDK, which the runtime brings", async () => {
    const { call } = open(
      "import { S3Client } from '@aws-sdk/client-s3'; export const handler = async () => typeof S3Client;",
    );
    expect(await call()).toMatchObject({ payload: "function" });
  });

  it("answers with at most 6 MB and takes no more", async () => {
    const { call } = open("export const handler = async ({ size }) => 'x'.repeat(size);");
    expect(await call({ size: 6_291_556 })).toMatchObject({
      error: {
        errorType: "Function.ResponseSizeTooLarge",
        errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
      },
    });
    await expect(call("x".repeat(6_291_456))).rejects.toMatchObject({
      code: "RequestEntityTooLargeException",
      status: 413,
    });
  });

  it("may crash between two runs: the next starts anew", async () => {
    const { call, log } = open(
      "let runs = 0; export const handler = async () => { setImmediate(() => { console.log('bye'); throw new Error('idle'); }); return ++runs; };",
    );
    expect(await call()).toMatchObject({ payload: 1 });
    await log.until(({ message }) => message === "sandbox ended");
    expect(await call()).toMatchObject({ payload: 1 });
  });
});

describe("concurrency", () => {
  const gate =
    "import { existsSync } from 'node:fs'; export const handler = async ({ id, ms }) => { const from = Date.now(); await new Promise(r => setTimeout(r, ms)); return { id, from, to: Date.now() }; };";

  interface Span {
    readonly id: number;
    readonly from: number;
    readonly to: number;
  }

  async function spans(answers: readonly Promise<unknown>[]): Promise<Span[]> {
    return (await Promise.all(answers)).map((answer) => (answer as { payload: Span }).payload);
  }

  const most = (all: readonly Span[]): number =>
    Math.max(...all.map(({ from }) => all.filter((other) => other.from <= from && from < other.to).length));

  it("never exceeds what the function reserves; the others wait in order", async () => {
    const { call } = open(gate, { reservedConcurrentExecutions: 2 });
    const all = await spans([0, 1, 2, 3, 4, 5].map((id) => call({ id, ms: 30 })));
    expect(most(all)).toBeLessThanOrEqual(2);
    const late = all.filter(({ id }) => id > 1).map(({ from }) => from);
    expect(late).toEqual([...late].sort((a, b) => a - b));
  });

  it("never exceeds the ceiling of all functions", async () => {
    const names = ["a", "b", "c"];
    const resources: Resource[] = names.flatMap((name) => [
      ...role(`${name}-role`),
      lambdaFunction(name, gate),
    ]);
    const { invoke } = openLambda(graphOf(...resources), { limits: { concurrency: 2, sandboxes: 2 } });
    const all = await spans(
      [0, 1, 2, 3, 4, 5].map((id) => invoke(self, functionArn(names[id % 3] ?? ""), { id, ms: 20 })),
    );
    expect(all).toHaveLength(6);
    expect(most(all)).toBeLessThanOrEqual(2);
  });

  it("runs at once what may run at once: two that wait for each other both end", async () => {
    const { call } = open(
      "export const handler = ({ room }) => new Promise((resolve) => { const channel = new BroadcastChannel(room); const say = () => channel.postMessage('here'); channel.onmessage = () => { say(); resolve('met'); }; say(); });",
    );
    const room = `room-${process.pid}`;
    expect(await Promise.all([call({ room }), call({ room })])).toMatchObject([
      { payload: "met" },
      { payload: "met" },
    ]);
  });

  it("throttles a function that reserves nothing", async () => {
    const { call } = open(gate, { reservedConcurrentExecutions: 0 });
    await expect(call()).rejects.toMatchObject({ code: "TooManyRequestsException", status: 429 });
  });

  it("ends a sandbox that has been idle", async () => {
    const { call, log } = open(
      "console.log('cold'); export const handler = async () => 1;",
      {},
      { limits: { idleMs: 1 } },
    );
    await call();
    await log.until(({ message }) => message === "sandbox ended");
    await call();
    expect(log.entries.filter(({ message }) => message === "cold")).toHaveLength(2);
  });
});

describe("TLS", () => {
  it("trusts the authority that the local cloud signs with", async () => {
    const pems = await generate([{ name: "commonName", value: "localhost" }], {
      keySize: 2048,
      extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
    });
    const server = createServer({ key: pems.private, cert: pems.cert }, (_, response) =>
      response.end("hello"),
    );
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { folder } = temporaryStorage();
    const caFile = join(folder, "ca.pem");
    writeFileSync(caFile, pems.cert);
    const code = "export const handler = async (url) => (await fetch(url)).text();";
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await open(code, {}, { caFile }).call(url)).toMatchObject({ payload: "hello" });
    expect(await open(code).call(url)).toMatchObject({ error: { errorMessage: "fetch failed" } });
    server.closeAllConnections();
    server.close();
  });
});

describe("stop", () => {
  it("ends every thread, running ones too, and takes no more", async () => {
    const { call, stop, log } = open("export const handler = async () => { console.log('in'); for (;;); };", {
      timeout: 900,
    });
    const answer = call();
    await log.until(({ message }) => message === "in");
    await stop();
    expect(await answer).toMatchObject({ error: { errorType: "Runtime.ExitError" } });
    await expect(call()).rejects.toMatchObject({ code: "ServiceUnavailableException" });
  });
});

describe("who may invoke", () => {
  it("is decided by the caller's role", async () => {
    const may = role("may", {
      Effect: "Allow",
      Action: "lambda:InvokeFunction",
      Resource: functionArn("fn"),
    });
    const graph = graphOf(
      ...role("fn-role"),
      ...may,
      ...role("maynot"),
      lambdaFunction("fn", "export const handler = async () => 1;"),
    );
    const { invoke } = openLambda(graph);
    const as = (name: string) =>
      invoke(
        {
          kind: "role",
          roleArn: roleArn(name),
          sessionArn: `arn:aws:sts::000000000000:assumed-role/${name}/x`,
        },
        "fn",
        {},
      );
    expect(await as("may")).toMatchObject({ payload: 1 });
    await expect(as("maynot")).rejects.toMatchObject({ code: "AccessDenied" });
  });
});
