import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { generate } from "selfsigned";
import { graphOf, role, roleArn, temporaryStorage } from "../graph.ts";
import { functionArn, lambdaFunction, openFunction, openLambda } from "./support.ts";

describe("a function", () => {
  it("gets the event as JSON and answers with JSON", async () => {
    const { call } = openFunction(
      "export const handler = async (event) => ({ got: event, when: new Date(0) });",
    );
    expect(await call({ at: new Date(0), gone: undefined })).toMatchObject({
      payload: { got: { at: "1970-01-01T00:00:00.000Z" }, when: "1970-01-01T00:00:00.000Z" },
    });
  });

  it("answers null when it returns nothing, or a value without JSON", async () => {
    const { call } = openFunction("export const handler = async ({ fn }) => fn ? () => 1 : undefined;");
    expect(await call()).toMatchObject({ payload: null });
    expect(await call({ fn: true })).toMatchObject({ payload: null });
  });

  it("sees its declared environment, what Lambda sets, and nothing of this process", async () => {
    process.env["PARENT_SECRET"] = "leaked";
    const { call } = openFunction("export const handler = async () => process.env;", {
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
    const { call } = openFunction("export const handler = async () => { process.env.PLANTED = 'yes'; };");
    await call();
    expect(process.env["PLANTED"]).toBeUndefined();
  });

  it("receives the whole context", async () => {
    const { call } = openFunction(
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

  it("stays warm: a second run finds the state of the first", async () => {
    const { call } = openFunction("let runs = 0; export const handler = async () => ++runs;");
    expect(await call()).toMatchObject({ payload: 1 });
    expect(await call()).toMatchObject({ payload: 2 });
  });

  it("can be CommonJS, in a folder of the archive, or a default export", async () => {
    const code = {
      assets: {
        src: {
          assets: { "main.js": { text: "module.exports = { run: async () => require('./data.json').n };" } },
        },
        "src/data.json": { text: '{"n": 5}' },
      },
    };
    expect(await openFunction("", { code, handler: "src/main.run" }).call()).toMatchObject({ payload: 5 });
    expect(await openFunction("export default { handler: async () => 6 };").call()).toMatchObject({
      payload: 6,
    });
  });

  it("writes to the log, with its name and the request", async () => {
    const { call, log } = openFunction(
      "export const handler = async () => { console.log('one\\ntwo'); console.error('bad'); process.stdout.write('raw\\n'); };",
    );
    const { requestId } = await call();
    expect(log.entries.filter(({ level }) => level !== "debug")).toEqual([
      { level: "info", message: "one\ntwo", fields: { function: "fn", requestId } },
      { level: "error", message: "bad", fields: { function: "fn", requestId } },
      { level: "info", message: "raw", fields: { function: "fn", requestId } },
    ]);
  });
});

describe("TLS", () => {
  it("trusts the certificate authority of the local cloud", async () => {
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
    expect(await openFunction(code, {}, { caFile }).call(url)).toMatchObject({ payload: "hello" });
    expect(await openFunction(code).call(url)).toMatchObject({ error: { errorMessage: "fetch failed" } });
    server.closeAllConnections();
    server.close();
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
