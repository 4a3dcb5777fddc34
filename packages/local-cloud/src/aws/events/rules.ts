import { type Graph, ofType, type ResourceOf } from "../../base/graph.ts";
import { type Expression, parseExpression } from "../scheduler/expression.ts";
import { AwsError } from "../../base/service.ts";
import { compilePattern, type MatchesEvent, type PatternError } from "./pattern/index.ts";
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
  readonly matches: MatchesEvent;
  readonly scheduleExpression: string | undefined;
  readonly schedule: Expression | undefined;
  readonly targets: readonly RuleTarget[];
}

export interface RuleTarget {
  readonly id: string;
  readonly arn: string;
  /** Called with the role if there is one, else as EventBridge itself. */
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

/** A bus is given by its name or its ARN. */
export const busNameOf = (bus: string): string =>
  bus
    .split("/")
    .slice(bus.startsWith("arn:") ? 1 : 0)
    .join("/");

/** The rules of the graph by ARN. Throws an `AwsError` with the resource's name for what AWS refuses. */
export function rulesOf(graph: Graph, buses: ReadonlyMap<string, EventBus>): ReadonlyMap<string, Rule> {
  const declared = ofType(graph, "aws:cloudwatch/eventTarget:EventTarget");
  const rules = ofType(graph, "aws:cloudwatch/eventRule:EventRule").map((rule) => {
    const busName = busNameOf(rule.outputs.eventBusName);
    if (!buses.has(busName)) {
      throw refusal(rule, `Event bus ${busName} does not exist.`, "ResourceNotFoundException");
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
      throw refusal(
        target,
        `Rule ${inputs.rule} does not exist on EventBus ${bus}.`,
        "ResourceNotFoundException",
      );
    }
  }
  return new Map(rules.map((rule) => [rule.arn, rule]));
}

function readRule(declared: DeclaredRule, busName: string, targets: readonly DeclaredTarget[]): Rule {
  const { inputs, outputs } = declared;
  const { eventPattern: pattern, scheduleExpression, state } = inputs;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- programs still give it
  const { isEnabled = true } = inputs;
  if (!pattern && !scheduleExpression) {
    throw refusal(declared, "Parameter(s) EventPattern or ScheduleExpression must be specified.");
  }
  if (scheduleExpression && busName !== "default") {
    throw refusal(declared, "ScheduleExpression is supported only on the default event bus.");
  }
  if (targets.length > MAX_TARGETS) {
    throw refusal(
      declared,
      `The requested resource exceeds the maximum number allowed. (${targets.length} targets)`,
      "LimitExceededException",
    );
  }
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

function patternOf(declared: DeclaredRule, pattern: string): MatchesEvent {
  try {
    return compilePattern(pattern);
  } catch (error) {
    const { message, code } = error as PatternError;
    throw refusal(declared, message, code);
  }
}

/** A rule takes no `at`, and the unit of a rate must agree with its number. */
function scheduleOf(declared: DeclaredRule, text: string): Expression {
  if (/^(?:cron\(.*\)|rate\((?:1 (?:minute|hour|day)|(?!1 )\d+ (?:minutes|hours|days))\))$/.test(text)) {
    try {
      return parseExpression(text, "UTC");
    } catch {
      // Refused below, in AWS's words.
    }
  }
  throw refusal(declared, `Parameter ScheduleExpression is not valid. (${text})`);
}

function readTarget(
  declared: DeclaredTarget,
  rule: { readonly name: string; readonly arn: string },
): RuleTarget {
  const { inputs, outputs } = declared;
  const { arn, roleArn, retryPolicy = {}, deadLetterConfig, sqsTarget } = inputs;
  const service = arn.split(":")[2] ?? "";
  if (!["lambda", "sqs", "sns", "events"].includes(service)) {
    throw refusal(
      declared,
      `${arn} is not supported locally: rules send events to Lambda functions, SQS queues, SNS topics and event buses.`,
    );
  }
  if (service === "events" && roleArn === undefined) {
    throw refusal(declared, `RoleArn is required for target ${arn}.`);
  }
  const { input, inputPath, inputTransformer } = inputs;
  if (service === "events" && (input ?? inputPath ?? inputTransformer) !== undefined) {
    throw refusal(
      declared,
      "an event bus takes the event as it is here: leave input, inputPath and inputTransformer out.",
    );
  }
  if (service === "sqs" && arn.endsWith(".fifo") !== (sqsTarget?.messageGroupId !== undefined)) {
    throw refusal(
      declared,
      `Parameter(s) SqsParameters must be specified for target: ${outputs.targetId}, if it is a FIFO queue.`,
    );
  }
  return {
    id: outputs.targetId,
    ...{ arn, roleArn, inputs },
    transform: transformOf(declared, rule),
    maximumRetries: retryPolicy.maximumRetryAttempts ?? 185,
    maximumAgeMs: (retryPolicy.maximumEventAgeInSeconds ?? 86_400) * 1000,
    deadLetterArn: deadLetterConfig?.arn,
    groupId: sqsTarget?.messageGroupId,
  };
}

function transformOf(
  declared: DeclaredTarget,
  rule: { readonly name: string; readonly arn: string },
): Transform {
  try {
    return compileTransform(declared.inputs, rule, declared.outputs.targetId);
  } catch (error) {
    throw refusal(declared, (error as Error).message);
  }
}

function refusal(
  declared: DeclaredRule | DeclaredTarget,
  message: string,
  code = "ValidationException",
): AwsError {
  const type = declared.type.split(":").at(-1) ?? "";
  return new AwsError(code, `${type} ${declared.name}: ${message}`);
}
