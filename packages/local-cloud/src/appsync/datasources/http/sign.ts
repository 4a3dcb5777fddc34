import { canonicalRequest, sha256, signature } from "../../../aws/gateway/canonical.ts";
import type { Credentials } from "../../../aws/iam/index.ts";
import type { HttpRequest } from "./request.ts";

export interface Signing {
  readonly region: string;
  readonly service: string;
  readonly credentials: Credentials;
}

/** The headers of the request, with a Signature Version 4 of all headers. */
export function signedHeaders(request: HttpRequest, signing: Signing, now: number): Record<string, string> {
  const { credentials, region, service } = signing;
  const timestamp = new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, "");
  const payloadHash = sha256(request.body ?? "");
  const headers: Record<string, string> = {
    ...request.headers,
    host: request.url.host,
    "x-amz-date": timestamp,
    "x-amz-security-token": credentials.sessionToken,
    ...(service === "s3" && { "x-amz-content-sha256": payloadHash }),
  };
  const names = Object.keys(headers).sort();
  const message = {
    method: request.method,
    target: request.url.pathname + request.url.search,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  };
  const canonical = canonicalRequest(message, service, names, payloadHash);
  const scope = { date: timestamp.slice(0, 8), region, service };
  const signed = signature(credentials.secretAccessKey, scope, timestamp, canonical);
  const credential = `${credentials.accessKeyId}/${scope.date}/${region}/${service}/aws4_request`;
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${signed}`,
  };
}
