import { JavaPattern } from "../utils/java-pattern.ts";
import { currentEvaluation } from "../utils/evaluation.ts";
import { EarlyReturn, ResolverError, UtilityFault } from "../utils/signals.ts";
import { copyJson } from "./copy.ts";
import { logLine } from "./log.ts";
import type { Answer, Host, PatternMethod } from "./sandbox.ts";

/** The host's side of the sandbox. `onEnd` gets the signal by which the library ends the evaluation. */
export function makeHost(onEnd: (signal: EarlyReturn | ResolverError) => void): Host {
  const answer = (call: () => unknown): Answer => {
    try {
      return { value: call() };
    } catch (thrown) {
      if (thrown instanceof EarlyReturn || thrown instanceof ResolverError) {
        onEnd(thrown);
        return { ends: true };
      }
      return { fault: thrown instanceof UtilityFault ? thrown.message : badArguments(thrown) };
    }
  };
  return {
    call: (method, args) =>
      answer(() => (method as (...copied: unknown[]) => unknown)(...Array.from(args, argument))),
    pattern: (method, value, args) => answer(() => withPattern(method, value, args)),
    log: (level, place, args) =>
      answer(() => void currentEvaluation().logs.push(logLine(level, place, Array.from(args, argument)))),
    many: (name, length, stack) => void currentEvaluation().warnings.push({ name, length, stack }),
  };
}

/** Arguments are copied as JSON copies them, except that NaN and undefined by themselves stay what they are. */
function argument(value: unknown): unknown {
  return typeof value === "object" ? copyJson(value) : typeof value === "function" ? undefined : value;
}

/** The library relies on its types, as AWS does after type-checking. An argument of another type is the code's fault. */
function badArguments(thrown: unknown): string {
  return `the utility does not take these arguments (${thrown instanceof Error ? thrown.message : String(thrown)})`;
}

function withPattern(method: PatternMethod, value: string, [first, second]: readonly unknown[]): unknown {
  if (typeof first !== "string") {
    throw new UtilityFault(`${method} needs a pattern as a string`);
  }
  const pattern = JavaPattern.of(first);
  if (method === "match") {
    return pattern.match(value);
  }
  if (typeof second !== "string") {
    throw new UtilityFault(`${method} needs a replacement as a string`);
  }
  return method === "replace" ? pattern.replaceFirst(value, second) : pattern.replaceAll(value, second);
}
