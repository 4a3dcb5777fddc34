import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { temporaryStorage } from "../graph.ts";
import { openFunction } from "./support.ts";

const old = { runtime: "nodejs22.x" };

describe("a function of another runtime", () => {
  it.each(["nodejs20.x", "nodejs22.x"])("of %s runs, and the log says on which Node", async (runtime) => {
    const { call, log } = openFunction("export const handler = async () => process.env.AWS_EXECUTION_ENV;", {
      runtime,
    });
    expect(await call()).toMatchObject({ payload: `AWS_Lambda_${runtime}` });
    expect(log.entries).toContainEqual({
      level: "info",
      message: "function runs on another Node than its runtime's",
      fields: { function: "fn", runtime, node: process.version },
    });
  });

  it("is not announced on the Node of its runtime", () => {
    const { log } = openFunction("export const handler = async () => 1;");
    expect(log.entries.filter(({ message }) => message.includes("another Node"))).toEqual([]);
  });

  it.each(["nodejs18.x", "python3.13", "provided.al2023"])("is refused by name: %s", (runtime) => {
    expect(() => openFunction("", { runtime })).toThrow(
      `Function fn: runtime is ${runtime}; the runtimes that run here are nodejs20.x, nodejs22.x, nodejs24.x.`,
    );
  });
});

describe("a handler with a callback", () => {
  it.each([
    ["gives its result", "(event, context, done) => done(null, event.n + 1)", 2],
    ["is waited for", "(event, context, done) => { setTimeout(() => done(null, 'late'), 20); }", "late"],
    ["answers by its context", "(event, context) => { context.succeed('done'); }", "done"],
    ["may give nothing", "(event, context, done) => {}", null],
    ["returns no result without a promise", "(event) => 'lost'", null],
    ["may return a promise", "async (event, context, done) => 'promised'", "promised"],
    [
      "need not wait for an empty event loop",
      `(event, context, done) => {
        context.callbackWaitsForEmptyEventLoop = false;
        setInterval(() => {}, 1000);
        done(null, "at once");
      }`,
      "at once",
    ],
  ])("%s", async (_what, handler, result) => {
    const { call } = openFunction(`export const handler = ${handler};`, old);
    expect(await call({ n: 1 })).toMatchObject({ payload: result });
    expect(await call({ n: 1 })).toMatchObject({ payload: result });
  });

  it("fails with the error that it passes on", async () => {
    const { call } = openFunction(
      "export const handler = (event, context, done) => done(new TypeError('bad'));",
      old,
    );
    expect(await call()).toMatchObject({ error: { errorType: "TypeError", errorMessage: "bad" } });
  });

  it("times out if something is left to do", async () => {
    const { call } = openFunction(
      "export const handler = (event, context, done) => { setInterval(() => {}, 1000); done(null, 1); };",
      { ...old, timeout: 1 },
    );
    expect(await call()).toMatchObject({ error: { errorType: "Sandbox.Timedout" } });
  });
});

