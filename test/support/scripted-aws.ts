import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll } from "@jest/globals";
import { type Behaviour, type Receiver, startReceiver } from "../../tools/chaos/receiver.ts";

/** One call, as DynamoDB and SQS take it. */
export interface ScriptedCall {
  /** Such as `UpdateItem`. */
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

/** A service that answers as a test says: partly, wrongly or not at all, which a working cloud does not. */
export interface ScriptedAws {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly calls: readonly ScriptedCall[];
  /** The next answers, in order. The last one is repeated. */
  readonly answer: (...answers: readonly (Behaviour | ((call: ScriptedCall) => Behaviour))[]) => void;
}

export const says = (body: object, status = 200): Behaviour => ({ status, body: JSON.stringify(body) });

export const refuses = (type: string, more: object = {}, status = 400): Behaviour =>
  says({ __type: `com.amazonaws#${type}`, message: type, ...more }, status);

/** For one test file. `maxAttempts`: how often the SDK asks. */
export function useScriptedAws(maxAttempts = 1): () => ScriptedAws {
  let receiver: Receiver | undefined;
  let aws: ScriptedAws | undefined;
  const calls: ScriptedCall[] = [];
  beforeAll(async () => {
    receiver = await startReceiver();
    const { url, behave } = receiver;
    const options = {
      endpoint: url,
      region: "eu-west-1",
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
      maxAttempts,
    };
    aws = {
      dynamodb: new DynamoDBClient(options),
      // The checksums that it would compare are not what is tested here.
      sqs: new SQSClient({ ...options, md5: false }),
      calls,
      answer(...answers) {
        const left = [...answers];
        behave(({ headers, body }) => {
          const operation = String(headers["x-amz-target"]).split(".").at(-1) ?? "";
          const call = { operation, input: JSON.parse(body.toString()) as Record<string, unknown> };
          calls.push(call);
          const next = (left.length > 1 ? left.shift() : left[0]) ?? says({});
          return typeof next === "function" ? next(call) : next;
        });
      },
    };
  });
  afterEach(() => void calls.splice(0));
  afterAll(async () => {
    aws?.dynamodb.destroy();
    aws?.sqs.destroy();
    await receiver?.stop();
  });
  return () => {
    if (!aws) {
      throw new Error("Use it inside a test");
    }
    return aws;
  };
}
