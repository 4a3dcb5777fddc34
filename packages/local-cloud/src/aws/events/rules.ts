import { type Graph, ofType, type ResourceOf } from "../../base/graph.ts";
import { type Expression, parseExpression } from "../scheduler/expression.ts";
import { refuse } from "../../base/refusal.ts";
import type { Matches } from "../patterns/compile.ts";
import { compileEventPattern } from "./event-pattern.ts";
import { compileTransform, type Transform } from "./transform.ts";

type DeclaredRule = ResourceOf<"aws:cloudwatch/eventRule:EventRule">;
type DeclaredTarget = ResourceOf<"aws:cloudwatch/eventTarget:EventTarget">;

export interface EventBus {
  readonly name: string;
  readonly arn: string;
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  readonly description: string | undefined;
  readonly state: string;
  readonly pattern: string | undefined;
  /** False for all events if the rule has no pattern. */
  readonly matches: Matches;
  readonly scheduleExpression: string | undefined;
  readonly schedule: Expression | undefined;
  readonly targets: readonly RuleTarget[];
}

export interface RuleTarget {
  readonly id: string;
  readonly arn: string;
  /** EventBridge calls the target with this role. Without it, the resource policy of the target decides. */
  readonly roleArn: string | undefined;
  readonly inputs: DeclaredTarget["inputs"];
  readonly transform: Transform;
  readonly maximumRetries: number;
  readonly maximumAgeMs: number;
  readonly deadLetterArn: string | undefined;
  readonly groupId: string | undefined;
}

const MAX_TARGETS = 5;

/** The buses of the program and the default one, by name. */
export function busesOf(graph: Graph, region: string, accountId: string): ReadonlyMap<string, EventBus> {
  const arn = `arn:aws:events:${region}:${accountId}:event-bus/default`;
  const declared = ofType(graph, "aws:cloudwatch/eventBus:EventBus").map(({ outputs }) => outputs);
  return new Map(
    [{ name: "default", arn }, ...declared].map((bus) => [bus.name, { name: bus.name, arn: bus.arn }]),
  );
}

/** `bus` is the name or the ARN of an event bus. */
export const busNameOf = (bus: string): string =>
  bus
    .split("/")
    .slice(bus.startsWith("arn:") ? 1 : 0)
    .join("/");

/** The rules of the graph by ARN. Throws an `AwsError` with the name of a rule or target that AWS refuses. */
export function rulesOf(graph: Graph, buses: ReadonlyMap<string, EventBus>): ReadonlyMap<string, Rule> {
  const declared = ofType(graph, "aws:cloudwatch/eventTarget:EventTarget");
  const rules = ofType(graph, "aws:cloudwatch/eventRule:EventRule").map((rule) => {
    const busName = busNameOf(rule.outputs.eventBusName);
    if (!buses.has(busName)) {
      refuse(rule, "eventBusName", `is invalid: Event bus ${busName} does not exist`);
    }
    const own = declared.filter(
      ({ inputs, outputs }) =>
        inputs.rule === rule.outputs.name && busNameOf(outputs.eventBusName) === busName,
    );
    return readRule(rule, busName, own);
  });
  for (const target of declared) {
    const { inputs, outputs } = target;
    const bus = busNameOf(outputs.eventBusName);
    if (!rules.some(({ name, busName }) => name === inputs.rule && busName === bus)) {
      refuse(target, "rule", `is invalid: Rule ${inputs.rule} does not exist on EventBus ${bus}`);
    }
  }
  return new Map(rules.map((rule) => [rule.arn, rule]));
}

function readRule(declared: DeclaredRule, busName: string, targets: readonly DeclaredTarget[]): Rule {
  const { inputs, outputs } = declared;
  const { eventPattern: pattern, scheduleExpression, state } = inputs;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- programs still give it
  const { isEnabled = true } = inputs;
  requireRule(declared, busName, targets.length);
  const names = { name: outputs.name, arn: outputs.arn };
  return {
    ...names,
    busName,
    description: inputs.description,
    state: state ?? (isEnabled ? "ENABLED" : "DISABLED"),
    pattern: pattern || undefined,
    matches: pattern ? patternOf(declared, pattern) : () => false,
    scheduleExpression: scheduleExpression || undefined,
    schedule: scheduleExpression ? scheduleOf(declared, scheduleExpression) : undefined,
    targets: targets.map((target) => readTarget(target, names)),
  };
}

