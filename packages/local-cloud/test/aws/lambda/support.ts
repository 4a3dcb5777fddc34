import { afterEach } from "@jest/globals";
import { createIam } from "../../../src/aws/iam/index.ts";
import { createLambda, type Lambda, type LambdaOptions } from "../../../src/aws/lambda/index.ts";
import type { Executor, Log, Principal } from "../../../src/base/service.ts";
import type { Graph, InputsOf, Resource } from "../../../src/base/graph.ts";
import { accountId, graphOf, region, role, roleArn, temporaryStorage } from "../graph.ts";

type FunctionInputs = InputsOf["aws:lambda/function:Function"];

export const self: Principal = { kind: "service", service: "lambda.amazonaws.com" };

export function functionArn(name: string): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}

/** A function whose index.mjs is `code`, under the role `<name>-role` by default. */
export function lambdaFunction(name: string, code: string, inputs: Partial<FunctionInputs> = {}): Resource {
  const all = {
    role: roleArn(`${name}-role`),
    runtime: "nodejs24.x",
    handler: "index.handler",
    code: { assets: { "index.mjs": { text: code } } },
    ...inputs,
  };
  return declared("aws:lambda/function:Function", name, all, { arn: functionArn(name), name });
}

export function declared(
  type: string,
  name: string,
  inputs: object,
  outputs: Readonly<Record<string, unknown>> = {},
): Resource {
  return {
    urn: `urn:pulumi:test::test::${type}::${name}`,
    type,
    name,
    custom: true,
    id: name,
    inputs: inputs as Readonly<Record<string, unknown>>,
    outputs: { name, arn: "", ...inputs, ...outputs },
    secretInputs: [],
    dependencies: [],
    protect: false,
    retainOnDelete: false,
  };
}

interface Entry {
  readonly level: keyof Log;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface RecordingLog extends Log {
  readonly entries: readonly Entry[];
  /** The first entry that satisfies, now or later. */
  until(satisfies: (entry: Entry) => boolean): Promise<Entry>;
}

export function recordingLog(): RecordingLog {
  const entries: Entry[] = [];
  const waiting = new Set<(entry: Entry) => void>();
  const write =
    (level: keyof Log) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      const entry = { level, message, fields };
      entries.push(entry);
      for (const look of waiting) {
        look(entry);
      }
    };
  return {
    entries,
    until: (satisfies) =>
      new Promise((resolve) => {
        const found = entries.find(satisfies);
        if (found) {
          resolve(found);
          return;
        }
        const look = (entry: Entry): void => {
          if (!satisfies(entry)) {
            return;
          }
          waiting.delete(look);
          resolve(entry);
        };
        waiting.add(look);
      }),
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
}

const noQueues: Executor = { execute: () => Promise.reject(new Error("no queue is declared")) };

const running: Lambda[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((lambda) => lambda.stop()));
});

/** Lambda over the graph; stopped when the test ends. */
export function openLambda(
  graph: Graph,
  options: Partial<LambdaOptions> = {},
): Lambda & { readonly log: RecordingLog } {
  const storage = options.storage ?? temporaryStorage();
  const log = recordingLog();
  const lambda = createLambda({
    graph,
    iam: createIam(graph, storage),
    sqs: noQueues,
    storage,
    program: storage.folder,
    clock: Date.now,
    log,
    environment: () => ({ AWS_ENDPOINT_URL: "http://127.0.0.1:1" }),
    ...options,
  });
  running.push(lambda);
  return { ...lambda, log };
}

/** Lambda with the one function `fn`, and how to call it. */
export function openFunction(
  code: string,
  inputs: Partial<FunctionInputs> = {},
  options: Partial<LambdaOptions> = {},
) {
  const lambda = openLambda(graphOf(...role("fn-role"), lambdaFunction("fn", code, inputs)), options);
  return { ...lambda, call: (event: unknown = {}) => lambda.invoke(self, functionArn("fn"), event) };
}
