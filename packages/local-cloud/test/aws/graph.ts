import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "@jest/globals";
import type { Graph, InputsOf, Resource } from "../../src/base/graph.ts";
import type { Log, Storage } from "../../src/base/service.ts";

export const region = "eu-west-1";
export const accountId = "000000000000";

/** A graph of the resources given, as the engine would hand it over. */
export function graphOf(...resources: readonly Resource[]): Graph {
  return { project: "test", stack: "test", resources, outputs: {} };
}

export function resource<Type extends keyof InputsOf>(
  type: Type,
  name: string,
  inputs: InputsOf[Type],
  outputs: Readonly<Record<string, unknown>> = {},
): Resource {
  const own = inputs as Readonly<Record<string, unknown>>;
  return {
    urn: `urn:pulumi:test::test::${type}::${name}`,
    type,
    name,
    custom: true,
    id: typeof outputs["url"] === "string" ? outputs["url"] : name,
    inputs: own,
    outputs: { name, arn: "", ...own, ...outputs },
    secretInputs: [],
    dependencies: [],
    protect: false,
    retainOnDelete: false,
  };
}

export function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

export const allow = (action: string | string[], resource: string | string[], rest: object = {}) => ({
  Effect: "Allow",
  Action: action,
  Resource: resource,
  ...rest,
});

export function roleArn(name: string): string {
  return `arn:aws:iam::${accountId}:role/${name}`;
}

/** A role with one inline policy, that Lambda may assume. */
export function role(name: string, ...statements: readonly object[]): Resource[] {
  const trust = policy({
    Effect: "Allow",
    Principal: { Service: "lambda.amazonaws.com" },
    Action: "sts:AssumeRole",
  });
  const outputs = { arn: roleArn(name), uniqueId: `AROA${name.toUpperCase()}` };
  return [
    resource("aws:iam/role:Role", name, { assumeRolePolicy: trust }, outputs),
    ...(statements.length > 0
      ? [
          resource("aws:iam/rolePolicy:RolePolicy", `${name}-policy`, {
            role: name,
            policy: policy(...statements),
          }),
        ]
      : []),
  ];
}

export function queue(name: string, inputs: InputsOf["aws:sqs/queue:Queue"] = {}): Resource {
  return resource("aws:sqs/queue:Queue", name, inputs, {
    arn: `arn:aws:sqs:${region}:${accountId}:${name}`,
    url: `https://sqs.${region}.amazonaws.com/${accountId}/${name}`,
    delaySeconds: inputs.delaySeconds ?? 0,
    fifoQueue: inputs.fifoQueue ?? false,
    maxMessageSize: inputs.maxMessageSize ?? 262_144,
    messageRetentionSeconds: inputs.messageRetentionSeconds ?? 345_600,
    receiveWaitTimeSeconds: inputs.receiveWaitTimeSeconds ?? 0,
    visibilityTimeoutSeconds: inputs.visibilityTimeoutSeconds ?? 30,
  });
}

export function table(name: string, inputs: InputsOf["aws:dynamodb/table:Table"]): Resource {
  const arn = `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;
  const streamLabel = "2026-01-01T00:00:00.000";
  return resource("aws:dynamodb/table:Table", name, inputs, {
    arn,
    ...(inputs.streamEnabled === true && { streamArn: `${arn}/stream/${streamLabel}`, streamLabel }),
  });
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A fresh folder that goes when the test ends. */
export function temporaryStorage(memory = false): Storage {
  const folder = mkdtempSync(join(tmpdir(), "local-cloud-"));
  folders.push(folder);
  return { folder, memory };
}

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
