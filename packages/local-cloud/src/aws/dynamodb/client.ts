import type { Socket } from "node:net";
import { type buildConnector, type Dispatcher, Pool } from "undici";
import { AwsError } from "../../base/service.ts";

/** The target of DynamoDB's operations, without the operation. */
export const api = "DynamoDB_20120810";

export type Item = Readonly<Record<string, unknown>>;

/** Sends requests to the engine over connections that stay open. */
export interface EngineClient {
  /** `target` is `DynamoDB_20120810` or `DynamoDBStreams_20120810`. Throws the engine's error as an `AwsError`. */
  send(
    target: string,
    operation: string,
    input: Item,
    signal?: AbortSignal,
  ): Promise<Record<string, unknown>>;
  close(): void;
}

/** The engine requires a signature, but does not verify it. */
const unverified = {
  authorization:
    "AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=none",
  "x-amz-date": "20260101T000000Z",
};

/** `connect` opens connections if the endpoint cannot be reached from this network. */
export function createClient(endpoint: URL, connect?: () => Promise<Socket>): EngineClient {
  const pool = new Pool(endpoint.origin, {
    connections: 64,
    keepAliveTimeout: 60_000,
    headersTimeout: 0,
    bodyTimeout: 0,
    ...(connect && { connect: connectorOf(connect) }),
  });
  return {
    async send(target, operation, input, signal) {
      const answer = await post(pool, `${target}.${operation}`, JSON.stringify(input), signal);
      const result = JSON.parse(answer.text === "" ? "{}" : answer.text) as Record<string, unknown>;
      if (answer.status !== 200) {
        throw readError(result, answer.status);
      }
      return result;
    },
    close: () => void pool.destroy(),
  };
}

const connectorOf =
  (connect: () => Promise<Socket>): buildConnector.connector =>
  (_, made) =>
    connect().then(
      (socket) => made(null, socket),
      (error: unknown) => made(error as Error, null),
    );

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Uses `dispatch`: it takes a third less time for each request than `request`, whose body is a stream. */
function post(pool: Pool, target: string, body: string, signal: AbortSignal | undefined): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const chunks: Buffer[] = [];
  let status = 500;
  let running: Dispatcher.DispatchController | undefined;
  const leave = () => {
    reject(signal?.reason as Error);
    running?.abort(signal?.reason as Error);
  };
  signal?.addEventListener("abort", leave);
  const headers = { ...unverified, "content-type": "application/x-amz-json-1.0", "x-amz-target": target };
  pool.dispatch(
    { method: "POST", path: "/", headers, body },
    {
      onRequestStart(controller) {
        running = controller;
        if (signal?.aborted) {
          leave();
        }
      },
      onResponseStart: (_, code) => void (status = code),
      onResponseData: (_, chunk) => void chunks.push(chunk),
      onResponseEnd() {
        signal?.removeEventListener("abort", leave);
        resolve({ status, text: Buffer.concat(chunks).toString() });
      },
      onResponseError(_, error) {
        signal?.removeEventListener("abort", leave);
        reject(error);
      },
    },
  );
  return promise;
}

/** Engines write the code as `com.amazonaws.dynamodb.v20120810#Code`, and the text as `message` or `Message`. */
function readError(result: Record<string, unknown>, status: number): AwsError {
  const {
    __type = "InternalServerError",
    message,
    Message = "",
    ...details
  } = result as Record<string, string>;
  return new AwsError(__type.split("#").at(-1) ?? __type, message ?? Message, status, details);
}
