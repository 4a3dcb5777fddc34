import { randomUUID } from "node:crypto";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { constants, gzip } from "node:zlib";

/** The headers of AppSync's responses. */
const standard = {
  "content-type": "application/json;charset=UTF-8",
  "access-control-allow-origin": "*",
  "access-control-expose-headers":
    "x-amzn-RequestId,x-amzn-ErrorType,x-amz-user-agent,x-amzn-ErrorMessage,Date,x-amz-schema-version",
  "x-amzn-appsync-tokensconsumed": "1",
};

export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  more: {
    readonly errorType?: string;
    readonly fromResolvers?: Readonly<Record<string, string>> | undefined;
  },
): void {
  const headers: OutgoingHttpHeaders = {
    ...sendable(more.fromResolvers),
    ...standard,
    "x-amzn-requestid": randomUUID(),
  };
  if (more.errorType !== undefined) {
    headers["x-amzn-errortype"] = more.errorType;
  }
  // A string is sent in one packet with the headers.
  const text = JSON.stringify(body);
  headers["content-length"] = Buffer.byteLength(text);
  const { min, max } = compressedBytes;
  if (headers["content-length"] < min || headers["content-length"] > max || !takesGzip(response.req)) {
    end(response, status, headers, text);
    return;
  }
  gzip(text, { level: constants.Z_BEST_SPEED }, (error, zipped) => {
    if (error) {
      end(response, status, headers, text);
      return;
    }
    headers["content-encoding"] = "gzip";
    headers["content-length"] = zipped.length;
    end(response, status, headers, zipped);
  });
}

function end(
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: string | Buffer,
): void {
  if (response.destroyed) {
    return;
  }
  response.writeHead(status, headers);
  response.end(body);
}

/** https://docs.aws.amazon.com/appsync/latest/devguide/enabling-caching.html#compression */
const compressedBytes = { min: 1_000, max: 10_000_000 };

function takesGzip({ headers }: IncomingMessage): boolean {
  const codings = (headers["accept-encoding"] ?? "").split(",");
  return codings.some((coding) => /^\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$)[\d.]+\s*)?$/i.test(coding));
}

/** For a path without an API. `paths` are those of the APIs. */
export function sendMissing(response: ServerResponse, paths: readonly string[]): void {
  const message =
    paths.length === 0
      ? "The program declares no GraphQL API."
      : `No GraphQL API has this path. The paths of the program's APIs: ${paths.join(", ")}.`;
  const errorType = "NotFoundException";
  send(response, 404, { errors: [{ errorType, message }] }, { errorType });
}

/** Every page may send requests. Each request needs a token of its own. */
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

/** The runtime has checked the names. A value that HTTP does not allow is dropped. */
function sendable(headers: Readonly<Record<string, string>> | undefined): Record<string, string> | undefined {
  return (
    headers &&
    Object.fromEntries(Object.entries(headers).filter(([, value]) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value)))
  );
}
