import { afterEach, describe, expect, it } from "@jest/globals";
import { type Receiver, startReceiver } from "../../../../../tools/chaos/receiver.ts";
import { openFunction } from "./support.ts";

describe("a function that fails", () => {
  it("returns what it threw, and stays warm", async () => {
    const { call } = openFunction(
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

  it("can throw values other than errors", async () => {
    const { call } = openFunction("export const handler = async () => { throw 'text'; };");
    expect(await call()).toMatchObject({ error: { errorType: "string", errorMessage: "text" } });
  });

  it("fails with a value that JSON cannot represent", async () => {
    const { call } = openFunction("export const handler = async () => { const a = {}; a.a = a; return a; };");
    expect(await call()).toMatchObject({
      error: { errorType: "Runtime.JSONStringifyError", errorMessage: "Unable to stringify response body" },
    });
  });

  it("is ended at its timeout, even in an endless loop, and starts again", async () => {
    const { call, log } = openFunction(
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

  it("can exit without an effect on others", async () => {
    const { call } = openFunction("export const handler = async ({ code }) => { process.exit(code); };");
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

  it("can exhaust only its own memory", async () => {
    const { call } = openFunction(
      "export const handler = async () => { const all = []; for (;;) all.push(new Array(100000).fill({})); };",
      { timeout: 25 },
    );
    expect(await call()).toMatchObject({ error: { errorType: "Runtime.OutOfMemory" } });
  });

  it("reports an uncaught error", async () => {
    const { call } = openFunction(
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
    const { call } = openFunction(code, { handler });
    expect(await call()).toMatchObject({
      error: { errorType, errorMessage: expect.stringContaining(message) },
    });
  });

  it("cannot import what is missing in its archive, even if it is in a folder above", async () => {
    const { call } = openFunction("import sharp from 'sharp'; export const handler = async () => 1;");
    expect(await call()).toMatchObject({
      error: { errorType: "Runtime.ImportModuleError", errorMessage: expect.stringContaining("'sharp'") },
    });
  });

  it("finds the AWS SDK, which the runtime provides", async () => {
    const { call } = openFunction(
      "import { S3Client } from '@aws-sdk/client-s3'; export const handler = async () => typeof S3Client;",
    );
    expect(await call()).toMatchObject({ payload: "function" });
  });

  it("answers with at most 6 MB, and accepts no more", async () => {
    const { call } = openFunction("export const handler = async ({ size }) => 'x'.repeat(size);");
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

  it("can crash between two runs: the next run starts a new worker", async () => {
    const { call, log } = openFunction(
      "let runs = 0; export const handler = async () => { setImmediate(() => { console.log('bye'); throw new Error('idle'); }); return ++runs; };",
    );
    expect(await call()).toMatchObject({ payload: 1 });
    await log.until(({ message }) => message === "sandbox ended");
    expect(await call()).toMatchObject({ payload: 1 });
  });
});

describe("a worker that crashes on purpose", () => {
  let receiver: Receiver | undefined;
  afterEach(() => receiver?.stop());

  it("has made the configured number of calls, and is replaced", async () => {
    const { url, received } = (receiver = await startReceiver());
    const points = [undefined, 0, 1, 2, 3, 9, undefined];
    // By node:http as the SDK does, and by fetch.
    const code = `
      import http from 'node:http';
      const get = (url) => new Promise((resolve) => http.get(url, (response) => response.resume().on('end', resolve)));
      let runs = 0;
      export const handler = async ({ url }) => {
        await get(url + '/a');
        await (await fetch(url + '/b')).text();
        return ++runs;
      };`;
    const { call } = openFunction(code, {}, { crashPoint: () => points.shift() });
    const exited = {
      error: {
        errorType: "Runtime.ExitError",
        errorMessage: expect.stringMatching(
          /^RequestId: [\w-]{36} Error: Runtime exited with error: exit status 137$/,
        ),
      },
    };
    expect(await call({ url: `${url}/lives` })).toMatchObject({ payload: 1 });
    expect(await call({ url: `${url}/sending-a` })).toMatchObject(exited);
    expect(await call({ url: `${url}/answered-a` })).toMatchObject(exited);
    expect(await call({ url: `${url}/sending-b` })).toMatchObject(exited);
    expect(await call({ url: `${url}/answered-b` })).toMatchObject(exited);
    expect(await call({ url: `${url}/at-the-end` })).toMatchObject(exited);
    expect(await call({ url: `${url}/lives-again` })).toMatchObject({ payload: 1 });
    expect(received.map(({ path }) => path)).toEqual([
      ...["/lives/a", "/lives/b", "/answered-a/a", "/sending-b/a", "/answered-b/a", "/answered-b/b"],
      ...["/at-the-end/a", "/at-the-end/b", "/lives-again/a", "/lives-again/b"],
    ]);
  });
});
