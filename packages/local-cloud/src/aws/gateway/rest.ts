import type { ServerResponse } from "node:http";
import { AwsError, type Call } from "../../base/service.ts";

/** An answer of the REST JSON protocol. https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export function sendRest(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

/** The client reads the name of its exception from the header. */
export function failRest(response: ServerResponse, { code, message, status }: AwsError): void {
  response.writeHead(status, { "content-type": "application/json", "x-amzn-errortype": code });
  response.end(JSON.stringify({ message }));
}

export function unknownRequest({ request, url }: Pick<Call, "request" | "url">): AwsError {
  return new AwsError(
    "UnknownOperationException",
    `${request.method ?? ""} ${url.pathname} is not emulated.`,
    404,
  );
}
