import { mapOf, object, text } from "../base/checks.ts";

/** Values from outside of the program: secrets that only their owner can decrypt, and other stacks' outputs. */
export interface StandIns {
  /** By configuration key, as `pulumi config set` takes it; for a text inside an object by its path: `keys.signing`. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** Outputs by the name that `new pulumi.StackReference` is given: `acme/network/prod`. */
  readonly stacks?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
}

/** Throws a `TypeError` that names what is wrong. */
export const checkStandIns = object({
  secrets: mapOf(text(/^/, "a text")),
  stacks: mapOf(mapOf(() => undefined)),
});

/** The content of a file of stand-ins. Throws a `SyntaxError` for text that is not JSON, or a `TypeError`. */
export function parseStandIns(json: string): StandIns {
  const standIns: unknown = JSON.parse(json);
  checkStandIns(standIns, "the file");
  return standIns as StandIns;
}

/** Later ones take the place of earlier ones, value by value. */
export function mergeStandIns(...all: readonly (StandIns | undefined)[]): StandIns {
  const stacks = new Map<string, Record<string, unknown>>();
  for (const [name, outputs] of all.flatMap((each) => Object.entries(each?.stacks ?? {}))) {
    stacks.set(name, { ...stacks.get(name), ...outputs });
  }
  return {
    secrets: Object.assign({}, ...all.map((each) => each?.secrets)) as Record<string, string>,
    stacks: Object.fromEntries(stacks),
  };
}

/** `KEY=VALUE` of `--secret`. Undefined for anything else. */
export function parseSecret(flag: string): StandIns | undefined {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(flag) ?? [];
  return key === undefined || value === undefined ? undefined : { secrets: { [key]: value } };
}

/** `STACK:OUTPUT=VALUE` of `--stack-output`; the value is JSON where it can be read as such, or else text. */
export function parseStackOutput(flag: string): StandIns | undefined {
  const [, stack, output, value] = /^([^:=]+):([^:=]+)=(.*)$/s.exec(flag) ?? [];
  return stack === undefined || output === undefined || value === undefined
    ? undefined
    : { stacks: { [stack]: { [output]: jsonOrText(value) } } };
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
