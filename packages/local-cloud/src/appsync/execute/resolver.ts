import type { GraphQLResolveInfo } from "graphql";
import type { About, Recorder } from "../../base/recorder.ts";
import type { Log } from "../../base/service.ts";
import { shapeOf } from "./shape.ts";
import type { Caching } from "../caching/index.ts";
import { type Answer, type DataSource, RequestError, type RunDirectly } from "../model/source.ts";
import type { CompiledCode, Handler, RaisedError, ResolverContext } from "../model/handlers.ts";
import type { Console } from "./console.ts";
import { contextOf, type FieldParts, type State } from "./context.ts";
import { FieldError, fieldError } from "./errors.ts";
import { applyEffects } from "./execution.ts";
import { sourcePlace } from "../runtime/source-map.ts";
import { selectBelow } from "./filter.ts";

/** A code file of the program: its handlers, and its text for the log. */
export interface Script {
  readonly name: string;
  readonly text: string;
  readonly compiled: CompiledCode;
}

/** A unit resolver, or one function of a pipeline. */
export type Step = ScriptedStep | DirectStep;

export interface ScriptedStep {
  readonly script: Script;
  readonly source: Pick<DataSource, "run">;
  readonly maxBatchSize: number;
}

/** Has no code: its Lambda function gets the whole context. */
export interface DirectStep {
  readonly runDirectly: RunDirectly;
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
export interface Field extends FieldParts {
  readonly log: Log;
  readonly console: Console;
  readonly recorder: Recorder | undefined;
  readonly evict: Caching["evict"];
}

/** Runs a resolver for one field. Throws `FieldError`, also when the time of the request is over. */
export function runResolver(resolver: Resolver, field: Field): Promise<unknown> {
  const { recorder, info, args } = field;
  const run = () => (resolver.kind === "UNIT" ? runUnit(resolver.step, field) : runPipeline(resolver, field));
  return recorder
    ? recorder.call(stepOf("resolver", `${info.parentType.name}.${info.fieldName}`, args), run)
    : run();
}

const stepOf = (operation: string, resource: string, input: unknown): About => ({
  ...{ service: "appsync", operation, resource, principal: undefined },
  input: () => JSON.stringify(input),
});

/** A unit resolver has no prev (aws-powertools/powertools-lambda-python#1303). */
async function runUnit(step: Step, field: Field): Promise<unknown> {
  return (await runStep(step, field, { stash: {}, prev: null, result: undefined, error: undefined })).value;
}

/** After an early return of the first handler only the last one runs. END does the same from a function. */
async function runPipeline(
  { script, steps }: Extract<Resolver, { kind: "PIPELINE" }>,
  field: Field,
): Promise<unknown> {
  const state: State = { stash: {}, prev: { result: null }, result: undefined, error: undefined };
  const before = handle(script, "request", field, state);
  state.prev = { result: before.value ?? null };
  if (!before.early) {
    for (const step of steps) {
      const { value, early } = await runFunction(step, field, state);
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

/** A function of a pipeline. */
function runFunction(step: Step, field: Field, state: State): Promise<Value> {
  const { recorder } = field;
  const run = () => runStep(step, field, state);
  return recorder
    ? recorder.call(stepOf("function", "script" in step ? step.script.name : "direct", state.prev), run)
    : run();
}

/** The value of a handler. `early` is set by an early return. */
interface Value {
  readonly value: unknown;
  readonly early?: "END" | "NEXT";
}

/** Request handler, data source, response handler. An early return skips the rest. */
async function runStep(step: Step, field: Field, state: State): Promise<Value> {
  if (field.execution.deadline.over) {
    throw new FieldError("Execution timed out.", "ExecutionTimeout");
  }
  state.result = state.error = undefined;
  if (!("script" in step)) {
    return { value: await runDirect(step, field, state) };
  }
  const request = handle(step.script, "request", field, state);
  if (request.early) {
    return request;
  }
  const { result, error } = await ask(step, request.value, field);
  state.result = result;
  state.error = error;
  return handle(step.script, "response", field, state);
}

async function runDirect(step: DirectStep, field: Field, state: State): Promise<unknown> {
  const { result, error } = await step.runDirectly(contextOf(field, state), {
    execution: field.execution,
    step,
  });
  if (error) {
    throw new FieldError(error.message, error.type, selectBelow(result, field.info));
  }
  return result;
}

async function ask(step: ScriptedStep, request: unknown, { execution }: Field): Promise<Answer> {
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

function raise(error: RaisedError, unauthorized: boolean, info: GraphQLResolveInfo): FieldError {
  if (unauthorized) {
    return notAuthorized(info);
  }
  return new FieldError(error.message, error.errorType, selectBelow(error.data, info), error.errorInfo);
}

export function notAuthorized({ fieldName, parentType }: GraphQLResolveInfo): FieldError {
  return new FieldError(`Not Authorized to access ${fieldName} on type ${parentType.name}`, "Unauthorized");
}

/** Logs an error of the code of a program, with its line and the shape of the context. */
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

/** The place in the source of a place in a message of the runtime. */
function sourceOf(text: string, message: string): string | undefined {
  const [, line, column] = place.exec(message) ?? [];
  return line === undefined ? undefined : sourcePlace(text, Number(line), Number(column));
}
