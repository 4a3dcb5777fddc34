import vm from "node:vm";

import type { EarlyReturn, ResolverError } from "../utils/signals.ts";
import { makeCopy } from "./copy.ts";
import {
  CALLBACK_METHODS,
  FORBIDDEN_KEYS,
  GLOBALS,
  MAX_ITEMS,
  METHODS,
  PATTERN_METHODS,
  RESERVED_PREFIX,
} from "./globals.ts";
import { makeHost } from "./host.ts";
import { MODULES } from "./library.ts";
import { type MakeContext, makeContextOf } from "./realm-context.ts";
import * as hooks from "./hooks.ts";
import * as intrinsics from "./intrinsics.ts";
import * as sandbox from "./sandbox.ts";
import type { Accept, Host, Meter } from "./sandbox.ts";

/** A sandbox of APPSYNC_JS: a V8 realm of its own, from which nothing of the host can be reached. */
export interface Realm {
  /** Evaluates source text in the sandbox. */
  evaluate(source: string, file: string): unknown;
  /** Globals and hooks, by name: `instrument` makes them parameters of the code. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** The library's modules, as objects of the sandbox. */
  readonly modules: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly meter: Meter;
  readonly makeContext: MakeContext;
  /** The signal that ended the evaluation, if `thrown` is the mark of one. */
  ended(thrown: unknown): EarlyReturn | ResolverError | undefined;
}

/** Steps of one run: a call, a turn of a loop, an item that an array method reads. */
const MAX_STEPS = 2_000_000;

/** Values of one copy into the sandbox, whatever their size. */
const MAX_VALUES = 1_000_000;

export function createRealm(): Realm {
  const { evaluate, inside } = createContext();
  let ending: EarlyReturn | ResolverError | undefined;
  const host = makeHost((signal) => (ending = signal));
  const end = inside(() => Object.freeze({}))();
  const makeMeter = inside(sandbox.makeMeter);
  const meter = makeMeter(MAX_STEPS, `the code ran for more than ${MAX_STEPS} steps`);
  const copy = inside(makeCopy)(
    makeMeter(MAX_VALUES, "the value is too large"),
    inside(() => 0),
  );
  const parts: Parts = { inside, host, meter, accept: inside(sandbox.makeAccept)(copy, end) };
  const modules = makeModules(parts);
  const globals = { ...makeGlobals(parts), ...modules["@aws-appsync/utils"], ...makeHooks(parts) };
  const makeContext = inside(makeContextOf)(copy);
  trimIntrinsics(parts);
  return {
    evaluate,
    globals,
    modules,
    meter,
    makeContext,
    ended: (thrown) => (thrown === end ? ending : undefined),
  };
}

interface Parts {
  /** Makes a function of the host again in the sandbox, from its source text. */
  readonly inside: <Made>(made: Made) => Made;
  readonly host: Host;
  readonly meter: Meter;
  readonly accept: Accept;
}

function createContext(): Pick<Realm, "evaluate"> & Pick<Parts, "inside"> {
  const context = vm.createContext(vm.constants.DONT_CONTEXTIFY, {
    codeGeneration: { strings: false, wasm: false },
  });
  const evaluate = (source: string, file: string): unknown =>
    new vm.Script(source, { filename: file }).runInContext(context);
  return {
    evaluate,
    inside: <Made>(made: Made) => evaluate(`"use strict"; (${String(made)})`, "appsync-js") as Made,
  };
}

function makeModules({ inside, host, accept }: Parts): Realm["modules"] {
  const makeLibrary = inside(sandbox.makeLibrary);
  return Object.fromEntries(
    Object.entries(MODULES).map(([name, module]) => [name, makeLibrary(module, host, accept)]),
  );
}

function makeGlobals({ inside, host, accept }: Parts): Realm["globals"] {
  const objects = inside(intrinsics.makeGlobalObjects)(host, accept);
  return inside(intrinsics.pickMembers)(GLOBALS, objects);
}

function makeHooks({ inside, host, meter, accept }: Parts): Realm["globals"] {
  const all: hooks.Hooks = {
    ...inside(hooks.makeGuards)(FORBIDDEN_KEYS, meter),
    ...inside(hooks.makeQuirks)(MAX_ITEMS, host),
    ...inside(hooks.makeLog)(host, accept),
  };
  return Object.fromEntries(Object.entries(all).map(([name, hook]) => [RESERVED_PREFIX + name, hook]));
}

/** Comes last: the other parts take the intrinsics that they need before this removes them. */
function trimIntrinsics({ inside, host, meter, accept }: Parts): void {
  const arrayMethods = inside(intrinsics.makeArrayMethods)(
    METHODS.Array,
    [...CALLBACK_METHODS],
    MAX_ITEMS,
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
  inside(intrinsics.removeMembers)();
  inside(intrinsics.trim)(arrayMethods, stringMethods, inside(intrinsics.placesOf));
}
