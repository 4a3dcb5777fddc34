import { compile } from "../../../src/appsync/runtime/compile.ts";
import { CodeError, type CodeProblem } from "../../../src/appsync/runtime/code-error.ts";
import type { Outcome, ResolverContext } from "../../../src/appsync/model/handlers.ts";

export const CONTEXT: ResolverContext = {
  arguments: {},
  identity: null,
  source: null,
  request: { headers: {}, domainName: null },
  info: {
    fieldName: "field",
    parentTypeName: "Query",
    variables: {},
    selectionSetList: [],
    selectionSetGraphQL: "",
  },
  stash: {},
  prev: { result: null },
  env: {},
};

const IMPORTS = `import { util, extensions, runtime } from "@aws-appsync/utils"; import * as ddb from "@aws-appsync/utils/dynamodb";`;

/** Runs statements as the body of a request handler. The imports are on its first line, so that line numbers are the body's. */
export function runBody(body: string, context: Partial<ResolverContext> = {}): Outcome {
  const code = `${IMPORTS} export function request(ctx) {${body}\n}`;
  return compile(code, "code.js").run("request", { ...CONTEXT, ...context });
}

/** The value of one expression. */
export function valueOf(expression: string, context: Partial<ResolverContext> = {}): unknown {
  const { end } = runBody(`return ${expression};`, context);
  if (end.kind !== "value") {
    throw new Error(JSON.stringify(end));
  }
  return end.value;
}

/** The message of an uncaught fault. */
export function faultOf(body: string): string {
  const { end } = runBody(body);
  if (end.kind !== "error") {
    throw new Error(JSON.stringify(end));
  }
  return end.error.message;
}

/** Why the code does not compile; empty if it compiles. */
export function problemsOf(code: string): readonly CodeProblem[] {
  try {
    compile(code, "code.js");
    return [];
  } catch (error) {
    if (error instanceof CodeError) {
      return error.problems;
    }
    throw error;
  }
}
