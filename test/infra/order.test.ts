import { describe, expect, it } from "@jest/globals";
import { type Graph, ofType } from "../../packages/local-cloud/src/base/graph.ts";
import { graphOf } from "../support/program.ts";

/** AppSync answers ConcurrentModificationException to many functions and data sources that are created at once. */
describe.each(["dev", "prod"])("the order of AppSync's resources on stack %s", (stack) => {
  it("creates one data source at a time, then one function at a time", async () => {
    const graph = await graphOf(stack);
    const chain = [
      ...ofType(graph, "aws:appsync/dataSource:DataSource"),
      ...ofType(graph, "aws:appsync/function:Function"),
    ].map(({ urn }) => urn);
    const waitsFor = chain.map((urn) => reach(graph, urn).filter((other) => chain.includes(other)).length);
    expect(waitsFor.sort((a, b) => a - b)).toEqual(chain.map((_, index) => index));
  });

  it("creates the functions before any resolver", async () => {
    const graph = await graphOf(stack);
    const functions = ofType(graph, "aws:appsync/function:Function").map(({ urn }) => urn);
    for (const { name, urn } of ofType(graph, "aws:appsync/resolver:Resolver")) {
      expect({ name, after: functions.filter((each) => reach(graph, urn).includes(each)) }).toEqual({
        name,
        after: functions,
      });
    }
  });

  it("deletes a resolver before its replacement is created", async () => {
    const resolvers = ofType(await graphOf(stack), "aws:appsync/resolver:Resolver");
    expect(resolvers.length).toBeGreaterThan(20);
    const late = resolvers.filter(({ deleteBeforeReplace }) => !deleteBeforeReplace);
    expect(late.map(({ name }) => name)).toEqual([]);
  });

  it("creates the log group in the same deployment, and no role may create one", async () => {
    const graph = await graphOf(stack);
    const [api] = ofType(graph, "aws:appsync/graphQLApi:GraphQLApi");
    const groups = graph.resources.filter(({ type }) => type === "aws:cloudwatch/logGroup:LogGroup");
    expect(groups.map(({ inputs }) => inputs)).toContainEqual(
      expect.objectContaining({
        name: `/aws/appsync/apis/${api?.id}`,
        retentionInDays: stack === "prod" ? 90 : 7,
      }),
    );
    const policies = ofType(graph, "aws:iam/rolePolicy:RolePolicy").map(({ inputs }) => inputs.policy);
    expect(policies.filter((text) => text.includes("logs:CreateLogGroup"))).toEqual([]);
  });
});

/** The resources that must exist before a resource. */
function reach(graph: Graph, urn: string): string[] {
  const found = new Set<string>();
  const waiting = [urn];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const dependencies = graph.resources.find((resource) => resource.urn === next)?.dependencies ?? [];
    for (const dependency of dependencies.filter((each) => !found.has(each))) {
      found.add(dependency);
      waiting.push(dependency);
    }
  }
  return [...found];
}
