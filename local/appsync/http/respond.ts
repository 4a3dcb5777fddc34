import { randomUUID } from "node:crypto";
import { validateHeaderName, validateHeaderValue } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";

/** As real responses have them. */
const standard = {
  "content-type": "application/json;charset=UTF-8",
  "access-control-allow-origin": "*",
  "access-control-expose-headers":
    "x-amzn-RequestId,x-amzn-ErrorType,x-amz-user-agent,x-amzn-ErrorMessage,Date,x-amz-schema-version",
  "x-amzn-appsync-tokensconsumed": "1",
};

/** `headers` come from resolvers: those that HTTP or AppSync owns are left out. */
export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.destroyed) return;
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    ...Object.fromEntries(Object.entries(headers).filter(isFree)),
    ...standard,
    "x-amzn-requestid": randomUUID(),
    "content-length": bytes.length,
  });
  response.end(bytes);
}

/** Any page may ask: what it may see is decided by the token, which it has to send itself. */
export function sendPreflight(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(200, {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET,POST,OPTIONS",
    "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*",
    "access-control-expose-headers": standard["access-control-expose-headers"],
    "access-control-max-age": "172800",
    "content-length": 0,
  });
  response.end();
}

const owned =
  /^(?:x-amzn-(?!errortype$).*|access-control-.*|content-.*|connection|date|keep-alive|set-cookie|te|trailer|transfer-encoding|upgrade)$/i;

function isFree([name, value]: readonly [string, string]): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return !owned.test(name);
  } catch {
    return false;
  }
}
