import type { JsonObject } from "../gateway/json.ts";
import { AwsError } from "../../base/service.ts";
import { compileEventPattern } from "./event-pattern.ts";
import { busNameOf, type EventBus, type Rule, type RuleTarget } from "./rules.ts";

export interface Declared {
  readonly buses: ReadonlyMap<string, EventBus>;
  /** Resource policies as JSON, by the ARN of the bus. */
  readonly policies: ReadonlyMap<string, string>;
  /** By ARN. */
  readonly rules: ReadonlyMap<string, Rule>;
  readonly region: string;
  readonly accountId: string;
}

/** An operation, and the resource that its caller needs permission for. */
interface Operation {
  readonly resource: (input: JsonObject, declared: Declared) => string;
  readonly run: (input: JsonObject, declared: Declared) => JsonObject;
}

const textIn = (input: JsonObject, name: string): string | undefined => {
  const value = input[name] ?? undefined;
  if (value !== undefined && typeof value !== "string") {
    throw new AwsError("SerializationException", `${name} is not a text.`);
  }
  return value;
};

const required = (input: JsonObject, name: string): string => {
  const value = textIn(input, name);
  if (value === undefined) {
    const member = name.charAt(0).toLowerCase() + name.slice(1);
    throw new AwsError(
      "ValidationException",
      `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return value;
};

const busIn = (input: JsonObject, member = "EventBusName"): string =>
  busNameOf(textIn(input, member) ?? "default");

const busArn = (name: string, { region, accountId }: Declared): string =>
  `arn:aws:events:${region}:${accountId}:event-bus/${name}`;

function ruleArn(input: JsonObject, member: string, { region, accountId }: Declared): string {
  const bus = busIn(input);
  const name = required(input, member);
  return `arn:aws:events:${region}:${accountId}:rule/${bus === "default" ? name : `${bus}/${name}`}`;
}

function findBus(name: string, { buses }: Declared): EventBus {
  const bus = buses.get(name);
  if (bus === undefined) {
    throw new AwsError("ResourceNotFoundException", `Event bus ${name} does not exist.`);
  }
  return bus;
}

function findRule(input: JsonObject, member: string, declared: Declared): Rule {
  const bus = findBus(busIn(input), declared);
  const rule = declared.rules.get(ruleArn(input, member, declared));
  if (rule === undefined) {
    throw new AwsError(
      "ResourceNotFoundException",
      `Rule ${required(input, member)} does not exist on EventBus ${bus.name}.`,
    );
  }
  return rule;
}

/** Pages by `Limit` and `NextToken`; a token is the number of items before the page. */
function pageOf(name: string, items: readonly unknown[], input: JsonObject): JsonObject {
  const limit = input["Limit"] ?? 100;
  const from = Number(textIn(input, "NextToken") ?? 0);
  if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw new AwsError("ValidationException", "Limit must be a whole number from 1 to 100.");
  }
  if (!Number.isInteger(from) || from < 0) {
    throw new AwsError("ValidationException", "Token is invalid.");
  }
  const end = from + limit;
  return { [name]: items.slice(from, end), ...(end < items.length && { NextToken: String(end) }) };
}

const describeRule = (rule: Rule): JsonObject => ({
  Name: rule.name,
  Arn: rule.arn,
  ...(rule.pattern !== undefined && { EventPattern: rule.pattern }),
  ...(rule.scheduleExpression !== undefined && { ScheduleExpression: rule.scheduleExpression }),
  State: rule.state,
  ...(rule.description !== undefined && { Description: rule.description }),
  EventBusName: rule.busName,
});

function describeTarget({ id, arn, roleArn, inputs }: RuleTarget): JsonObject {
  const { input, inputPath, inputTransformer, sqsTarget, deadLetterConfig, retryPolicy } = inputs;
  return {
    Id: id,
    Arn: arn,
    ...(roleArn !== undefined && { RoleArn: roleArn }),
    ...(input !== undefined && { Input: input }),
    ...(inputPath !== undefined && { InputPath: inputPath }),
    ...(inputTransformer && {
      InputTransformer: {
        InputPathsMap: inputTransformer.inputPaths ?? {},
        InputTemplate: inputTransformer.inputTemplate,
      },
    }),
    ...(sqsTarget && { SqsParameters: { MessageGroupId: sqsTarget.messageGroupId } }),
    ...(deadLetterConfig && { DeadLetterConfig: { Arn: deadLetterConfig.arn } }),
    ...(retryPolicy && {
      RetryPolicy: {
        MaximumRetryAttempts: retryPolicy.maximumRetryAttempts,
        MaximumEventAgeInSeconds: retryPolicy.maximumEventAgeInSeconds,
      },
    }),
  };
}

const rulesOn = (input: JsonObject, declared: Declared): Rule[] => {
  const bus = findBus(busIn(input), declared);
  return [...declared.rules.values()].filter(({ busName }) => busName === bus.name);
};

function testPattern(input: JsonObject): JsonObject {
  const pattern = required(input, "EventPattern");
  let event: unknown;
  try {
    event = JSON.parse(required(input, "Event"));
  } catch {
    event = undefined;
  }
  const names = ["id", "account", "source", "time", "region", "resources", "detail-type"];
  if (typeof event !== "object" || event === null || names.some((name) => !Object.hasOwn(event, name))) {
    throw new AwsError("ValidationException", "Parameter Event is not valid.");
  }
  return { Result: compileEventPattern(pattern)(event) };
}

/** The operations that read the declared buses, rules and targets. */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  [
    "ListEventBuses",
    {
      resource: () => "*",
      run: (input, { buses }) => {
        const prefix = textIn(input, "NamePrefix") ?? "";
        const found = [...buses.values()].filter(({ name }) => name.startsWith(prefix));
        return pageOf(
          "EventBuses",
          found.map(({ name, arn }) => ({ Name: name, Arn: arn })),
          input,
        );
      },
    },
  ],
  [
    "DescribeEventBus",
    {
      resource: (input, declared) => busArn(busIn(input, "Name"), declared),
      run: (input, declared) => {
        const { name, arn } = findBus(busIn(input, "Name"), declared);
        const policy = declared.policies.get(arn);
        return { Name: name, Arn: arn, ...(policy !== undefined && { Policy: policy }) };
      },
    },
  ],
  [
    "ListRules",
    {
      resource: () => "*",
      run: (input, declared) => {
        const prefix = textIn(input, "NamePrefix") ?? "";
        const found = rulesOn(input, declared).filter(({ name }) => name.startsWith(prefix));
        return pageOf("Rules", found.map(describeRule), input);
      },
    },
  ],
  [
    "DescribeRule",
    {
      resource: (input, declared) => ruleArn(input, "Name", declared),
      run: (input, declared) => describeRule(findRule(input, "Name", declared)),
    },
  ],
  [
    "ListTargetsByRule",
    {
      resource: (input, declared) => ruleArn(input, "Rule", declared),
      run: (input, declared) =>
        pageOf("Targets", findRule(input, "Rule", declared).targets.map(describeTarget), input),
    },
  ],
  [
    "ListRuleNamesByTarget",
    {
      resource: () => "*",
      run: (input, declared) => {
        const arn = required(input, "TargetArn");
        const found = rulesOn(input, declared).filter(({ targets }) =>
          targets.some((each) => each.arn === arn),
        );
        return pageOf(
          "RuleNames",
          found.map(({ name }) => name),
          input,
        );
      },
    },
  ],
  ["TestEventPattern", { resource: () => "*", run: testPattern }],
]);
