import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { AwsError } from "../../base/service.ts";
import { element } from "../xml.ts";
import { document } from "./xml.ts";

/**
 * S3's error document: Code, Message, the elements of that code (Key, Expires, ServerTime...), RequestId, HostId.
 * A response that has begun is closed early, so that the client does not take it for complete.
 */
export function writeError(response: ServerResponse, error: AwsError, url: URL): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { requestId, hostId } = identify(response);
  const body = document("Error", [
    element("Code", renamed[error.code] ?? error.code),
    element("Message", error.message),
    // S3's elements begin with a capital letter. Other details are for callers in this process.
    ...Object.entries(error.details).flatMap(([name, value]) =>
      /^(?:[A-Z][\w-]*|additionalMessage)$/.test(name) ? [element(name, String(value))] : [],
    ),
    element("Resource", url.pathname),
    element("RequestId", requestId),
    element("HostId", hostId),
  ]);
  response.writeHead(error.status, {
    "content-type": "application/xml",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

export interface RequestIds {
  readonly requestId: string;
  readonly hostId: string;
}

/** Sets the response's ids at the first call and returns them. */
export function identify(response: ServerResponse): RequestIds {
  const requestId = response.getHeader("x-amz-request-id");
  const hostId = response.getHeader("x-amz-id-2");
  if (typeof requestId === "string" && typeof hostId === "string") {
    return { requestId, hostId };
  }
  const ids = newIds();
  response.setHeader("x-amz-request-id", ids.requestId);
  response.setHeader("x-amz-id-2", ids.hostId);
  response.setHeader("server", "AmazonS3");
  return ids;
}

export function newIds(): RequestIds {
  return {
    requestId: randomBytes(8).toString("hex").toUpperCase(),
    hostId: randomBytes(48).toString("base64"),
  };
}

export const notImplemented = (what: string): AwsError =>
  new AwsError("NotImplemented", `${what} is not implemented by the local S3.`, 501);

/** S3's own refusal of a header, in its words. */
export const headerNotImplemented = (header: string, additionalMessage?: string): AwsError =>
  new AwsError("NotImplemented", "A header you provided implies functionality that is not implemented", 501, {
    Header: header,
    ...(additionalMessage !== undefined && { additionalMessage }),
  });

export const invalidArgument = (message: string, name: string, value: string): AwsError =>
  new AwsError("InvalidArgument", message, 400, { ArgumentName: name, ArgumentValue: value });

export const invalidRequest = (message: string): AwsError => new AwsError("InvalidRequest", message);

export const noSuchBucket = (name: string): AwsError =>
  new AwsError("NoSuchBucket", "The specified bucket does not exist", 404, { BucketName: name });

export const noSuchKey = (key: string): AwsError =>
  new AwsError("NoSuchKey", "The specified key does not exist.", 404, { Key: key });

export const noSuchVersion = (key: string, id: string): AwsError =>
  new AwsError("NoSuchVersion", "The specified version does not exist.", 404, { Key: key, VersionId: id });

export const methodNotAllowed = (method: string, resourceType: string): AwsError =>
  new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", 405, {
    Method: method,
    ResourceType: resourceType,
  });

export const noSuchUpload = (id: string): AwsError =>
  new AwsError(
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    404,
    { UploadId: id },
  );

export const preconditionFailed = (condition: string): AwsError =>
  new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412, {
    Condition: condition,
  });

export const malformedXml = (): AwsError =>
  new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );

/** S3's codes for errors that the front door finds for all services. */
const renamed: Readonly<Record<string, string>> = {
  InternalFailure: "InternalError",
  RequestEntityTooLarge: "MaxMessageLengthExceeded",
};
