import http from "node:http";
import type { Socket } from "node:net";
import { AwsError } from "../service.ts";

export type Item = Readonly<Record<string, unknown>>;

/** Speaks to the engine over kept-alive connections: node:http takes a third of fetch's time for each request. */
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

/** The engine demands that a request look signed, and leaves it at that. */
const signedLooks = {
  authorization:
    "AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=none",
  "x-amz-date": "20260101T000000Z",
};

/** `connect` makes connections where the endpoint's own address cannot be reached from here. */
export function createClient(endpoint: URL, connect?: () => Promise<Socket>): EngineClient {
  const options = { keepAlive: true, maxSockets: 64 };
  const agent = connect === undefined ? new http.Agent(options) : new HandedAgent(options, connect);
  return {
    async send(target, operation, input, signal) {
      const body = JSON.stringify(input);
      const answer = await post(endpoint, body, {
        agent,
        method: "POST",
        ...(signal && { signal }),
        headers: {
          ...signedLooks,
          "content-type": "application/x-amz-json-1.0",
          "content-length": Buffer.byteLength(body),
          "x-amz-target": `${target}.${operation}`,
        },
      });
      const result = JSON.parse(answer.text === "" ? "{}" : answer.text) as Record<string, unknown>;
      if (answer.status !== 200) throw readError(result, answer.status);
      return result;
    },
    close: () => agent.destroy(),
  };
}

class HandedAgent extends http.Agent {
  readonly #connect: () => Promise<Socket>;

  constructor(options: http.AgentOptions, connect: () => Promise<Socket>) {
    super(options);
    this.#connect = connect;
  }

  override createConnection(...[, made]: Parameters<http.Agent["createConnection"]>): undefined {
    this.#connect().then(
      (socket) => made?.(null, socket),
      (error: unknown) => made?.(error as Error, undefined as never),
    );
  }
}

function post(
  endpoint: URL,
  body: string,
  options: http.RequestOptions,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request(endpoint, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 500, text: Buffer.concat(chunks).toString() }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** Engines write `com.amazonaws.dynamodb.v20120810#Code`, and `message` or `Message`. */
function readError(result: Record<string, unknown>, status: number): AwsError {
  const {
    __type = "InternalServerError",
    message,
    Message = "",
    ...details
  } = result as Record<string, string>;
  return new AwsError(__type.split("#").at(-1) ?? __type, message ?? Message, status, details);
}
