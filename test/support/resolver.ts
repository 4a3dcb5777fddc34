import { beforeAll } from "@jest/globals";
import { resolverNames } from "../../infra/bundle.ts";
import { codeOf } from "./code.ts";
import { compile } from "../../packages/local-cloud/src/appsync/runtime/compile.ts";
import type {
  CompiledCode,
  Handler,
  Outcome,
  ResolverContext,
} from "../../packages/local-cloud/src/appsync/model/handlers.ts";

const compiled = new Map<string, CompiledCode>();

beforeAll(async () => {
  for (const name of resolverNames()) {
    compiled.set(name, compile(await codeOf(name), name));
  }
});

/** Runs a handler of resolvers/<name>.ts exactly as it is deployed. */
export function run(name: string, handler: Handler, context: Partial<ResolverContext> = {}): Outcome {
  const code = compiled.get(name);
  if (!code) {
    throw new Error(`There is no resolvers/${name}.ts`);
  }
  return code.run(handler, contextOf(context));
}

/** What a handler returned. Fails the test if it ended in another way. */
export function valueOf(outcome: Outcome): unknown {
  if (outcome.end.kind === "error") {
    throw new Error(`${outcome.end.error.errorType}: ${outcome.end.error.message}`);
  }
  return outcome.end.value;
}

/** The type of the error that a handler raised, or undefined. */
export const errorOf = (outcome: Outcome): string | null | undefined =>
  outcome.end.kind === "error" ? outcome.end.error.errorType : undefined;

export const alice = { sub: "alice-sub", username: "alice", groups: null, claims: {} };

export const admin = { sub: "admin-sub", username: "admin", groups: ["admins"], claims: {} };

/** A ULID, as assets have them. */
export const assetId = "01JD3Z6V5K8Q2M7N4P9R0S1T2W";

/** DynamoDB's answer to a failed condition, as AppSync passes it on. */
export const conditionFailure = {
  message: "The conditional request failed",
  type: "DynamoDB:ConditionalCheckFailedException",
};

function contextOf(context: Partial<ResolverContext>): ResolverContext {
  return {
    arguments: {},
    identity: alice,
    source: null,
    request: { headers: {}, domainName: null },
    info: {
      fieldName: "",
      parentTypeName: "",
      variables: {},
      selectionSetList: [],
      selectionSetGraphQL: "",
    },
    stash: {},
    prev: { result: null },
    env: {},
    ...context,
  };
}
