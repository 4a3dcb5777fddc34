import type { Graph, InputsOf, Resource } from "../base/graph.ts";
import { refuse, shortType } from "../base/refusal.ts";
import { appsync } from "./appsync.ts";
import { cloudfront } from "./cloudfront.ts";
import { cognito } from "./cognito.ts";
import { dynamodb } from "./dynamodb.ts";
import { events } from "./events.ts";
import type { Check, Effect, Effects, Verdict } from "./effect.ts";
import { iam } from "./iam.ts";
import { lambda } from "./lambda.ts";
import { s3 } from "./s3.ts";
import { scheduler } from "./scheduler.ts";
import { sns } from "./sns.ts";
import { sqs } from "./sqs.ts";

/** The effect of every input of every type that runs here. No input is ignored silently. */
export const inputTypes: { readonly [Type in keyof InputsOf]: Effects<InputsOf[Type]> } = {
  ...appsync,
  ...cloudfront,
  ...cognito,
  ...dynamodb,
  ...events,
  ...iam,
  ...lambda,
  ...s3,
  ...scheduler,
  ...sns,
  ...sqs,
};

/** Throws an `AwsError` that names the first input which AWS or the local cloud refuses. Call it before any service starts. */
export function refuseInputs(graph: Graph): void {
  for (const { resource, input, verdict } of judged(graph)) {
    if (typeof verdict !== "string") {
      refuse(resource, input, verdict.refused);
    }
  }
}

/** Declared inputs without effect here, such as `Table.tags`, each with the number of resources that declare it. */
export function idleInputs(graph: Graph): ReadonlyMap<string, number> {
  const declaring = new Map<string, Set<Resource>>();
  const add = (key: string, resource: Resource) =>
    declaring.set(key, (declaring.get(key) ?? new Set()).add(resource));
  for (const { resource, input, verdict } of judged(graph)) {
    if (verdict === "idle") {
      add(`${shortType(resource.type)}.${input}`, resource);
    }
  }
  return new Map([...declaring].map(([key, { size }]) => [key, size]));
}

interface Judged {
  readonly resource: Resource;
  /** Such as `logConfig.fieldLogLevel`, without indexes of lists. */
  readonly input: string;
  readonly verdict: Verdict;
}

function* judged({ resources }: Graph): Generator<Judged> {
  for (const resource of resources) {
    if (!Object.hasOwn(inputTypes, resource.type)) {
      continue;
    }
    yield* judge(inputTypes[resource.type as keyof InputsOf] as Properties, resource.inputs, resource, "");
  }
}

type Properties = Readonly<Record<string, Effect>>;

function* judge(effects: Properties, values: object, resource: Resource, path: string): Generator<Judged> {
  for (const [name, value] of Object.entries(values)) {
    const input = path + name;
    const effect = Object.hasOwn(effects, name) ? effects[name] : unknown;
    if (value === undefined || value === null || effect === undefined) {
      continue;
    }
    if (typeof effect !== "object") {
      const verdict = typeof effect === "string" ? effect : effect(value, resource);
      yield { resource, input, verdict };
      continue;
    }
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item === "object" && item !== null) {
        yield* judge(effect, item as object, resource, `${input}.`);
      } else {
        yield { resource, input, verdict: { refused: "must be an object, or a list of objects" } };
      }
    }
  }
}

/** The provider refuses it too. */
const unknown: Check = () => ({ refused: "is not an input that AWS's provider knows" });
