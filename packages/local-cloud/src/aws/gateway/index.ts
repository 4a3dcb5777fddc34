import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Iam } from "../iam/index.ts";
import {
  type AnonymousCall,
  AwsError,
  type Call,
  type Clock,
  type Log,
  type Service,
} from "../../base/service.ts";
import { createBody, jsonLimit } from "./body.ts";
import { sha256, type SignedMessage, splitTarget } from "./canonical.ts";
import { isSigned } from "./claim.ts";
import { failJson } from "./json.ts";
import type { Handler } from "./listener.ts";
import { refuse } from "./refusal.ts";
import { failQuery } from "./sts.ts";
import { createVerifier, type Verified, type Verifier } from "./signature.ts";

export interface GatewayOptions {
  readonly iam: Pick<Iam, "identify">;
  readonly services: readonly Service[];
  readonly region: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Handles every path under `/graphql` and authorizes its callers itself. */
  readonly graphql?: Handler;
}

/** The front door of all AWS APIs: verifies the signature and passes the call to the service that it is signed for. */
export function createGateway(options: GatewayOptions): Handler {
  const { services, graphql, log } = options;
  const verifier = createVerifier(options);
  return (request, response) => {
    const url = parseTarget(request.url ?? "", request.headers.host ?? "");
    if (url !== undefined && graphql !== undefined && /^\/graphql(?:\/|$)/.test(url.pathname)) {
      return graphql(request, response);
    }
    response.setHeader("x-amzn-requestid", randomUUID());
    // As on AWS, any page may call a JSON service: the call needs a signature.
    if (request.headers["x-amz-target"] !== undefined) {
      response.setHeader("access-control-allow-origin", "*");
    }
    const answered =
      url === undefined
        ? Promise.reject(invalidUri())
        : answer({ services, verifier }, { request, response, url, body: createBody(request) });
    return answered.catch((thrown: unknown) => {
      const error = thrown instanceof AwsError ? thrown : internalFailure(thrown, log);
      const { code, message } = error;
      log.debug("request refused", { method: request.method, path: url?.pathname, code, message });
      if (response.headersSent) {
        response.destroy();
      } else {
        fail(request, response, error, url ?? new URL("http://localhost/"), services);
      }
    });
  };
}

async function answer(
  { services, verifier }: { readonly services: readonly Service[]; readonly verifier: Verifier },
  call: AnonymousCall,
): Promise<void> {
  const { request, response, url } = call;
  const body: Call["body"] = (limit) => call.body(limit);
  const message: SignedMessage = {
    method: request.method ?? "",
    target: request.url ?? "",
    headers: request.headersDistinct,
  };
  // A browser's preflight of a presigned URL has the URL's signature, which is not for OPTIONS.
  if (request.method !== "OPTIONS" && isSigned(message)) {
    const verified = await verifier.verify(message, () => body(jsonLimit));
    const service = serviceOf(services, verified.service);
    if (service === undefined) {
      throw unknownService(verified.service, services);
    }
    await service.handle({ ...call, ...verified, body: checkedBody(body, verified) });
    return;
  }
  if (isPreflight(request, url)) {
    answerPreflight(request, response);
    return;
  }
  const open = services.find((service) => service.anonymous?.accepts(request, url));
  if (open?.anonymous === undefined) {
    throw refuse(protocolOf(request), "unsigned");
  }
  await open.anonymous.handle(call);
}

/**
 * The URL as services read it. Undefined if it differs from the signed target: a URL parser resolves `..` and turns `\`
 * into `/`.
 */
function parseTarget(target: string, host: string): URL | undefined {
  const [path] = splitTarget(target);
  if (!path.startsWith("/")) {
    return undefined;
  }
  try {
    const url = new URL(`http://${host}${target}`);
    return decodeURIComponent(url.pathname) === decodeURIComponent(path) ? url : undefined;
  } catch {
    return undefined;
  }
}

function serviceOf(services: readonly Service[], scope: string): Service | undefined {
  return services.find(({ scopes }) => scopes.includes(scope));
}

/** The signature covers the hash of the body, so the body must have that hash. */
function checkedBody(body: Call["body"], { service, payloadHash }: Verified): Call["body"] {
  if (!/^[0-9a-f]{64}$/.test(payloadHash)) {
    return body;
  }
  return async (limit) => {
    const bytes = await body(limit);
    if (sha256(bytes) !== payloadHash) {
      throw refuse(service, "otherBody");
    }
    return bytes;
  };
}

/** A preflight of a JSON service is for `/`. A preflight for S3 has a bucket in its path. */
function isPreflight(request: IncomingMessage, url: URL): boolean {
  return (
    request.method === "OPTIONS" &&
    url.pathname === "/" &&
    request.headers["access-control-request-method"] !== undefined
  );
}

function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(204, {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*",
    "access-control-max-age": "600",
  });
  response.end();
}

/** The service that the request names in its credential writes the error document. */
function fail(
  request: IncomingMessage,
  response: ServerResponse,
  error: AwsError,
  url: URL,
  services: readonly Service[],
): void {
  const credential = /Credential=([^,\s&]+)/i.exec(request.headers.authorization ?? url.search)?.[1] ?? "";
  const scope = decodeURIComponent(credential).split("/")[3] ?? protocolOf(request);
  const service = serviceOf(services, scope);
  if (service === undefined) {
    (isQuery(request) ? failQuery : failJson)(response, error);
  } else {
    service.fail(response, error, url);
  }
}

/** Clients of STS, IAM and SNS, and older clients of SQS, use the query protocol and expect XML. */
function isQuery({ headers }: IncomingMessage): boolean {
  const form = /^application\/x-www-form-urlencoded\b/i.test(headers["content-type"] ?? "");
  return form && headers["x-amz-target"] === undefined;
}

/** Without a signature only the protocol shows the service: requests to JSON services have a target header. */
function protocolOf(request: IncomingMessage): string {
  return request.headers["x-amz-target"] === undefined ? "s3" : "json";
}

function unknownService(scope: string, services: readonly Service[]): AwsError {
  const known = services.flatMap(({ scopes }) => scopes).join(", ");
  return new AwsError(
    "UnknownService",
    `No service answers to the signing name ${JSON.stringify(scope)} here; there are: ${known}.`,
    404,
  );
}

function invalidUri(): AwsError {
  return new AwsError("InvalidURI", "Couldn't parse the specified URI.");
}

function internalFailure(thrown: unknown, log: Log): AwsError {
  log.error("a service failed", {
    error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
  });
  return new AwsError("InternalFailure", "The request failed because of an internal error.", 500);
}
