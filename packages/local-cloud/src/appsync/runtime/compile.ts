import { evaluate, type Evaluation, newEvaluation } from "../utils/evaluation.ts";
import { EarlyReturn, type ResolverError } from "../utils/signals.ts";
import { check, type Checked } from "./check.ts";
import { warningsOf } from "./warnings.ts";
import { copyJson, copyResult, ResultTooLarge } from "./copy.ts";
import { faultMessage, placeOf } from "./fault.ts";
import { MAX_ITEMS } from "./globals.ts";
import { instrument, type Instrumented, PARAMETERS } from "./instrument.ts";
import { createRealm, type Realm } from "./realm.ts";
import type { Binding } from "./scopes.ts";
import type { CompiledCode, Handler, Outcome, RaisedError, ResolverContext } from "../model/handlers.ts";
import type { Clock } from "../../base/service.ts";

/**
 * Compiles the code of a resolver or function, as it is deployed: one ES module. Compile errors name it by `name`.
 * Throws `CodeError` with everything in the code that APPSYNC_JS 1.0.0 does not support.
 */
export function compile(code: string, name: string, clock: Clock = Date.now): CompiledCode {
  const checked = check(code, name);
  const loaded = load(code, checked);
  const { realm, instrumented } = loaded;
  return {
    handlers: [...checked.exports.keys()],
    warnings: warningsOf(checked, code, name),
    run(handler, context) {
      if (!checked.exports.has(handler)) {
        const ended = { end: fault(`the code exports no ${handler}`), stash: context.stash };
        return outcome(newEvaluation(), ended, instrumented);
      }
      realm.meter.reset();
      const evaluation = newEvaluation(context.identity, clock);
      const ended = evaluate(evaluation, () => runHandler(loaded, handler, context));
      return outcome(evaluation, ended, instrumented);
    },
  };
}

/** AppSync uses this name for every code in its messages. */
const CODE_FILE = "code.js";

/** Code in its sandbox. */
interface Loaded {
  readonly realm: Realm;
  readonly instrumented: Instrumented;
  readonly evaluateModule: (...imports: readonly unknown[]) => Record<Handler, (ctx: unknown) => unknown>;
  readonly imports: readonly unknown[];
}

function load(code: string, checked: Checked): Loaded {
  const instrumented = instrument(code, checked);
  const realm = createRealm();
  const factory = realm.evaluate(instrumented.source, CODE_FILE) as (
    ...globals: readonly unknown[]
  ) => Loaded["evaluateModule"];
  const evaluateModule = factory(...PARAMETERS.map((name) => realm.globals[name]));
  const imports = checked.scopes.bindings
    .filter(({ kind }) => kind === "import")
    .map((binding) => imported(binding, realm));
  return { realm, instrumented, evaluateModule, imports };
}

function imported({ module = "", imported: name = "" }: Binding, realm: Realm): unknown {
  const library = realm.modules[module];
  return name === "*" ? library : library?.[name];
}

type Ended = Pick<Outcome, "end" | "stash">;

function runHandler(
  { realm, instrumented, evaluateModule, imports }: Loaded,
  handler: Handler,
  context: ResolverContext,
): Ended {
  let ctx: Readonly<Record<string, unknown>> = { stash: context.stash };
  try {
    ctx = realm.makeContext(context);
    // AppSync evaluates the module for every run: its variables last for one request.
    const value = evaluateModule(...imports)[handler](ctx);
    return { end: { kind: "value", value: copyResult(value) ?? null }, stash: stashOf(ctx) };
  } catch (thrown) {
    if (thrown instanceof ResultTooLarge) {
      return { end: tooLarge, stash: stashOf(ctx) };
    }
    const signal = realm.ended(thrown);
    const end = signal === undefined ? fault(faultMessage(thrown, CODE_FILE, instrumented)) : ending(signal);
    return { end, stash: stashOf(ctx) };
  }
}

function ending(signal: EarlyReturn | ResolverError): Outcome["end"] {
  if (signal instanceof EarlyReturn) {
    return { kind: "early", value: signal.value, skipTo: signal.skipTo };
  }
  const { message, errorType, data, errorInfo, unauthorized } = signal;
  return { kind: "error", error: { message, errorType, data, errorInfo }, unauthorized };
}

function fault(message: string, errorType = "Code"): Outcome["end"] {
  const error: RaisedError = { message, errorType, data: null, errorInfo: null };
  return { kind: "error", error, unauthorized: false };
}

/** A resolver's or function's result is at most 5 MB. */
const tooLarge = fault("Transformation too large", "MappingTemplate");

/** A stash without a JSON form, such as a circle, becomes empty: either a fault is reported already, or nothing needs the stash. */
function stashOf(ctx: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  try {
    return copyJson(ctx["stash"]) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

function outcome(
  { appended, logs, warnings, effects }: Evaluation,
  ended: Ended,
  instrumented: Instrumented,
): Outcome {
  const texts = warnings.map(({ name, length, stack }) => {
    const stops = name === "for-of" || name === "map" || name === "reduce";
    const what = stops ? `stops after ${MAX_ITEMS} of ${length} items, as on AWS` : uncertain(length);
    return `${placeOf(stack, CODE_FILE, instrumented)}: ${name} ${what}`;
  });
  return { ...ended, appended, logs, warnings: [...new Set(texts)], effects };
}

const uncertain = (length: number): string =>
  `goes through ${length} items; AWS may stop after ${MAX_ITEMS}, as reduce, map and for-of do there`;
