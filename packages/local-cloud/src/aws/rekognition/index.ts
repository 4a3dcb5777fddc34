import { failJson, type JsonObject, readJson, sendJson } from "../gateway/json.ts";
import { deniedAs } from "../iam/denied.ts";
import type { Iam } from "../iam/index.ts";
import { type Meter, noMeter } from "../../base/meter.ts";
import { AwsError, type Log, type Principal, type Service } from "../../base/service.ts";
import { measure } from "./image.ts";
import { labelsOf } from "./labels.ts";
import { type ImageSource, readRequest } from "./request.ts";

/** Reads an object with the caller's permissions. Rejects if they do not allow it. */
export type S3Reader = (principal: Principal, bucket: string, key: string) => Promise<Buffer>;

/** One call whose signature has been verified. */
export interface RekognitionCall {
  readonly principal: Principal;
  readonly operation: string;
  readonly input: JsonObject;
}

export interface RekognitionOptions {
  readonly s3Reader: S3Reader;
  readonly iam: Pick<Iam, "authorize">;
  /** Gets an entry for each call that runs, which AWS would charge. */
  readonly log: Pick<Log, "info">;
  readonly meter?: Meter | undefined;
  /** Returns an error that is answered instead of the call. Tests use it for throttling. */
  readonly fault?: (call: RekognitionCall) => AwsError | undefined;
}

/**
 * Rekognition with its operation DetectLabels. The labels are measurements of the picture (shape, colours, brightness),
 * not its content. `LabelModelVersion` shows that they do not come from a model of AWS.
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
  { iam, log, meter = noMeter, s3Reader }: RekognitionOptions,
  principal: Principal,
  input: JsonObject,
): Promise<object> {
  deniedAs("AccessDeniedException", 400, () =>
    iam.authorize({ principal, action: "rekognition:DetectLabels", resource: "*" }),
  );
  const { image, maxLabels, minConfidence } = readRequest(input);
  log.info("labels are detected", Buffer.isBuffer(image) ? {} : { bucket: image.bucket, key: image.key });
  const bytes = await readImage(s3Reader, principal, image);
  const measured = await measure(bytes);
  meter.count("rekognition.images", "DetectLabels");
  const labels = labelsOf(measured).filter(({ Confidence }) => Confidence >= minConfidence);
  return { Labels: labels.slice(0, maxLabels), LabelModelVersion: "local-heuristic" };
}

/** The maximum size of a picture in a bucket, in bytes. */
const maxObject = 15 * 1024 * 1024;

async function readImage(s3Reader: S3Reader, principal: Principal, image: ImageSource): Promise<Buffer> {
  if (Buffer.isBuffer(image)) {
    return image;
  }
  const bytes = await s3Reader(principal, image.bucket, image.key).catch(refuseObject);
  if (bytes.length > maxObject) {
    throw new AwsError(
      "ImageTooLargeException",
      `Image size is larger than the maximum of ${maxObject} bytes`,
    );
  }
  return bytes;
}

/** As on AWS, a missing object and a missing permission have the same answer. Other errors are thrown on. */
function refuseObject(error: unknown): never {
  if (!(error instanceof AwsError)) {
    throw error;
  }
  throw new AwsError(
    "InvalidS3ObjectException",
    "Unable to get object metadata from S3. Check object key, region and/or access permissions.",
  );
}
