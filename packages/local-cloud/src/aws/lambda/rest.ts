import type { ServerResponse } from "node:http";
import { AwsError, type Call } from "../../base/service.ts";
import { unknownRequest } from "../gateway/rest.ts";

/** An `Invoke` request. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export interface InvokeCall {
  /** Name, partial ARN or ARN. */
  readonly functionName: string;
  readonly qualifier: string | undefined;
  readonly type: "RequestResponse" | "Event" | "DryRun";
  readonly tail: boolean;
  /** JSON text of the event. */
  readonly payload: string;
  /** JSON text. */
  readonly clientContext: string | undefined;
}

const MAX_REQUEST_BYTES = 6_291_456;
const MAX_EVENT_BYTES = 1_048_576;
const MAX_CLIENT_CONTEXT_BYTES = 3583;

/** The log tail of a run is its last 4 KB. */
const TAIL_BYTES = 4096;

export async function readInvoke(call: Call): Promise<InvokeCall> {
  const [, encoded] = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/.exec(call.url.pathname) ?? [];
  if (encoded === undefined || call.request.method !== "POST") {
    throw unknownRequest(call);
  }
  const type = header(call, "x-amz-invocation-type") ?? "RequestResponse";
  if (type !== "RequestResponse" && type !== "Event" && type !== "DryRun") {
    throw invalid(
      `1 validation error detected: Value '${type}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]`,
    );
  }
  const logType = header(call, "x-amz-log-type") ?? "None";
  if (logType !== "None" && logType !== "Tail") {
    throw invalid(
      `1 validation error detected: Value '${logType}' at 'logType' failed to satisfy constraint: Member must satisfy enum value set: [None, Tail]`,
    );
  }
  const qualifier = call.url.searchParams.get("Qualifier") ?? undefined;
  if (qualifier !== undefined && !/^(?=.{1,128}$)(?:\$LATEST(?:\.PUBLISHED)?|[\w-]+)$/.test(qualifier)) {
    throw invalid(
      `1 validation error detected: Value '${qualifier}' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: (\\|[a-zA-Z0-9$_-]+)`,
    );
  }
  const body = await call.body(MAX_REQUEST_BYTES);
  return {
    functionName: decodeURIComponent(encoded),
    qualifier,
    type,
    tail: logType === "Tail",
    payload: jsonOf(body.length === 0 ? "{}" : body.toString(), "request body"),
    clientContext: clientContextOf(header(call, "x-amz-client-context")),
  };
}

/** Throws `RequestEntityTooLargeException` above the limit of the invocation type. */
export function requireSize(payload: string, type: "RequestResponse" | "Event"): void {
  const limit = type === "Event" ? MAX_EVENT_BYTES : MAX_REQUEST_BYTES;
  const bytes = Buffer.byteLength(payload);
  if (bytes <= limit) {
    return;
  }
  throw new AwsError(
    "RequestEntityTooLargeException",
    `${bytes} byte payload is too large for the ${type} invocation type (limit ${limit} bytes)`,
    413,
    { Type: "User" },
  );
}

export function writeAnswer(
  response: ServerResponse,
  status: number,
  answer: {
    readonly payload?: string;
    readonly failed?: boolean;
    readonly lines?: readonly string[];
    readonly requestId?: string;
  },
): void {
  response.statusCode = status;
  response.setHeader("X-Amz-Executed-Version", "$LATEST");
  if (answer.requestId !== undefined) {
    response.setHeader("x-amzn-RequestId", answer.requestId);
  }
  if (answer.failed) {
    response.setHeader("X-Amz-Function-Error", "Unhandled");
  }
  if (answer.lines) {
    response.setHeader("X-Amz-Log-Result", tailOf(answer.lines));
  }
  if (answer.payload !== undefined) {
    response.setHeader("Content-Type", "application/json");
  }
  response.end(answer.payload);
}

export function writeError(response: ServerResponse, error: AwsError): void {
  const code = ERRORS[error.code] ?? error.code;
  response.writeHead(error.status, { "Content-Type": "application/json", "x-amzn-ErrorType": code });
  response.end(JSON.stringify({ ...error.details, Message: error.message, message: error.message }));
}

/** Lambda's names for errors that all services have. */
const ERRORS: Readonly<Record<string, string>> = {
  AccessDenied: "AccessDeniedException",
  RequestEntityTooLarge: "RequestEntityTooLargeException",
};

function header(call: Call, name: string): string | undefined {
  const value = call.request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Up to 3,583 bytes of Base64. */
function clientContextOf(encoded: string | undefined): string | undefined {
  if (encoded === undefined) {
    return undefined;
  }
  if (encoded.length > MAX_CLIENT_CONTEXT_BYTES) {
    const message = `Client context must be at most ${MAX_CLIENT_CONTEXT_BYTES} bytes in base64-encoded form`;
    throw new AwsError("InvalidParameterValueException", message, 400, { Type: "User" });
  }
  return jsonOf(Buffer.from(encoded, "base64").toString(), "client context");
}

function jsonOf(text: string, what: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new AwsError(
      "InvalidRequestContentException",
      `Could not parse ${what} into json: ${String(error)}`,
      400,
      {
        Type: "User",
      },
    );
  }
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

function tailOf(lines: readonly string[]): string {
  return Buffer.from(`${lines.join("\n")}\n`)
    .subarray(-TAIL_BYTES)
    .toString("base64");
}
