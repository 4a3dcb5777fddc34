import type { InputsOf, Resource } from "../base/graph.ts";

/**
 * "runs": the input has its effect here, or the service that reads it refuses the value. "idle": it is accepted and has
 * no effect; the start lists it.
 */
export type Verdict = "runs" | "idle" | { readonly refused: string };

/** Decides by the value, which is not null or undefined. */
export interface Check<Value = unknown> {
  (value: Value, resource: Resource): Verdict;
  /** What the check accepts, for docs/support.md. */
  readonly note?: Note;
}

/** Every value is refused, values within a range are accepted, or each value has its own verdict. */
export type Note =
  | { readonly refused: string }
  | { readonly range: string; readonly verdict: Verdict }
  | { readonly values: Readonly<Record<string, string>> };

const noted = (note: Note, check: Check): Check => Object.assign(check, { note });

/** A verdict, a check, or the effects of the properties inside: those of an object, or of each item of a list. */
export type Effect<Value = unknown> = "runs" | "idle" | Check<Value> | Inside<Value>;

type Inside<Value> = Value extends readonly (infer Item)[]
  ? Inside<Item>
  : Value extends object
    ? Effects<Value>
    : never;

/** Has every input of the provider's types, or does not compile. */
export type Effects<Inputs> = {
  readonly [Input in keyof Required<Inputs>]: Effect<NonNullable<Inputs[Input]>>;
};

/** The effects of all types of one service. */
export type EffectsOf<Service extends string> = {
  readonly [Type in Extract<keyof InputsOf, `aws:${Service}/${string}`>]: Effects<InputsOf[Type]>;
};

const refuse = (refused: string): Verdict => ({ refused });

/** Refuses all values except those that mean the same as an absent input: false, 0, "" and an empty list. */
export function refused(reason: string): Check {
  return noted({ refused: reason }, (value) => {
    const isAbsent =
      value === false || value === 0 || value === "" || (Array.isArray(value) && !value.length);
    return isAbsent ? "runs" : refuse(reason);
  });
}

export const notHere = refused("is not supported locally");

/** AWS's range of a whole number, both ends included. */
export function within(min: number, max: number, verdict: Verdict = "runs"): Check {
  return noted({ range: `${min} to ${max}`, verdict }, (value) => {
    const isWithin = typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
    return isWithin ? verdict : refuse(`must be a whole number from ${min} to ${max}`);
  });
}

/** AWS's range of a text's length, both ends included. */
export function characters(min: number, max: number, verdict: Verdict = "runs"): Check {
  return noted({ range: `${min} to ${max} characters`, verdict }, (value) =>
    typeof value === "string" && value.length >= min && value.length <= max
      ? verdict
      : refuse(`must be a string of ${min} to ${max} characters`),
  );
}

/** Every value that AWS accepts, with "runs", "idle" or the reason why it is refused here. */
export function choice(values: Readonly<Record<string, string>>): Check {
  return noted({ values }, (value) => {
    const found = typeof value === "string" && Object.hasOwn(values, value) ? values[value] : undefined;
    if (found === "runs" || found === "idle") {
      return found;
    }
    return refuse(found ?? `must be ${Object.keys(values).join(" or ")}, not ${JSON.stringify(value)}`);
  });
}

/** One of AWS's values, all with the same verdict. */
export function oneOf(values: readonly string[], verdict: "runs" | "idle" = "runs"): Check {
  return choice(Object.fromEntries(values.map((value) => [value, verdict])));
}

/** Checks each item of a list. The result is the first refusal, else "idle" if an item is idle. */
export function each(check: Check): Check {
  const judge: Check = (value, resource) => {
    const verdicts = (Array.isArray(value) ? value : [value]).map((item) => check(item, resource));
    return (
      verdicts.find((verdict) => typeof verdict === "object") ?? (verdicts.includes("idle") ? "idle" : "runs")
    );
  };
  return check.note ? noted(check.note, judge) : judge;
}

/** Judges what a check accepts by the resource's other inputs too. */
export function refined(check: Check, judge: Check): Check {
  const both: Check = (value, resource) => {
    const verdict = check(value, resource);
    return typeof verdict === "object" ? verdict : judge(value, resource);
  };
  return check.note ? noted(check.note, both) : both;
}

/** A reference to another region is refused: each API, pool and table runs in its own region only. */
export const ownRegion: Check = (value, { outputs }) => {
  const [, , , own] = outputs.arn.split(":");
  return value === own
    ? "runs"
    : refuse(`must be the resource's own region (${own ?? ""}): no other region runs here`);
};
