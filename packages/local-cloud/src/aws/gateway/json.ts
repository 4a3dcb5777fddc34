import type { ServerResponse } from "node:http";
import { AwsError, type Call } from "../../base/service.ts";
import { jsonLimit } from "./body.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** An operation of the AWS JSON protocol: its target's prefix, such as `DynamoDB_20120810`, its name and input. */
export interface JsonCall {
  readonly target: string;
  readonly operation: string;
  readonly input: JsonObject;
}

/** https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html */
export async function readJson(call: Pick<Call, "request" | "body">): Promise<JsonCall> {
  const header = call.request.headers["x-amz-target"];
  const [, target, operation] = /^(\w+)\.(\w+)$/.exec(typeof header === "string" ? header : "") ?? [];
  if (target === undefined || operation === undefined) {
    throw new AwsError(
      "UnknownOperationException",
      "This service uses the AWS JSON protocol: X-Amz-Target is missing.",
    );
  }
  return { target, operation, input: parseObject(await call.body(jsonLimit)) };
}

export function sendJson(response: ServerResponse, body: object, status = 200): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/x-amz-json-1.0",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

/** The client reads the name of its exception from `__type`. */
export function failJson(response: ServerResponse, error: AwsError): void {
  sendJson(response, { __type: error.code, message: error.message, ...error.details }, error.status);
}

function parseObject(body: Buffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    value = undefined;
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw new AwsError("SerializationException", "The request body is not a JSON object.");
}
