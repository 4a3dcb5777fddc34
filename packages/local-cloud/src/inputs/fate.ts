import type { InputsOf, Resource } from "../base/graph.ts";

/** "runs": the input has its effect here, or the service that reads it refuses it. "idle": it has none, and the start lists it. */
export type Verdict = "runs" | "idle" | { readonly refused: string };

/** Decides by the value, which is neither null nor undefined. */
export interface Check<Value = unknown> {
  (value: Value, resource: Resource): Verdict;
  /** What it decides, for docs/support.md. */
  readonly note?: Note;
}

/** Refused whatever the value, taken within a range, or decided value by value. */
export type Note =
  | { readonly refused: string }
  | { readonly range: string; readonly verdict: Verdict }
  | { readonly values: Readonly<Record<string, string>> };

const noted = (note: Note, check: Check): Check => Object.assign(check, { note });

/** A verdict, a check, or the fates of what is inside: of an object's properties, or of those of each item of a list. */
export type Fate<Value = unknown> = "runs" | "idle" | Check<Value> | Inside<Value>;

type Inside<Value> = Value extends readonly (infer Item)[]
  ? Inside<Item>
  : Value extends object
    ? Fates<Value>
    : never;

/** The compiler asks for each input that the provider's types have. */
export type Fates<Inputs> = { readonly [Input in keyof Required<Inputs>]: Fate<NonNullable<Inputs[Input]>> };

/** The fates of all types of one service. */
export type FatesOf<Service extends string> = {
  readonly [Type in Extract<keyof InputsOf, `aws:${Service}/${string}`>]: Fates<InputsOf[Type]>;
};

/** For a value that is wrong; for one that leaves the default as it is, there is no reason to refuse it. */
const refuse = (refused: string): Verdict => ({ refused });

/** Refuses all values but those that say no more than an absent input: false, 0, "" and an empty list. */
export function refused(reason: string): Check {
  return noted({ refused: reason }, (value) => {
    const isAbsent =
      value === false || value === 0 || value === "" || (Array.isArray(value) && !value.length);
    return isAbsent ? "runs" : refuse(reason);
  });
}

export const notHere = refused("is not supported locally");

/** AWS's range of a whole number, both ends included. */
export function within(least: number, most: number, verdict: Verdict = "runs"): Check {
  return noted({ range: `${least} to ${most}`, verdict }, (value) => {
    const isWithin = typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
    return isWithin ? verdict : refuse(`must be a whole number from ${least} to ${most}`);
  });
}

/** AWS's range of a text's length, both ends included. */
export function characters(least: number, most: number, verdict: Verdict = "runs"): Check {
  return noted({ range: `${least} to ${most} characters`, verdict }, (value) =>
    typeof value === "string" && value.length >= least && value.length <= most
      ? verdict
      : refuse(`must be a text of ${least} to ${most} characters`),
  );
}

/** All that AWS takes, each with what becomes of it here: "runs", "idle", or why it is refused. */
export function choice(values: Readonly<Record<string, string>>): Check {
  return noted({ values }, (value) => {
    const found = typeof value === "string" && Object.hasOwn(values, value) ? values[value] : undefined;
    if (found === "runs" || found === "idle") {
      return found;
    }
    return refuse(found ?? `must be ${Object.keys(values).join(" or ")}, not ${JSON.stringify(value)}`);
  });
}

/** One of AWS's values, each of which has the same verdict. */
export function oneOf(values: readonly string[], verdict: "runs" | "idle" = "runs"): Check {
  return choice(Object.fromEntries(values.map((value) => [value, verdict])));
}

/** Judges each item of a list: a refusal comes first, then "idle". */
export function each(check: Check): Check {
  const judge: Check = (value, resource) => {
    const verdicts = (Array.isArray(value) ? value : [value]).map((item) => check(item, resource));
    return (
      verdicts.find((verdict) => typeof verdict === "object") ?? (verdicts.includes("idle") ? "idle" : "runs")
    );
  };
  return check.note ? noted(check.note, judge) : judge;
}

/** The local cloud has one region for each API, pool and table: that of the resource itself. */
export const ownRegion: Check = (value, { outputs }) => {
  const [, , , own] = outputs.arn.split(":");
  return value === own
    ? "runs"
    : refuse(`must be the resource's own region (${own ?? ""}): no other one runs here`);
};
