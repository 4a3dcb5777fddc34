import vm from "node:vm";

import { JavaPattern } from "../utils/java-pattern.ts";
import { currentEvaluation } from "../utils/evaluation.ts";
import { EarlyReturn, ResolverError, UtilityFault } from "../utils/signals.ts";
import { copyJson, makeCopy } from "./copy.ts";
import {
  CALLBACK_METHODS,
  FORBIDDEN_KEYS,
  GLOBALS,
  METHODS,
  MOST_ITEMS,
  PATTERN_METHODS,
  RESERVED_PREFIX,
} from "./globals.ts";
import { logLine } from "./log.ts";
import { MODULES } from "./library.ts";
import { type MakeContext, makeContextOf } from "./realm-context.ts";
import * as intrinsics from "./intrinsics.ts";
import * as sandbox from "./sandbox.ts";
import type { Answer, Host, Meter, PatternMethod } from "./sandbox.ts";

/** A sandbox of APPSYNC_JS: a V8 realm of its own, with nothing of the host in reach. */
export interface Realm {
  /** Evaluates source text there. */
  evaluate(source: string, file: string): unknown;
  /** Globals and hooks, by name: what `instrument` makes parameters of. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** The library's modules as seen there. */
  readonly modules: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly meter: Meter;
  readonly makeContext: MakeContext;
  /** Why the library ended the evaluation at hand, if `thrown` says that it did. */
  ended(thrown: unknown): EarlyReturn | ResolverError | undefined;
}

/** Steps of one run: a call, a turn of a loop, an item that an array method touches. */
const STEP_LIMIT = 2_000_000;

export function createRealm(): Realm {
  const context = vm.createContext(vm.constants.DONT_CONTEXTIFY, {
    codeGeneration: { strings: false, wasm: false },
  });
  const evaluate = (source: string, file: string): unknown =>
    new vm.Script(source, { filename: file }).runInContext(context);
  const inside = <Made>(made: Made): Made =>
    evaluate(`"use strict"; (${String(made)})`, "appsync-js") as Made;

  let ending: EarlyReturn | ResolverError | undefined;
  const host = makeHost((signal) => (ending = signal));
  const end = inside(() => Object.freeze({}))();
  const copy = inside(makeCopy)();
  const meter = inside(sandbox.makeMeter)(STEP_LIMIT);
  const accept = inside(sandbox.makeAccept)(copy, end);
  const library = inside(sandbox.makeLibrary);
  const modules = Object.fromEntries(
    Object.entries(MODULES).map(([name, module]) => [name, library(module, host, accept)]),
  );
  const hooks = inside(sandbox.makeHooks)(FORBIDDEN_KEYS, MOST_ITEMS, meter, host, accept);
  const globals = {
    ...inside(intrinsics.makeGlobals)(GLOBALS, host, accept),
    ...modules["@aws-appsync/utils"],
    ...Object.fromEntries(Object.entries(hooks).map(([name, hook]) => [RESERVED_PREFIX + name, hook])),
  };
  const makeContext = inside(makeContextOf)(copy);
  const arrayMethods = inside(intrinsics.makeArrayMethods)(
    METHODS.Array,
    [...CALLBACK_METHODS],
    MOST_ITEMS,
    meter,
    host,
  );
  const stringMethods = inside(intrinsics.makeStringMethods)(
    METHODS.String,
    PATTERN_METHODS,
    meter,
    host,
    accept,
  );
  inside(intrinsics.trim)(arrayMethods, stringMethods, inside(intrinsics.placesOf));

  return {
    evaluate,
    globals,
    modules,
    meter,
    makeContext,
    ended: (thrown) => (thrown === end ? ending : undefined),
  };
}

function makeHost(onEnd: (signal: EarlyReturn | ResolverError) => void): Host {
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

/** Arguments cross as JSON does, but a bare NaN or undefined stays what it is. */
function argument(value: unknown): unknown {
  return typeof value === "object" ? copyJson(value) : typeof value === "function" ? undefined : value;
}

/** The library trusts its types, as AWS does after type-checking; what gets past them is the code's fault all the same. */
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
