import { failJson, type JsonObject, readJson, sendJson } from "../gateway/json.ts";
import type { Iam } from "../iam/index.ts";
import { AwsError, type Log, type Principal, type Service } from "../../base/service.ts";
import { measure } from "./image.ts";
import { labelsOf } from "./labels.ts";
import { type ImageSource, readRequest } from "./request.ts";

/** Reads an object with the caller's own permissions, and rejects where the caller has none. */
export type S3Reader = (principal: Principal, bucket: string, key: string) => Promise<Buffer>;

/** One call, before anything is checked but its signature. */
export interface RekognitionCall {
  readonly principal: Principal;
  readonly operation: string;
  readonly input: JsonObject;
}

export interface RekognitionOptions {
  readonly s3Reader: S3Reader;
  readonly iam: Pick<Iam, "authorize">;
  /** Hears of each call that is carried out: on AWS, each that is paid for. */
  readonly log: Pick<Log, "info">;
  /** An error to answer in place of the call: how tests throttle. */
  readonly fault?: (call: RekognitionCall) => AwsError | undefined;
}

/**
 * DetectLabels, and no other operation. The labels are what can be measured of a picture (its shape, its
 * colours, its brightness), never what it shows: `LabelModelVersion` says that no AWS model looked at it.
 */
export function createRekognition(options: RekognitionOptions): Service {
  return {
    scopes: ["rekognition"],
    async handle(call) {
      const { target, operation, input } = await readJson(call);
      const fault = options.fault?.({ principal: call.principal, operation, input });
      if (fault) {
        throw fault;
      }
      if (target !== "RekognitionService" || operation !== "DetectLabels") {
        throw new AwsError(
          "UnknownOperationException",
          `Rekognition operation ${operation} is not supported`,
        );
      }
      sendJson(call.response, await detectLabels(options, call.principal, input));
    },
    fail: (response, error) => failJson(response, error),
  };
}

async function detectLabels(
  { iam, log, s3Reader }: RekognitionOptions,
  principal: Principal,
  input: JsonObject,
): Promise<object> {
  iam.authorize({ principal, action: "rekognition:DetectLabels", resource: "*" });
  const { image, maxLabels, minConfidence } = readRequest(input);
  log.info("labels are detected", Buffer.isBuffer(image) ? {} : { bucket: image.bucket, key: image.key });
  const bytes = await readImage(s3Reader, principal, image);
  const labels = labelsOf(await measure(bytes)).filter(({ Confidence }) => Confidence >= minConfidence);
  return { Labels: labels.slice(0, maxLabels), LabelModelVersion: "local-heuristic" };
}

/** Bytes of a picture in a bucket. */
const largest = 15 * 1024 * 1024;

async function readImage(s3Reader: S3Reader, principal: Principal, image: ImageSource): Promise<Buffer> {
  if (Buffer.isBuffer(image)) {
    return image;
  }
  const bytes = await s3Reader(principal, image.bucket, image.key).catch(refuseObject);
  if (bytes.length > largest) {
    throw new AwsError("ImageTooLargeException", `Image size is larger than the maximum of ${largest} bytes`);
  }
  return bytes;
}

/** No such object and no permission sound the same, as on AWS. What is not S3's answer is a fault of ours. */
function refuseObject(error: unknown): never {
  if (!(error instanceof AwsError)) {
    throw error;
  }
  throw new AwsError(
    "InvalidS3ObjectException",
    "Unable to get object metadata from S3. Check object key, region and/or access permissions.",
  );
}
