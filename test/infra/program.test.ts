import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { functionFile, resolverNames } from "../../infra/bundle.ts";
import { type Graph, ofType } from "../../packages/local-cloud/src/base/graph.ts";
import { graphOf, root } from "../support/program.ts";

const protectedTypes = ["aws:cognito/userPool:UserPool", "aws:dynamodb/table:Table", "aws:s3/bucket:Bucket"];

describe("the program", () => {
  it("declares on stack dev what was reviewed", async () => {
    expect(reviewable(await graphOf("dev"))).toMatchSnapshot();
  });

  it("differs on stack prod by what was reviewed", async () => {
    const [dev, prod] = [comparable(await graphOf("dev")), comparable(await graphOf("prod"))];
    const paths = [...new Set([...dev.keys(), ...prod.keys()])].sort();
    const different = paths.filter((path) => dev.get(path) !== prod.get(path));
    expect(different.map((path) => `${path}: ${dev.get(path)} -> ${prod.get(path)}`)).toMatchSnapshot();
  });
});

describe.each(["dev", "prod"])("the program on stack %s", (stack) => {
  it("declares the same in preview as in up", async () => {
    const names = ({ resources }: Graph) => resources.map(({ urn }) => urn).sort();
    expect(names(await graphOf(stack, true))).toEqual(names(await graphOf(stack)));
  });

  it("puts no unresolved output into an input", async () => {
    expect(JSON.stringify((await graphOf(stack)).resources)).not.toContain("Calling [toString]");
  });

  it("deploys every file of resolvers/, each once", async () => {
    const graph = await graphOf(stack);
    const resolvers = ofType(graph, "aws:appsync/resolver:Resolver").map(({ inputs }) => inputs);
    const steps = ofType(graph, "aws:appsync/function:Function").map(({ inputs }) => inputs);
    // A step that has the name of a field has its code, and the field has that of all guarded fields.
    const shared = steps.filter(({ name }) => !resolvers.some(({ field }) => field === name));
    const deployed = [
      ...resolvers.map(({ type, field }) => `${type}.${field}`),
      ...shared.map(({ name }) => name),
      "guarded",
    ];
    expect(deployed.sort()).toEqual(resolverNames().sort());
  });

  it("leaves no placeholder in the code that it deploys", async () => {
    const graph = await graphOf(stack);
    const code = [
      ...ofType(graph, "aws:appsync/resolver:Resolver"),
      ...ofType(graph, "aws:appsync/function:Function"),
    ].map(({ inputs }) => inputs.code ?? "");
    expect(code.filter((text) => text.includes("{{"))).toEqual([]);
    expect(code.filter((text) => text.length > 32_768)).toEqual([]);
  });

  it("tags everything that takes tags", async () => {
    const tagged = (await graphOf(stack)).resources.filter(({ outputs }) => "tagsAll" in outputs);
    expect([...new Set(tagged.map(({ type }) => type.split(":").at(-1)))].sort()).toEqual([
      "Bucket",
      "BucketObjectv2",
      ...(stack === "prod" ? ["CompositeAlarm", "ContributorInsightRule"] : []),
      "Distribution",
      "EventSourceMapping",
      "Function",
      "GraphQLApi",
      ...(stack === "prod" ? ["Key", "LogGroup", "MetricAlarm"] : ["LogGroup"]),
      "Queue",
      "Role",
      "Table",
      ...(stack === "prod" ? ["Topic"] : []),
      "UserPool",
      ...(stack === "prod" ? ["WebAcl"] : []),
    ]);
    const table = ofType(await graphOf(stack), "aws:dynamodb/table:Table")[0];
    expect(table?.outputs).toHaveProperty("tagsAll", { project: "darkroom", stack, "managed-by": "pulumi" });
  });

  it("gives each queue a dead-letter queue, or a mapping or destination that ends in it", async () => {
    const queues = ofType(await graphOf(stack), "aws:sqs/queue:Queue");
    const without = queues.filter(({ inputs }) => !inputs.redrivePolicy).map(({ name }) => name);
    expect(without.sort()).toEqual([
      "callbacks-deliveries-dead",
      "erasure-jobs-dead",
      "pipeline-failed-changes-dead",
      "pipeline-labels-dead",
      "purge-jobs-dead",
      "search-jobs-dead",
      "thumbnails-jobs-dead",
      "uploads-events-dead",
    ]);
  });

  it("reads queues and streams with partial batch failures, and queues with a maximum concurrency", async () => {
    const mappings = ofType(await graphOf(stack), "aws:lambda/eventSourceMapping:EventSourceMapping");
    expect(mappings.map(({ name }) => name).sort()).toEqual([
      "deliver",
      "erase",
      "indexer",
      "ingest",
      "label",
      "label-dead",
      "purge",
      "relay",
      "relay-failed-changes",
      "thumbnail",
      "thumbnail-dead",
    ]);
    for (const { name, inputs } of mappings) {
      expect(inputs.functionResponseTypes).toEqual(["ReportBatchItemFailures"]);
      expect(name === "relay" || (inputs.scalingConfig?.maximumConcurrency ?? 0) >= 2).toBe(true);
    }
  });

  it("runs every function on nodejs24.x, arm64, with a log group that has a retention", async () => {
    const graph = await graphOf(stack);
    for (const { inputs } of ofType(graph, "aws:lambda/function:Function")) {
      expect(inputs).toMatchObject({ runtime: "nodejs24.x", architectures: ["arm64"] });
    }
    const functions = ofType(graph, "aws:lambda/function:Function").map(({ name }) => name);
    const groups = graph.resources.filter(({ type }) => type === "aws:cloudwatch/logGroup:LogGroup");
    expect(functions).toContain("relay");
    expect(groups.map(({ name }) => name).sort()).toEqual(["api", ...functions].sort());
    for (const { inputs } of groups) {
      expect(inputs["retentionInDays"]).toBe(stack === "prod" ? 90 : 7);
    }
  });
});

