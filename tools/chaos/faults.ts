import type { ActionFault, Faults } from "../../packages/local-cloud/src/faults/settings.ts";

/** A tenth of the calls: throttled, failed, or done with the answer lost. */
const actions: readonly ActionFault[] = [
  { action: "rekognition:DetectLabels", code: "ThrottlingException", rate: 0.06 },
  { action: "rekognition:DetectLabels", code: "InternalServerError", rate: 0.04, after: true },
  { action: "dynamodb:*", code: "ProvisionedThroughputExceededException", rate: 0.06 },
  { action: "dynamodb:*", code: "InternalServerError", rate: 0.04, after: true },
  { action: "s3:*", code: "SlowDown", rate: 0.06 },
  { action: "s3:*", rate: 0.04, after: true },
  { action: "sqs:*", code: "ThrottlingException", rate: 0.06 },
  { action: "sqs:*", code: "InternalError", rate: 0.04, after: true },
  { action: "lambda:*", code: "TooManyRequestsException", rate: 0.1 },
  { action: "appsync:GraphQL", code: "ThrottlingException", rate: 0.06 },
  { action: "appsync:GraphQL", rate: 0.04, after: true },
  { action: "cognito-idp:*", code: "TooManyRequestsException", rate: 0.1 },
];

/** What goes wrong inside the cloud: docs/chaos.md says it in words. */
export const faultsOf = (seed: number): Faults => ({
  seed,
  actions,
  // A fifth comes twice, and of S3's a tenth out of order besides.
  events: { repeat: 0.2, reorder: 0.1, delay: { rate: 0.1, milliseconds: 500 } },
  kill: { rate: 0.02 },
  sockets: { rate: 0.001 },
});

/** The SDK tries three times: what fails no more than twice reaches no function's end. */
const twice = (action: string, code = "ThrottlingException"): ActionFault[] => [
  { action, code, rate: 0.3, times: 1 },
  { action, code: "InternalServerError", rate: 0.3, times: 1, after: true },
];

/**
 * The same, but nothing that waits for a queue's visibility timeout of minutes: functions that read queues are not
 * killed, and no call of theirs fails for good. `relay` and what AppSync calls are tried again at once.
 */
export const briefFaultsOf = (seed: number): Faults => ({
  ...faultsOf(seed),
  actions: [
    ...actions.filter(({ action }) => /^(?:rekognition|appsync|cognito-idp):/.test(action)),
    ...["GetItem", "UpdateItem"].flatMap((operation) => twice(`dynamodb:${operation}`)),
    ...["GetObject", "PutObject"].flatMap((operation) => twice(`s3:${operation}`, "SlowDown")),
    ...twice("sqs:SendMessage"),
    { action: "dynamodb:PutItem", code: "InternalServerError", rate: 0.1 },
    { action: "dynamodb:Query", code: "ProvisionedThroughputExceededException", rate: 0.1 },
    { action: "dynamodb:GetRecords", code: "InternalServerError", rate: 0.1 },
    { action: "sqs:ReceiveMessage", code: "ThrottlingException", rate: 0.1 },
  ],
  kill: { rate: 0.1, functions: ["*-relay"] },
});
