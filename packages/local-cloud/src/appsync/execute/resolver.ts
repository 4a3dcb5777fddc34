import type { GraphQLResolveInfo } from "graphql";
import type { Log } from "../../base/service.ts";
import { shapeOf } from "./shape.ts";
import type { Caching } from "../caching/index.ts";
import { type Answer, type DataSource, RequestError } from "../model/source.ts";
import type { CompiledCode, Handler, RaisedError, ResolverContext } from "../model/handlers.ts";
import type { Console } from "./console.ts";
import { FieldError, fieldError } from "./errors.ts";
import { applyEffects } from "./execution.ts";
import type { Execution } from "../model/execution.ts";
import { sourcePlace } from "../runtime/source-map.ts";
import { selectBelow } from "./filter.ts";
import { selectionOf } from "./selection.ts";

/** A code file of the program: its handlers, and its text for the log. */
export interface Script {
  readonly name: string;
  readonly text: string;
  readonly compiled: CompiledCode;
}

/** A script with its data source: a unit resolver, or one function of a pipeline. */
export interface Step {
  readonly script: Script;
  readonly source: DataSource;
  readonly maxBatchSize: number;
}

export type Resolver =
  | { readonly kind: "UNIT"; readonly step: Step }
  | {
      readonly kind: "PIPELINE";
      readonly script: Script;
      readonly steps: readonly Step[];
    };

/** The field that is being resolved. */
export interface Field {
  readonly source: unknown;
  readonly args: Readonly<Record<string, unknown>>;
  readonly execution: Execution;
  readonly info: GraphQLResolveInfo;
  readonly log: Log;
  readonly console: Console;
  readonly evict: Caching["evict"];
}

/** Runs a resolver for one field, if there is time. Throws `FieldError`. */
export function runResolver(resolver: Resolver, field: Field): Promise<unknown> {
  return resolver.kind === "UNIT" ? runUnit(resolver.step, field) : runPipeline(resolver, field);
}

/** The parts of ctx that change from handler to handler. */
type State = {
  -readonly [Part in "stash" | "prev" | "result" | "error"]: ResolverContext[Part];
};

/** Nothing was before a unit resolver (aws-powertools/powertools-lambda-python#1303). */
async function runUnit(step: Step, field: Field): Promise<unknown> {
  return (await runStep(step, field, { stash: {}, prev: null, result: undefined, error: undefined })).value;
}

/** An early return in the first handler leads straight to the last one; one with END does so from any function. */
async function runPipeline(
  { script, steps }: Extract<Resolver, { kind: "PIPELINE" }>,
  field: Field,
): Promise<unknown> {
  const state: State = { stash: {}, prev: { result: null }, result: undefined, error: undefined };
  const before = handle(script, "request", field, state);
  state.prev = { result: before.value ?? null };
  if (!before.early) {
    for (const step of steps) {
      const { value, early } = await runStep(step, field, state);
      state.prev = { result: value ?? null };
      if (early === "END") {
        break;
      }
    }
  }
  state.result = state.prev.result;
  state.error = undefined;
  return handle(script, "response", field, state).value;
}

/** What a handler came to; `early` if it returned early. */
interface Value {
  readonly value: unknown;
  readonly early?: "END" | "NEXT";
}

/** Request handler, data source, response handler: the last two are skipped by an early return. */
async function runStep(step: Step, field: Field, state: State): Promise<Value> {
  if (field.execution.deadline.over) {
    throw new FieldError("Execution timed out.", "ExecutionTimeout");
  }
  state.result = state.error = undefined;
  const request = handle(step.script, "request", field, state);
  if (request.early) {
    return request;
  }
  const { result, error } = await ask(step, request.value, field);
  state.result = result;
  state.error = error;
  return handle(step.script, "response", field, state);
}

async function ask(step: Step, request: unknown, { execution }: Field): Promise<Answer> {
  try {
    return await step.source.run(request, { execution, step });
  } catch (error) {
    if (error instanceof RequestError) {
      throw new FieldError(error.message, error.code);
    }
    throw error;
  }
}

function handle(script: Script, handler: Handler, field: Field, state: State): Value {
  const { execution, info, log, console, evict } = field;
  const context = contextOf(field, state);
  const outcome = script.compiled.run(handler, context);
  state.stash = outcome.stash;
  if (outcome.logs.length > 0 || outcome.warnings.length > 0) {
    const at = { field: `${info.parentType.name}.${info.fieldName}`, handler: `${script.name}.${handler}` };
    for (const line of outcome.logs) {
      console(line, at);
    }
    for (const line of outcome.warnings) {
      log.warn(line, { ...at, source: sourceOf(script.text, line) });
    }
  }
  for (const raised of outcome.appended) {
    execution.appended.push(fieldError({ ...raised, data: selectBelow(raised.data, info) }, info));
  }
  const { end } = outcome;
  if (end.kind === "error") {
    if (end.error.errorType === "Code") {
      report(script, handler, end.error, field, context);
    }
    throw raise(end.error, end.unauthorized, info);
  }
  applyEffects(execution, outcome.effects, handler, evict);
  return end.kind === "early" ? { value: end.value, early: end.skipTo } : { value: end.value };
}

function contextOf({ source, args, execution, info }: Field, state: State): ResolverContext {
  const { selectionSetList, selectionSetGraphQL } = selectionOf(info);
  const { stash, prev, result, error } = state;
  return {
    arguments: args,
    identity: execution.caller.identity,
    source: source ?? null,
    request: execution.request,
    info: {
      fieldName: info.fieldName,
      parentTypeName: info.parentType.name,
      variables: execution.variables,
      selectionSetList,
      selectionSetGraphQL,
    },
    stash,
    prev,
    ...(result !== undefined && { result }),
    ...(error && { error }),
    env: {},
  };
}

function raise(error: RaisedError, unauthorized: boolean, info: GraphQLResolveInfo): FieldError {
  if (unauthorized) {
    return notAuthorized(info);
  }
  return new FieldError(error.message, error.errorType, selectBelow(error.data, info), error.errorInfo);
}

export function notAuthorized({ fieldName, parentType }: GraphQLResolveInfo): FieldError {
  return new FieldError(`Not Authorized to access ${fieldName} on type ${parentType.name}`, "Unauthorized");
}

/** A fault of the program's own code: its author needs the line, and what the handler was given looked like. */
function report(
  { name, text }: Script,
  handler: Handler,
  { message }: RaisedError,
  { info, log }: Field,
  context: ResolverContext,
): void {
  const { arguments: args, source, stash, prev, result, error } = context;
  const [, line] = place.exec(message) ?? [];
  log.error(`${name} failed in its ${handler} handler: ${message}`, {
    field: `${info.parentType.name}.${info.fieldName}`,
    source: sourceOf(text, message),
    code: line && text.split("\n")[Number(line) - 1]?.trim(),
    ctx: shapeOf({ arguments: args, source, stash, prev, result, error }),
  });
}

const place = /:(\d+):(\d+)/;

/** Where the place in a message of the runtime stands in the source. */
function sourceOf(text: string, message: string): string | undefined {
  const [, line, column] = place.exec(message) ?? [];
  return line === undefined ? undefined : sourcePlace(text, Number(line), Number(column));
}