describe("a function", () => {
  it("has at most 400 KB, because cold starts grow with it", async () => {
    const names = ofType(await graphOf("dev"), "aws:lambda/function:Function").map(({ name }) => name);
    const sizes = await Promise.all(
      names.map(async (name) => [name, statSync(join(root, await functionFile(name))).size] as const),
    );
    // The decoder's JavaScript is a third of `thumbnail`, on which nobody waits.
    const most = (name: string) => (name === "thumbnail" ? 500 : 400) * 1024;
    expect(sizes.filter(([name, size]) => size > most(name))).toEqual([]);
  });
});

describe("data", () => {
  it("is protected on prod and not on dev", async () => {
    for (const [stack, expected] of [
      ["prod", true],
      ["dev", false],
    ] as const) {
      const data = (await graphOf(stack)).resources.filter(({ type }) => protectedTypes.includes(type));
      // Prod has a bucket of access logs too.
      expect(data).toHaveLength(stack === "prod" ? 15 : 14);
      expect(data.map(({ protect }) => protect)).toEqual(data.map(() => expected));
    }
  });

  it("is encrypted, and rows can be restored to any minute", async () => {
    for (const { inputs } of ofType(await graphOf("prod"), "aws:dynamodb/table:Table")) {
      expect(inputs).toMatchObject({
        pointInTimeRecovery: { enabled: true },
        serverSideEncryption: { enabled: true },
        deletionProtectionEnabled: true,
        billingMode: "PAY_PER_REQUEST",
      });
    }
  });
});

/** What a reviewer wants to see change: code and schema have their own diffs, and the gallery's files change with them. */
function reviewable({ resources }: Graph): unknown[] {
  // The program registers in parallel, so the order of resources is chance.
  const sorted = [...resources]
    .filter(({ inputs }) => !String(inputs["key"]).startsWith("assets/"))
    .sort((a, b) => (a.urn < b.urn ? -1 : 1));
  return sorted.map(({ type, name, parent, protect, retainOnDelete, inputs }) => {
    const { code, content, schema, dashboardBody, metricQueries, ...rest } = inputs;
    return {
      resource: `${type} ${name}`,
      in: parent?.split("::").at(-1),
      ...(protect && { protect }),
      ...(retainOnDelete && { retainOnDelete }),
      inputs: {
        ...rest,
        ...(code !== undefined && { code: "[code]" }),
        ...(content !== undefined && { content: "[content]" }),
        ...(schema !== undefined && { schema: "[schema]" }),
        ...(dashboardBody !== undefined && { dashboardBody: "[dashboard]" }),
        ...(Array.isArray(metricQueries) && {
          metricQueries: metricQueries.map((one) => JSON.stringify(one)),
        }),
      },
    };
  });
}

/** Every value of the graph by its path. Ids, the suffixes of names and the stack's name are left out. */
function comparable(graph: Graph): Map<string, string> {
  const ids = graph.resources
    .flatMap(({ id, name, outputs }) =>
      [id, (outputs as { functionId?: string }).functionId ?? ""].map((one) => [one, name] as const),
    )
    .filter(([id]) => id.length > 8)
    .sort(([a], [b]) => b.length - a.length);
  const text = ids
    .reduce((all, [id, name]) => all.replaceAll(id, `[${name}]`), JSON.stringify(reviewable(graph)))
    .replaceAll(/([-_])[0-9a-f]{7}\b/g, "$1[suffix]")
    .replaceAll(new RegExp(`\\b${graph.stack}\\b`, "g"), "[stack]");
  const resources = JSON.parse(text) as { readonly resource: string }[];
  return new Map(resources.flatMap(({ resource, ...rest }) => valuesOf(rest, resource)));
}

function valuesOf(value: unknown, path: string): [string, string][] {
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => valuesOf(inner, `${path}.${key}`))
    : [[path, JSON.stringify(value)]];
}
