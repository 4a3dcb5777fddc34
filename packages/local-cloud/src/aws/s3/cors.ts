import type { IncomingMessage, ServerResponse } from "node:http";
import { AwsError } from "../../base/service.ts";
import type { Bucket, CorsRule } from "./buckets.ts";
import { identify, noSuchBucket } from "./errors.ts";
import { splitTarget } from "./request.ts";

/** A preflight has no signature. Its path begins with a possible bucket name. */
export function isPreflight(request: IncomingMessage, url: URL): boolean {
  return request.method === "OPTIONS" && /^\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/|$)/.test(url.pathname);
}

/**
 * Answers a preflight. Throws `AccessForbidden`, `BadRequest`, `NoSuchBucket`.
 * Source: docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html
 */
export function answerPreflight(
  request: IncomingMessage,
  response: ServerResponse,
  buckets: ReadonlyMap<string, Bucket>,
): void {
  identify(response);
  const { bucket: name } = splitTarget(request.url ?? "");
  const bucket = buckets.get(name);
  if (!bucket) {
    throw noSuchBucket(name);
  }
  const { origin } = request.headers;
  const method = request.headers["access-control-request-method"];
  if (origin === undefined) {
    throw insufficient("Origin request header needed.");
  }
  if (method === undefined) {
    throw insufficient("Invalid Access-Control-Request-Method: null");
  }
  const asked = (request.headers["access-control-request-headers"] ?? "")
    .split(",")
    .map((item) => item.trim());
  const headers = asked.filter((item) => item !== "");
  const rule = bucket.cors.find((candidate) => allows(candidate, origin, method, headers));
  if (!rule) {
    throw forbidden(bucket.cors.length > 0, method);
  }
  allowOrigin(response, rule, origin);
  response.setHeader("access-control-allow-methods", rule.methods.join(", "));
  if (headers.length > 0) {
    response.setHeader("access-control-allow-headers", headers.join(", "));
  }
  if (rule.maxAge !== undefined) {
    response.setHeader("access-control-max-age", String(rule.maxAge));
  }
  response.writeHead(200, { "content-length": "0" }).end();
}

/** Lets a page read the answer, including an error, if a CORS rule of the bucket allows it. */
export function addCorsHeaders(response: ServerResponse, buckets: ReadonlyMap<string, Bucket>): void {
  const { origin } = response.req.headers;
  if (origin === undefined || response.headersSent) {
    return;
  }
  const [, name = ""] = /^\/([^/?]*)/.exec(response.req.url ?? "") ?? [];
  const rules = buckets.get(name)?.cors ?? [];
  const rule = rules.find((candidate) => allows(candidate, origin, response.req.method ?? "", []));
  if (rule) {
    allowOrigin(response, rule, origin);
  }
}

function allowOrigin(response: ServerResponse, rule: CorsRule, origin: string): void {
  const anyone = rule.origins.includes("*");
  response.setHeader("access-control-allow-origin", anyone ? "*" : origin);
  if (!anyone) {
    response.setHeader("access-control-allow-credentials", "true");
  }
  if (rule.exposed.length > 0) {
    response.setHeader("access-control-expose-headers", rule.exposed.join(", "));
  }
  response.setHeader("vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
}

function allows(rule: CorsRule, origin: string, method: string, headers: readonly string[]): boolean {
  return (
    rule.methods.includes(method) &&
    rule.origins.some((pattern) => like(pattern, origin)) &&
    headers.every((header) =>
      rule.headers.some((pattern) => like(pattern.toLowerCase(), header.toLowerCase())),
    )
  );
}

/** A pattern has at most one `*`. */
function like(pattern: string, text: string): boolean {
  const [start = "", end] = pattern.split("*");
  if (end === undefined) {
    return pattern === text;
  }
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

const insufficient = (message: string): AwsError =>
  new AwsError("BadRequest", `Insufficient information. ${message}`);

function forbidden(configured: boolean, method: string): AwsError {
  const message = configured
    ? "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec."
    : "CORSResponse: CORS is not enabled for this bucket.";
  return new AwsError("AccessForbidden", message, 403, { Method: method, ResourceType: "OBJECT" });
}
