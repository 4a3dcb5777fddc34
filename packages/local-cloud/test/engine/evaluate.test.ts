import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { ofType, type Resource } from "../../src/base/graph.ts";
import { declaredOnly, evaluate, type Evaluation } from "../../src/engine/evaluate.ts";
import { UNKNOWN } from "../../src/engine/values.ts";

const options = {
  root: join(import.meta.dirname, "fixtures/shop"),
  stack: "dev",
  standIns: { secrets: { "shop:webhookSecret": "whsec", "shop:keys.signing": "private" } },
};
const urn = (path: string) => `urn:pulumi:dev::shop::${path}`;

describe("evaluating a program as an update", () => {
  let graph: Evaluation;
  beforeAll(async () => {
    const endpoints = { base: "http://here", apiPath: () => "/graphql" };
    graph = await evaluate({ ...options, endpoints });
  });
  const find = (name: string, type: string): Resource | undefined =>
    graph.resources.find((resource) => resource.name === name && resource.type.endsWith(`:${type}`));

  it("records a component's children under it", () => {
    const table = find("store-items", "Table");
    expect(find("store", "Store")).toMatchObject({
      custom: false,
      id: "",
      outputs: { tableName: table?.id },
    });
    expect(table).toMatchObject({
      urn: urn("shop:index:Store$aws:dynamodb/table:Table::store-items"),
      parent: urn("shop:index:Store::store"),
      protect: true,
      retainOnDelete: true,
    });
  });

  it("names a resource without a name after its logical name", () => {
    const [queue] = ofType(graph, "aws:sqs/queue:Queue");
    expect(queue?.outputs.name).toMatch(/^store-jobs-[0-9a-f]{7}\.fifo$/);
    expect(queue?.inputs.name).toBeUndefined();
  });

  it("computes AWS's outputs and fills in its defaults", () => {
    const [table] = ofType(graph, "aws:dynamodb/table:Table");
    expect(table?.outputs.streamArn).toBe(`${table?.outputs.arn ?? ""}/stream/2026-01-01T00:00:00.000`);
    expect(ofType(graph, "aws:lambda/function:Function")[0]?.outputs).toMatchObject({
      memorySize: 128,
      timeout: 3,
    });
    expect(graph.outputs).toMatchObject({ timeout: 3, account: "000000000000", region: "eu-west-1" });
  });

  it("turns a function into the text of a module, with what it captures", () => {
    expect(graph.outputs["serialized"]).toMatch(/^exports\.handler = .*twice\(event\)/s);
  });

  it("gives the local endpoints as URLs", () => {
    const [queue] = ofType(graph, "aws:sqs/queue:Queue");
    expect(graph.outputs).toMatchObject({
      url: "http://here/graphql",
      queueUrl: `http://here/000000000000/${queue?.outputs.name ?? ""}`,
    });
  });

  it("unwraps secrets and lists their paths", () => {
    const [worker] = ofType(graph, "aws:lambda/function:Function");
    expect(worker?.inputs.environment?.variables).toMatchObject({
      WEBHOOK_SECRET: "whsec",
      SIGNING: "private",
    });
    expect(worker?.secretInputs.toSorted()).toEqual([
      "environment.variables.SIGNING",
      "environment.variables.WEBHOOK_SECRET",
    ]);
    const exports = graph.resources.find(({ type }) => type === "pulumi:pulumi:Stack");
    expect(exports?.secretOutputs).toEqual(["clientSecret"]);
  });

  it("gives archives as plain JSON", () => {
    expect(ofType(graph, "aws:lambda/function:Function")[0]?.inputs.code).toEqual({
      assets: {
        "index.mjs": { text: "export const handler = async () => 42;\n" },
        "greet.txt": { path: "greet.txt" },
      },
    });
  });

  it("writes policy documents as JSON", () => {
    const [role] = ofType(graph, "aws:iam/role:Role");
    const [policy] = ofType(graph, "aws:iam/rolePolicy:RolePolicy");
    const [table] = ofType(graph, "aws:dynamodb/table:Table");
    expect(JSON.parse(role?.inputs.assumeRolePolicy ?? "")).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
      ],
    });
    expect(JSON.parse(policy?.inputs.policy ?? "")).toMatchObject({
      Statement: [{ Resource: table?.outputs.arn }],
    });
  });

  it("reads defaults of the project and values of the stack", () => {
    expect(find("worker", "LogGroup")?.inputs).toMatchObject({ retentionInDays: 14 });
    expect(graph.outputs["admins"]).toEqual(["ana", "bo"]);
  });

  it("lists the dependencies of each resource", () => {
    expect(find("client", "UserPoolClient")?.dependencies).toEqual([
      urn("aws:cognito/userPool:UserPool::pool"),
    ]);
  });

  it("lists what is declared and has no effect here", () => {
    expect(declaredOnly(graph).map(({ type }) => type)).toEqual(["aws:cloudwatch/logGroup:LogGroup"]);
  });

  it("repeats the graph, with AWS's own endpoints by default", async () => {
    const again = await evaluate(options);
    const ids = (all: readonly Resource[]) => all.map(({ urn, id, type }) => ({ urn, id, type }));
    const byUrn = (all: readonly Resource[]) =>
      ids(all)
        .filter(({ type }) => type !== "aws:sqs/queue:Queue")
        .toSorted((a, b) => a.urn.localeCompare(b.urn));
    expect(byUrn(again.resources)).toEqual(byUrn(graph.resources));
    expect(again.outputs["url"]).toMatch(
      /^https:\/\/[0-9a-f]{26}\.appsync-api\.eu-west-1\.amazonaws\.com\/graphql$/,
    );
    expect(again.outputs["queueUrl"]).toMatch(
      /^https:\/\/sqs\.eu-west-1\.amazonaws\.com\/000000000000\/store-jobs-/,
    );
  });
});

describe("evaluating a program as a preview", () => {
  let graph: Evaluation;
  beforeAll(async () => {
    graph = await evaluate({ ...options, preview: true });
  });

  it("does not know outputs that a deployment computes", () => {
    const [table] = ofType(graph, "aws:dynamodb/table:Table");
    expect(table).toMatchObject({ id: "", inputs: { hashKey: "id" }, outputs: { arn: UNKNOWN } });
    expect(table?.outputs.name).toMatch(/^store-items-[0-9a-f]{7}$/);
    expect(ofType(graph, "aws:iam/rolePolicy:RolePolicy")[0]?.inputs.policy).toBe(UNKNOWN);
  });

  it("does not see a resource created inside apply", () => {
    expect(ofType(graph, "aws:lambda/function:Function")).toHaveLength(1);
    expect(ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping")).toHaveLength(0);
  });
});