function requireRule(declared: DeclaredRule, busName: string, targets: number): void {
  const { eventPattern, scheduleExpression } = declared.inputs;
  if (!eventPattern && !scheduleExpression) {
    refuse(
      declared,
      "eventPattern",
      "is missing: Parameter(s) EventPattern or ScheduleExpression must be specified",
    );
  }
  if (scheduleExpression && busName !== "default") {
    refuse(
      declared,
      "scheduleExpression",
      "is invalid: ScheduleExpression is supported only on the default event bus",
    );
  }
  if (targets > MAX_TARGETS) {
    refuse(
      declared,
      "targets",
      `are ${targets}. The requested resource exceeds the maximum number allowed: ${MAX_TARGETS}`,
    );
  }
}

function patternOf(declared: DeclaredRule, pattern: string): Matches {
  try {
    return compileEventPattern(pattern);
  } catch (error) {
    refuse(declared, "eventPattern", `is invalid: ${(error as Error).message}`);
  }
}

/** Rules do not support `at`. A rate of 1 needs a singular unit, and all other rates a plural unit. */
function scheduleOf(declared: DeclaredRule, text: string): Expression {
  if (/^(?:cron\(.*\)|rate\((?:1 (?:minute|hour|day)|(?!1 )\d+ (?:minutes|hours|days))\))$/.test(text)) {
    try {
      return parseExpression(text, "UTC");
    } catch {
      // Refused below, in AWS's words.
    }
  }
  refuse(declared, "scheduleExpression", `is ${text}: Parameter ScheduleExpression is not valid`);
}

const maxRetries = 185;
const maxAgeSeconds = 86_400;

function readTarget(declared: DeclaredTarget, rule: RuleNames): RuleTarget {
  const { inputs, outputs } = declared;
  const { arn, roleArn, retryPolicy = {}, deadLetterConfig, sqsTarget } = inputs;
  requireTarget(declared);
  return {
    id: outputs.targetId,
    ...{ arn, roleArn, inputs },
    transform: transformOf(declared, rule),
    maximumRetries: retryPolicy.maximumRetryAttempts ?? maxRetries,
    maximumAgeMs: (retryPolicy.maximumEventAgeInSeconds ?? maxAgeSeconds) * 1000,
    deadLetterArn: deadLetterConfig?.arn,
    groupId: sqsTarget?.messageGroupId,
  };
}

function requireTarget(declared: DeclaredTarget): void {
  const { arn, roleArn, input, inputPath, inputTransformer, sqsTarget } = declared.inputs;
  const service = arn.split(":")[2] ?? "";
  if (!["lambda", "sqs", "sns", "events"].includes(service)) {
    refuse(
      declared,
      "arn",
      `is ${arn}, which is not supported locally: rules send events to Lambda functions, SQS queues, SNS topics and event buses`,
    );
  }
  if (service === "events" && roleArn === undefined) {
    refuse(declared, "roleArn", `is missing: RoleArn is required for target ${arn}`);
  }
  if (service === "events" && (input ?? inputPath ?? inputTransformer) !== undefined) {
    refuse(
      declared,
      "arn",
      "is an event bus, which gets the whole event here: remove input, inputPath and inputTransformer",
    );
  }
  if (service === "sqs" && arn.endsWith(".fifo") && sqsTarget?.messageGroupId === undefined) {
    refuse(
      declared,
      "sqsTarget",
      `is missing; a FIFO queue needs its messageGroupId: Parameter(s) SqsParameters must be specified for target: ${declared.outputs.targetId}`,
    );
  }
}

function transformOf(declared: DeclaredTarget, rule: RuleNames): Transform {
  const { input, inputPath } = declared.inputs;
  try {
    return compileTransform(declared.inputs, rule, declared.outputs.targetId);
  } catch (error) {
    const given = input !== undefined ? "input" : inputPath !== undefined ? "inputPath" : "inputTransformer";
    refuse(declared, given, `is invalid: ${(error as Error).message.replace(/\.$/, "")}`);
  }
}

interface RuleNames {
  readonly name: string;
  readonly arn: string;
}
