import { evaluate, type Evaluation, newEvaluation } from "../utils/evaluation.ts";
import { EarlyReturn, type ResolverError } from "../utils/signals.ts";
import { check } from "./check.ts";
import { warningsOf } from "./warnings.ts";
import { copyJson, copyResult, ResultTooLarge } from "./copy.ts";
import { faultMessage, placeOf } from "./fault.ts";
import { MOST_ITEMS } from "./globals.ts";
import { instrument, type Instrumented, PARAMETERS } from "./instrument.ts";
import { createRealm, type Realm } from "./realm.ts";
import type { Binding } from "./scopes.ts";
import type { CompiledCode, Handler, Outcome, RaisedError, ResolverContext } from "../model/handlers.ts";
import type { Clock } from "../../base/service.ts";

/**
 * Compiles the code of a resolver or function, as it is deployed: one ES module. `name` names it in compile errors.
 * Throws `CodeError` with all that APPSYNC_JS 1.0.0 does not take.
 */
export function compile(code: string, name: string, clock: Clock = Date.now): CompiledCode {
  const checked = check(code, name);
  const instrumented = instrument(code, checked);
  const realm = createRealm();
  const open = realm.evaluate(instrumented.source, CODE_FILE) as Factory;
  const evaluateModule = open(...PARAMETERS.map((name) => realm.globals[name]));
  const imports = checked.scopes.bindings
    .filter(({ kind }) => kind === "import")
    .map((one) => imported(one, realm));
  const runHandler = (handler: Handler, context: ResolverContext): Ended => {
    let ctx: Readonly<Record<string, unknown>> = { stash: context.stash };
    try {
      ctx = realm.makeContext(context);
      // The module is evaluated anew for every run, as AppSync does: no variable of it outlives a request.
      const value = evaluateModule(...imports)[handler](ctx);
      return { end: { kind: "value", value: copyResult(value) ?? null }, stash: stashOf(ctx) };
    } catch (thrown) {
      if (thrown instanceof ResultTooLarge) {
        return { end: tooLarge, stash: stashOf(ctx) };
      }
      const signal = realm.ended(thrown);
      const end =
        signal === undefined ? fault(faultMessage(thrown, CODE_FILE, instrumented)) : ending(signal);
      return { end, stash: stashOf(ctx) };
    }
  };
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
      const ended = evaluate(evaluation, () => runHandler(handler, context));
      return outcome(evaluation, ended, instrumented);
    },
  };
}

/** AppSync calls every code so in its messages. */
const CODE_FILE = "code.js";

type Factory = (
  ...globals: readonly unknown[]
) => (...imports: readonly unknown[]) => Record<Handler, (ctx: unknown) => unknown>;
type Ended = Pick<Outcome, "end" | "stash">;

function imported({ module = "", imported: name = "" }: Binding, realm: Realm): unknown {
  const library = realm.modules[module];
  return name === "*" ? library : library?.[name];
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

/** A stash that has no JSON, such as a circle, is dropped: the fault is told already, or the value does not need it. */
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
  const told = warnings.map(({ name, length, stack }) => {
    const stops = name === "for-of" || name === "map" || name === "reduce";
    const what = stops ? `stops after ${MOST_ITEMS} of ${length} items, as on AWS` : uncertain(length);
    return `${placeOf(stack, CODE_FILE, instrumented)}: ${name} ${what}`;
  });
  return { ...ended, appended, logs, warnings: [...new Set(told)], effects };
}

const uncertain = (length: number): string =>
  `goes through ${length} items; AWS may stop after ${MOST_ITEMS}, as reduce, map and for-of do there`;
