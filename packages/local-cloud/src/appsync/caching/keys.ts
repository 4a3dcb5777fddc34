import { sha256 } from "../../aws/gateway/canonical.ts";

/** The parts of the context that a key may name. */
export interface Keyed {
  readonly arguments: unknown;
  readonly source: unknown;
  readonly identity: unknown;
}

/** `$context.args.id` in a declaration and `ctx.args.id` in an eviction are the same name: `arguments.id`. */
export function keyName(key: string): string {
  return key.replace(/^\$?(?:context|ctx)\./, "").replace(/^args(?=\.|$)/, "arguments");
}

/** Undefined if the context lacks one of the values. AppSync does not cache then. */
export function valuesOf(names: readonly string[], context: Keyed): readonly unknown[] | undefined {
  const values = names.map((name) => name.split(".").reduce<unknown>(member, context));
  return values.includes(undefined) ? undefined : values;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** A short key. Values with the same JSON have the same key, in every order of their members. */
export function keyOf(...values: readonly unknown[]): string {
  return sha256(JSON.stringify(values, sorted));
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
