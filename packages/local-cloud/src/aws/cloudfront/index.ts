import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { ACCOUNT_ID, type Graph } from "../../base/graph.ts";
import { type AnonymousCall, AwsError, type Log, type Principal, type Service } from "../../base/service.ts";
import { failJson } from "../gateway/json.ts";
import type { OpenObject } from "../s3/in-process.ts";
import type { S3 } from "../s3/index.ts";
import { compressionOf } from "./compression.ts";
import { applyRules } from "./headers.ts";
import { readSites, type Site } from "./sites.ts";

export interface CloudFrontOptions {
  readonly graph: Graph;
  readonly s3: Pick<S3, "open">;
  readonly log: Log;
}

export interface CloudFront extends Service {
  /** The names of the distributions that are served. */
  readonly sites: readonly string[];
}

/**
 * Serves the program's first distribution at `/`, to requests without a signature that no bucket, queue or API takes.
 * The front door has one host, so that one site fits. Throws `InvalidInput` for an origin that is not a bucket.
 */
export function createCloudFront({ graph, s3, log }: CloudFrontOptions): CloudFront {
  const [site, ...others] = readSites(graph);
  if (others.length > 0) {
    log.warn("Only the first distribution is served", { not: others.map(({ name }) => name).join(", ") });
  }
  const taken = new Set([ACCOUNT_ID, ...bucketsOf(graph)]);
  return {
    scopes: ["cloudfront"],
    sites: site ? [site.name] : [],
    handle: () => Promise.reject(new AwsError("NotImplemented", "CloudFront has no operations here", 501)),
    fail: (response, error) => failJson(response, error),
    anonymous: {
      accepts: (request, url) => site !== undefined && isForSite(request, url, taken),
      handle: async (call) => {
        if (site) {
          await serve(site, s3, call);
        }
      },
    },
  };
}

function bucketsOf({ resources }: Graph): string[] {
  return resources.filter(({ type }) => type === "aws:s3/bucket:Bucket").map(({ id }) => id);
}

/** A browser's request. The first part of other paths is a bucket, or the account in the URL of a queue. */
function isForSite({ method, headers }: IncomingMessage, url: URL, taken: ReadonlySet<string>): boolean {
  const [, first = ""] = url.pathname.split("/");
  const reads = method === "GET" || method === "HEAD";
  return reads && headers["x-amz-target"] === undefined && !taken.has(decodeURIComponent(first));
}

const principal: Principal = { kind: "service", service: "cloudfront.amazonaws.com" };

async function serve(
  site: Site,
  s3: Pick<S3, "open">,
  { request, response, url }: AnonymousCall,
): Promise<void> {
  response.removeHeader("x-amzn-requestid");
  const path = decodeURIComponent(url.pathname).slice(1);
  const key = path === "" ? (site.rootObject ?? "") : path;
  const found = open(site, s3, key);
  if (!(found instanceof AwsError)) {
    await send(site, { request, response }, 200, found);
    return;
  }
  const page = site.errorPages.get(found.status);
  const instead = page && open(site, s3, page.key);
  if (page && instead && !(instead instanceof AwsError)) {
    await send(site, { request, response }, page.status, instead);
    return;
  }
  sendError(site, response, found);
}

/** The object, or why the bucket refuses it. */
function open(site: Site, s3: Pick<S3, "open">, key: string): OpenObject | AwsError {
  const { originPath, bucket, arn } = site;
  const place = `${originPath.replace(/^\//, "")}${originPath ? "/" : ""}${key}`;
  try {
    return s3.open(principal, bucket, place, arn);
  } catch (error) {
    if (error instanceof AwsError) {
      return error;
    }
    throw error;
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function send(site: Site, { request, response }: Exchange, status: number, object: OpenObject) {
  const origin = applyRules(site.headers, object.headers);
  const compression = site.compresses ? compressionOf(request.headers["accept-encoding"], origin) : undefined;
  const headers = compression?.headers ?? origin;
  if (status === 200 && request.headers["if-none-match"]?.replace(/^W\//, "") === object.etag) {
    delete headers["content-length"];
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(status, headers);
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  await (compression
    ? pipeline(object.bytes(), compression.stream(), response)
    : pipeline(object.bytes(), response));
}

function sendError(site: Site, response: ServerResponse, { code, message, status }: AwsError): void {
  const text = `${code}: ${message}\n`;
  const headers = {
    "content-type": "text/plain;charset=utf-8",
    "content-length": String(Buffer.byteLength(text)),
  };
  response.writeHead(status, applyRules(site.headers, headers)).end(text);
}
