import { describe, expect, it } from "@jest/globals";
import { accountId, allow, policy, resource, roleArn } from "../../graph.ts";
import {
  jobs,
  mapping,
  ofQueue,
  ofStream,
  onFailure,
  open,
  queueAccess,
  streamAccess,
  toBucket,
} from "./support.ts";

const lambdaTrust = {
  Effect: "Allow",
  Principal: { Service: "lambda.amazonaws.com" },
  Action: "sts:AssumeRole",
};

describe("a mapping is refused by name", () => {
  it.each([
    [
      ofQueue({ batchSize: 11 }),
      /EventSourceMapping map: batchSize over 10 needs maximumBatchingWindowInSeconds/,
    ],
    [ofQueue({ startingPosition: "LATEST" }), /startingPosition is only for streams/],
    [
      ofQueue({ filterCriteria: { filters: [{ pattern: '{"a":[{"cidr":"10.0.0.0/8"}]}' }] } }),
      /filterCriteria has an invalid filter pattern: Unrecognized match type cidr/,
    ],
    [
      ofQueue({ filterCriteria: { filters: [{ pattern: "[]" }] } }),
      /filterCriteria has an invalid filter pattern: \[\] is not a JSON object/,
    ],
    [
      ofQueue({ functionName: "gone" }),
      /EventSourceMapping map: functionName is invalid: Function not found: gone/,
    ],
    [
      mapping({ eventSourceArn: "arn:aws:kinesis:eu-west-1:000000000000:stream/s" }),
      /only SQS queues and DynamoDB streams/,
    ],
    [mapping({ eventSourceArn: "arn:aws:sqs:eu-west-1:000000000000:gone" }), /names no declared queue/],
    [ofStream({ startingPosition: undefined }), /startingPosition is missing/],
    [ofStream({ scalingConfig: { maximumConcurrency: 2 } }), /scalingConfig is only for queues/],
    [
      ofStream({ destinationConfig: { onFailure: { destinationArn: "arn:aws:sns:x" } } }),
      /destinationConfig names no declared queue or bucket/,
    ],
  ])("%#", (resource, message) => {
    expect(() => open({ mappings: [resource] })).toThrow(message);
  });

  it("when the role's trust policy needs the function's ARN, which pollers do not send", () => {
    const roleFor = (Condition: object) => [
      resource("aws:iam/rolePolicy:RolePolicy", "poll", { role: "polled", policy: policy(queueAccess) }),
      resource(
        "aws:iam/role:Role",
        "polled",
        { assumeRolePolicy: policy({ ...lambdaTrust, Condition }) },
        { arn: roleArn("polled"), uniqueId: "AROAPOLLED" },
      ),
    ];
    const opened = (Condition: object) => () =>
      open({ mappings: [ofQueue(), ...roleFor(Condition)], functionInputs: { role: roleArn("polled") } });
    expect(opened({ StringEquals: { "aws:SourceAccount": accountId } })).not.toThrow();
    expect(opened({ StringEquals: { "aws:SourceAccount": "111111111111" } })).toThrow("sts:AssumeRole");
    expect(opened({ ArnLike: { "aws:SourceArn": `arn:aws:lambda:*:${accountId}:function:*` } })).toThrow(
      /EventSourceMapping map: functionName has the role .*polled, which Lambda cannot assume to poll the source/,
    );
  });

  it("when the queue's visibility timeout is less than the function's", () => {
    expect(() => open({ mappings: [ofQueue()], functionInputs: { timeout: 31 } })).toThrow(
      /Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds/,
    );
  });

  it.each(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"])("without %s", (action) => {
    const statements = [
      { ...queueAccess, Action: (queueAccess.Action as string[]).filter((each) => each !== action) },
    ];
    expect(() => open({ mappings: [ofQueue()], statements })).toThrow(
      new RegExp(`fn-role, which may not call ${action} on ${jobs.outputs.arn}`),
    );
  });

  it.each([
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
  ])("without %s", (action) => {
    const statements = [
      { ...streamAccess, Action: (streamAccess.Action as string[]).filter((each) => each !== action) },
    ];
    expect(() => open({ mappings: [ofStream()], statements })).toThrow(
      new RegExp(`fn-role, which may not call ${action}`),
    );
  });

  it("without sqs:SendMessage on its on-failure queue", () => {
    const statements = [streamAccess, allow("sqs:SendMessage", jobs.outputs.arn)];
    expect(() => open({ mappings: [ofStream({ destinationConfig: onFailure })], statements })).toThrow(
      /may not call sqs:SendMessage/,
    );
  });
});

describe("a bucket as on-failure destination is refused", () => {
  const list = allow("s3:ListBucket", "arn:aws:s3:::kept");
  const put = allow("s3:PutObject", "arn:aws:s3:::kept/*");
  const mappings = [ofStream({ destinationConfig: toBucket })];

  it("without s3:PutObject on its objects, or s3:ListBucket on itself", () => {
    expect(() => open({ mappings, statements: [streamAccess, list, put] })).not.toThrow();
    expect(() => open({ mappings, statements: [streamAccess, list] })).toThrow(/may not call s3:PutObject/);
    expect(() => open({ mappings, statements: [streamAccess, put] })).toThrow(/may not call s3:ListBucket/);
    const elsewhere = allow("s3:PutObject", "arn:aws:s3:::kept/other/*");
    expect(() => open({ mappings, statements: [streamAccess, list, elsewhere] })).toThrow(/s3:PutObject/);
  });

  it("if its own policy denies it", () => {
    const denied = {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:::kept/*",
    };
    const own = resource("aws:s3/bucketPolicy:BucketPolicy", "own", {
      bucket: "kept",
      policy: policy(denied),
    });
    const statements = [streamAccess, list, put];
    expect(() => open({ mappings, statements, policies: [own] })).toThrow(
      /explicit deny in a resource-based/,
    );
  });
});

describe("a disabled mapping", () => {
  it("receives nothing", async () => {
    const { start, idle, queues, events } = open({ mappings: [ofQueue({ enabled: false })] });
    start();
    queues.send(jobs.id, "a");
    await idle();
    expect(events).toEqual([]);
    expect(queues.calls).toEqual([]);
  });
});
