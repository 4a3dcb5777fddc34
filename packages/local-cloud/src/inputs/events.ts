import { characters, type EffectsOf, notHere, oneOf, refused, within } from "./effect.ts";

const noTarget = refused(
  "is not supported locally: rules send events to Lambda functions, SQS queues, SNS topics and event buses",
);
const noPrefix = refused("is not supported locally: give name");

/**
 * Ranges: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html
 */
export const events: EffectsOf<"cloudwatch"> = {
  "aws:cloudwatch/eventBus:EventBus": {
    // For events that could not be decrypted with a key of the customer's.
    deadLetterConfig: "idle",
    description: characters(0, 512, "idle"),
    eventSourceName: refused("is not supported locally: there are no partner event sources"),
    kmsKeyIdentifier: "idle",
    logConfig: "idle",
    name: "runs",
    region: "runs",
    tags: "idle",
  },
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": {
    eventBusName: characters(1, 256),
    policy: "runs",
    region: "idle",
  },
  "aws:cloudwatch/eventPermission:EventPermission": {
    action: characters(1, 64),
    condition: {
      key: oneOf(["aws:PrincipalOrgID"]),
      type: oneOf(["StringEquals"]),
      value: "runs",
    },
    eventBusName: characters(1, 256),
    principal: (principal) =>
      /^(?:\d{12}|\*)$/.test(principal) ? "runs" : { refused: "must be the number of an account, or *" },
    region: "idle",
    statementId: characters(1, 64),
  },
  "aws:cloudwatch/eventRule:EventRule": {
    description: characters(0, 512),
    eventBusName: characters(1, 1_600),
    eventPattern: characters(0, 4_096),
    forceDestroy: "idle",
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- programs still give it
    isEnabled: "runs",
    name: "runs",
    namePrefix: noPrefix,
    region: "runs",
    // The role of a rule serves targets in other accounts.
    roleArn: notHere,
    scheduleExpression: characters(0, 256),
    state: oneOf(["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]),
    tags: "idle",
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    appsyncTarget: noTarget,
    arn: characters(1, 1_600),
    batchTarget: noTarget,
    deadLetterConfig: { arn: characters(1, 1_600) },
    ecsTarget: noTarget,
    eventBusName: characters(1, 1_600),
    forceDestroy: "idle",
    httpTarget: noTarget,
    input: characters(1, 8_192),
    inputPath: characters(1, 256),
    inputTransformer: { inputPaths: "runs", inputTemplate: characters(1, 8_192) },
    kinesisTarget: noTarget,
    redshiftTarget: noTarget,
    region: "runs",
    retryPolicy: {
      maximumEventAgeInSeconds: within(60, 86_400),
      maximumRetryAttempts: within(0, 185),
    },
    roleArn: characters(1, 1_600),
    rule: "runs",
    runCommandTargets: noTarget,
    sagemakerPipelineTarget: noTarget,
    sqsTarget: { messageGroupId: characters(1, 100) },
    targetId: characters(1, 64),
  },
};
