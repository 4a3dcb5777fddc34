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

/** The faults inside the cloud; docs/chaos.md describes them. */
export const faultsOf = (seed: number): Faults => ({
  seed,
  actions,
  // A fifth is delivered twice. A tenth of S3's events is also out of order.
  events: { repeat: 0.2, reorder: 0.1, delay: { rate: 0.1, milliseconds: 500 } },
  kill: { rate: 0.02 },
  sockets: { rate: 0.001 },
});

/** The SDK makes three attempts, so a function does not see a call that fails no more than twice. */
const twice = (action: string, code = "ThrottlingException"): ActionFault[] => [
  { action, code, rate: 0.3, times: 1 },
  { action, code: "InternalServerError", rate: 0.3, times: 1, after: true },
];

/**
 * The same without faults that wait minutes for a visibility timeout: functions that read queues are not killed, and
 * none of their calls fails for good. `relay` and the functions that AppSync calls are repeated immediately.
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
