import { type Graph, ofType, type ResourceOf, resourcesOf } from "../../base/graph.ts";
import { type Declared, refuse } from "../../base/refusal.ts";
import { type Expression, parseExpression, type Span } from "./expression.ts";

type DeclaredSchedule = ResourceOf<"aws:scheduler/schedule:Schedule">;

export interface Schedule {
  /** What refusals name. */
  readonly declared: Declared;
  readonly name: string;
  readonly arn: string;
  /** `aws:SourceArn` in trust policies: the ARN of the group, not of the schedule. */
  readonly groupArn: string;
  readonly enabled: boolean;
  /** As declared. */
  readonly expressionText: string;
  readonly timezone: string;
  readonly expression: Expression;
  readonly span: Span;
  readonly targetArn: string;
  readonly roleArn: string;
  /** The message group in a FIFO queue. */
  readonly groupId: string | undefined;
  /** Undefined: AWS's notification is sent. */
  readonly input: string | undefined;
  readonly maximumRetries: number;
  readonly maximumAgeMs: number;
  readonly deadLetterArn: string | undefined;
}

/**
 * The schedules of the graph. Throws `InvalidInput` with the schedule and its input for what AWS refuses, and for what
 * cannot run here. A run with a flexible time window is at the beginning of the window, as it may be on AWS.
 */
export function schedulesOf(graph: Graph): readonly Schedule[] {
  return ofType(graph, "aws:scheduler/schedule:Schedule").map((declared) => scheduleOf(declared, graph));
}

function scheduleOf(declared: DeclaredSchedule, graph: Graph): Schedule {
  const { inputs, outputs, name, type } = declared;
  requireWindow(declared);
  const targetArn = targetOf(declared, graph);
  const { roleArn, retryPolicy = {}, deadLetterConfig } = inputs.target;
  return {
    declared: { type, name },
    name,
    arn: outputs.arn,
    groupArn: groupOf(declared, graph),
    enabled: inputs.state !== "DISABLED",
    expressionText: inputs.scheduleExpression,
    timezone: inputs.scheduleExpressionTimezone ?? "UTC",
    expression: expressionOf(declared),
    span: spanOf(declared),
    targetArn,
    roleArn,
    groupId: groupIdOf(declared, targetArn),
    input: inputOf(declared, targetArn),
    maximumRetries: retryPolicy.maximumRetryAttempts ?? 185,
    maximumAgeMs: (retryPolicy.maximumEventAgeInSeconds ?? 86_400) * 1000,
    deadLetterArn: deadLetterConfig && deadLettersOf(declared, deadLetterConfig.arn, graph),
  };
}

function targetOf(declared: DeclaredSchedule, graph: Graph): string {
  const { arn } = declared.inputs.target;
  const service = serviceOf(arn);
  if (service === "sqs") {
    return queueOf(declared, "target.arn", arn, graph);
  }
  if (service !== "lambda") {
    return refuse(declared, "target.arn", `is ${arn}; only Lambda functions and SQS queues run here`);
  }
  const functions = ofType(graph, "aws:lambda/function:Function");
  if (functions.some(({ outputs }) => [outputs.arn, outputs.qualifiedArn].includes(arn))) {
    return arn;
  }
  return refuse(declared, "target.arn", `names no declared function: ${arn}`);
}

const serviceOf = (arn: string): string | undefined => arn.split(":")[2];

function queueOf(declared: DeclaredSchedule, input: string, arn: string, graph: Graph): string {
  const isDeclared = ofType(graph, "aws:sqs/queue:Queue").some(({ outputs }) => outputs.arn === arn);
  return isDeclared ? arn : refuse(declared, input, `names no declared queue: ${arn}`);
}

function deadLettersOf(declared: DeclaredSchedule, arn: string, graph: Graph): string {
  const input = "target.deadLetterConfig";
  if (isFifo(arn)) {
    refuse(declared, input, `must name a standard queue, not the FIFO queue ${arn}`);
  }
  return queueOf(declared, input, arn, graph);
}

const isFifo = (arn: string): boolean => serviceOf(arn) === "sqs" && arn.endsWith(".fifo");

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_SqsParameters.html */
function groupIdOf(declared: DeclaredSchedule, targetArn: string): string | undefined {
  const { sqsParameters } = declared.inputs.target;
  const groupId = sqsParameters?.messageGroupId;
  if (isFifo(targetArn)) {
    return (
      groupId ?? refuse(declared, "target.sqsParameters.messageGroupId", "is missing; a FIFO queue needs it")
    );
  }
  if (sqsParameters !== undefined) {
    refuse(
      declared,
      "target.sqsParameters",
      "is only for FIFO queues: its messageGroupId is a FIFO message group",
    );
  }
  return undefined;
}

function groupOf(declared: DeclaredSchedule, graph: Graph): string {
  const { arn, groupName } = declared.outputs;
  const groups = resourcesOf(graph, "aws:scheduler/scheduleGroup:ScheduleGroup");
  if (groupName !== "default" && !groups.some(({ outputs }) => outputs.name === groupName)) {
    refuse(declared, "groupName", `names no declared schedule group: ${groupName}`);
  }
  return `${arn.split(":").slice(0, 5).join(":")}:schedule-group/${groupName}`;
}

function expressionOf(declared: DeclaredSchedule): Expression {
  const { scheduleExpression, scheduleExpressionTimezone = "UTC" } = declared.inputs;
  try {
    return parseExpression(scheduleExpression, scheduleExpressionTimezone);
  } catch (error) {
    return refuse(declared, "scheduleExpression", `is invalid: ${(error as Error).message}`);
  }
}

function spanOf(declared: DeclaredSchedule): Span {
  const time = (input: "startDate" | "endDate"): number | undefined => {
    const text = declared.inputs[input];
    if (text === undefined) {
      return undefined;
    }
    const parsed = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/.test(text) ? Date.parse(text) : NaN;
    return Number.isNaN(parsed) ? refuse(declared, input, `is ${text}, which is not a time in UTC`) : parsed;
  };
  const [start, end] = [time("startDate"), time("endDate")];
  if (start !== undefined && end !== undefined && end < start) {
    refuse(declared, "endDate", "is before startDate");
  }
  return { start, end };
}

/** A function needs JSON. A queue takes any text that is not empty. */
function inputOf(declared: DeclaredSchedule, targetArn: string): string | undefined {
  const { input } = declared.inputs.target;
  if (input === "") {
    refuse(declared, "target.input", "is empty");
  }
  if (input === undefined || serviceOf(targetArn) === "sqs") {
    return input;
  }
  try {
    JSON.parse(input);
    return input;
  } catch {
    return refuse(declared, "target.input", "is not JSON, which a function needs");
  }
}

function requireWindow(declared: DeclaredSchedule): void {
  const { mode, maximumWindowInMinutes } = declared.inputs.flexibleTimeWindow;
  const input = "flexibleTimeWindow.maximumWindowInMinutes";
  if (mode === "FLEXIBLE" && maximumWindowInMinutes === undefined) {
    refuse(declared, input, "is missing; mode FLEXIBLE needs it");
  }
  if (mode !== "FLEXIBLE" && maximumWindowInMinutes !== undefined) {
    refuse(declared, input, "is for mode FLEXIBLE");
  }
}
