import { CodeError, type CodeProblem } from "./code-error.ts";
import { compile } from "./compile.ts";
import type { Handler, Outcome, ResolverContext } from "../model/handlers.ts";

/** The answer of AWS's EvaluateCode: https://docs.aws.amazon.com/appsync/latest/APIReference/API_EvaluateCode.html */
export interface EvaluateCodeAnswer {
  /** JSON text of the handler's result. */
  readonly evaluationResult?: string;
  readonly error?: { readonly message: string; readonly codeErrors?: readonly CodeProblem[] };
  readonly logs: readonly string[];
  /** JSON text. */
  readonly stash?: string;
  /** JSON text of the appended errors. */
  readonly outErrors?: string;
}

/** AWS's type check, for code that compiles. */
export type CheckTypes = (code: string) => readonly CodeProblem[];

/** Compiles `code` and runs one handler. Any part of the context may be missing. Throws only for a malformed context. */
export function evaluateCode(
  code: string,
  handler: Handler,
  context: Readonly<Record<string, unknown>>,
  checkTypes: CheckTypes = () => [],
): EvaluateCodeAnswer {
  try {
    const compiled = compile(code, "code.js");
    const problems = checkTypes(code);
    if (problems.length > 0) {
      throw new CodeError(problems, code);
    }
    return answer(compiled.run(handler, completeContext(context)));
  } catch (error) {
    if (!(error instanceof CodeError)) {
      throw error;
    }
    const [message = ""] = error.message.split("\n", 1);
    return { error: { message, codeErrors: error.problems }, logs: [] };
  }
}

function answer({ end, logs, stash, appended }: Outcome): EvaluateCodeAnswer {
  const rest = { logs, stash: JSON.stringify(stash), outErrors: JSON.stringify(appended) };
  if (end.kind === "error") {
    return { error: { message: end.error.message }, ...rest };
  }
  return { evaluationResult: JSON.stringify(end.value), ...rest };
}

/** EvaluateCode takes `arguments` only, and gives the code `args` as well. */
function completeContext(given: Readonly<Record<string, unknown>>): ResolverContext {
  const part = (name: string) => asRecord(given[name] ?? {}, `context.${name}`);
  const { headers = {}, domainName = null } = part("request");
  const info = {
    fieldName: "",
    parentTypeName: "",
    variables: {},
    selectionSetList: [],
    selectionSetGraphQL: "",
    ...part("info"),
  };
  return {
    arguments: part("arguments"),
    identity: given["identity"] ?? null,
    source: given["source"] ?? null,
    request: {
      headers: headers as Readonly<Record<string, unknown>>,
      domainName: domainName as string | null,
    },
    info,
    stash: part("stash"),
    prev: { result: part("prev")["result"] ?? null },
    env: part("env") as Readonly<Record<string, string>>,
    ...("result" in given ? { result: given["result"] } : {}),
    ...(given["error"] ? { error: given["error"] as { message: string; type: string } } : {}),
  };
}

/** Throws a plain error: a malformed context is the caller's fault, not the code's. */
export function asRecord(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`${what} must be a JSON object`);
  }
  return value as Readonly<Record<string, unknown>>;
}