describe("the SDK that Lambda's runtime provides", () => {
  /** A package in the program's folder. */
  function place(program: string, name: string, version: string): void {
    const folder = join(program, "node_modules", name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version, main: "index.js" }));
    writeFileSync(join(folder, "index.js"), `exports.version = "${version}";`);
  }
  const required = (name: string) => ({
    code: {
      assets: {
        "index.js": { text: `const sdk = require("${name}"); exports.handler = async () => sdk.version;` },
      },
    },
  });
  const imported = (name: string) =>
    `import * as sdk from "${name}"; export const handler = async () => sdk.version ?? typeof sdk.SQSClient;`;

  it("is the program's own, by import and by require", async () => {
    const { folder } = temporaryStorage();
    place(folder, "@aws-sdk/client-sqs", "own");
    const byImport = openFunction(imported("@aws-sdk/client-sqs"), {}, { program: folder });
    expect(await byImport.call()).toMatchObject({ payload: "own" });
    const byRequire = openFunction("", required("@aws-sdk/client-sqs"), { program: folder });
    expect(await byRequire.call()).toMatchObject({ payload: "own" });
  });

  it("is the local cloud's where the program has none, by import and by require", async () => {
    expect(await openFunction(imported("@aws-sdk/client-sqs")).call()).toMatchObject({ payload: "function" });
    const text = 'exports.handler = async () => typeof require("@aws-sdk/client-sqs").SQSClient;';
    const { call } = openFunction("", { code: { assets: { "index.js": { text } } } });
    expect(await call()).toMatchObject({ payload: "function" });
  });

  it("is the archive's if it has one", async () => {
    const { folder } = temporaryStorage();
    place(folder, "@aws-sdk/client-sqs", "own");
    const bundled = {
      assets: {
        ...required("@aws-sdk/client-sqs").code.assets,
        "node_modules/@aws-sdk/client-sqs/index.js": { text: 'exports.version = "bundled";' },
      },
    };
    const { call } = openFunction("", { code: bundled }, { program: folder });
    expect(await call()).toMatchObject({ payload: "bundled" });
  });

  const ofTheLocalCloud = {
    "@aws-sdk/client-cognito-identity-provider": "CognitoIdentityProviderClient",
    "@aws-sdk/client-dynamodb": "DynamoDBClient",
    "@aws-sdk/client-eventbridge": "EventBridgeClient",
    "@aws-sdk/client-lambda": "LambdaClient",
    "@aws-sdk/client-rekognition": "RekognitionClient",
    "@aws-sdk/client-s3": "S3Client",
    "@aws-sdk/client-sns": "SNSClient",
    "@aws-sdk/client-sqs": "SQSClient",
    "@aws-sdk/client-sts": "STSClient",
    "@aws-sdk/lib-dynamodb": "DynamoDBDocumentClient",
    "@aws-sdk/lib-storage": "Upload",
    "@aws-sdk/s3-request-presigner": "getSignedUrl",
    "@aws-sdk/util-dynamodb": "marshall",
    "@smithy/node-http-handler": "NodeHttpHandler",
  };
  const missing = `Object.entries(${JSON.stringify(ofTheLocalCloud)}).filter(([name, member]) => typeof loaded[name][member] !== "function")`;

  it("has the clients of all services that run here, and the libraries for them", async () => {
    const names = Object.keys(ofTheLocalCloud);
    const imports = names.map((name, index) => `import * as m${index} from "${name}";`).join("\n");
    const modules = names.map((name, index) => `"${name}": m${index}`).join(", ");
    const byImport = `${imports}\nconst loaded = { ${modules} };\nexport const handler = async () => ${missing};`;
    expect(await openFunction(byImport, { timeout: 60 }).call()).toMatchObject({ payload: [] });
    const requires = names.map((name) => `"${name}": require("${name}")`).join(", ");
    const text = `const loaded = { ${requires} }; exports.handler = async () => ${missing};`;
    const { call } = openFunction("", { timeout: 60, code: { assets: { "index.js": { text } } } });
    expect(await call()).toMatchObject({ payload: [] });
  });

  it("fails by name with the command that installs it where it is not installed", async () => {
    for (const inputs of [{}, required("@aws-sdk/client-none/inner")]) {
      const { call } = openFunction(imported("@aws-sdk/client-none"), inputs);
      expect(await call()).toMatchObject({
        error: {
          errorType: "Runtime.ImportModuleError",
          errorMessage: expect.stringMatching(
            /client-none.*installed neither in the program's folder.*Run npm install --save-dev @aws-sdk\/client-none in the/,
          ),
        },
      });
    }
  });

  it("is the only code outside of the archive that a function can import", async () => {
    const { folder } = temporaryStorage();
    place(folder, "left-pad", "1");
    for (const inputs of [{}, required("left-pad")]) {
      const { call } = openFunction(imported("left-pad"), inputs, { program: folder });
      expect(await call()).toMatchObject({ error: { errorType: "Runtime.ImportModuleError" } });
    }
  });
});
