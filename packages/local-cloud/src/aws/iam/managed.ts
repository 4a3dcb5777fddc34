const logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
const xray = [
  "xray:PutTraceSegments",
  "xray:PutTelemetryRecords",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
  "xray:GetSamplingStatisticSummaries",
];

const topicsOfAlarms = [
  "sns:CreateTopic",
  "sns:ListSubscriptions",
  "sns:ListSubscriptionsByTopic",
  "sns:ListTopics",
  "sns:Subscribe",
];

/**
 * Managed policies of AWS by the end of their ARN: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/
 * Only actions of services that run here.
 */
const actions: Readonly<Record<string, readonly string[]>> = {
  "service-role/AWSLambdaBasicExecutionRole": logs,
  "service-role/AWSLambdaVPCAccessExecutionRole": logs,
  "service-role/AWSLambdaSQSQueueExecutionRole": [
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    ...logs,
  ],
  "service-role/AWSLambdaDynamoDBExecutionRole": [
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    ...logs,
  ],
  "service-role/AWSLambdaRole": ["lambda:InvokeFunction"],
  "service-role/AWSAppSyncPushToCloudWatchLogs": logs,
  AWSXRayDaemonWriteAccess: xray,
  AWSXrayWriteOnlyAccess: xray,
  AdministratorAccess: ["*"],
  AWSAppSyncInvokeFullAccess: ["appsync:GraphQL", "appsync:GetGraphqlApi", "appsync:ListApiKeys"],
  AWSLambda_FullAccess: ["lambda:*"],
  AWSLambdaExecute: ["logs:*", "s3:GetObject", "s3:PutObject"],
  AmazonCognitoPowerUser: ["cognito-idp:*", "lambda:GetPolicy", "lambda:ListFunctions"],
  AmazonDynamoDBFullAccess: [
    "dynamodb:*",
    ...["sns:DeleteTopic", "sns:Unsubscribe", "sns:SetTopicAttributes", ...topicsOfAlarms],
    ...["lambda:CreateFunction", "lambda:DeleteFunction", "lambda:GetFunctionConfiguration"],
    ...["lambda:ListFunctions", "lambda:ListEventSourceMappings"],
    ...["lambda:CreateEventSourceMapping", "lambda:DeleteEventSourceMapping"],
  ],
  AmazonEventBridgeFullAccess: ["events:*", "scheduler:*"],
  AmazonKinesisFullAccess: ["kinesis:*"],
  AmazonRekognitionFullAccess: ["rekognition:*"],
  AmazonS3FullAccess: ["s3:*"],
  AmazonS3ReadOnlyAccess: ["s3:Get*", "s3:List*", "s3:Describe*"],
  AmazonSNSFullAccess: ["sns:*"],
  AmazonSQSFullAccess: ["sqs:*"],
  CloudWatchEventsFullAccess: ["events:*", "scheduler:*"],
  CloudWatchFullAccessV2: ["cloudwatch:*", "logs:*", "xray:*", ...topicsOfAlarms],
};

/** The document of an AWS managed policy, or undefined if it is not known here. */
export function managedPolicy(arn: string): object | undefined {
  const name = /^arn:[^:]+:iam::aws:policy\/(.+)$/.exec(arn)?.[1];
  if (name === undefined || !Object.hasOwn(actions, name)) {
    return undefined;
  }
  return { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions[name], Resource: "*" }] };
}
