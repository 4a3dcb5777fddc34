import type { JsonObject } from "../gateway/json.ts";
import { AwsError } from "../service.ts";

/** Where the picture is: an object in S3, or the bytes themselves. */
export type ImageSource = { readonly bucket: string; readonly key: string } | Buffer;

export interface DetectLabelsRequest {
  readonly image: ImageSource;
  readonly maxLabels: number;
  /** Percent. */
  readonly minConfidence: number;
}

/** Throws `InvalidParameterException`, naming the member that is wrong or that has no local meaning. */
export function readRequest(input: JsonObject): DetectLabelsRequest {
  if (input["Settings"] !== undefined) throw invalid("Settings is not supported locally");
  const features: unknown = input["Features"] ?? [];
  if (!Array.isArray(features)) throw invalid("Features must be a list");
  const other: unknown = features.find((feature) => feature !== "GENERAL_LABELS");
  if (other !== undefined) throw invalid(`Feature ${JSON.stringify(other)} is not supported locally`);
  return {
    image: readImage(input["Image"]),
    maxLabels: readNumber(input, "MaxLabels", Number.MAX_SAFE_INTEGER, 1_000),
    // AWS leaves out what it is less sure of, unless told otherwise.
    minConfidence: readNumber(input, "MinConfidence", 100, 55),
  };
}

export function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}

function readImage(image: unknown): ImageSource {
  const { Bytes: bytes, S3Object: object, ...rest } = readObject(image, "Image");
  if (Object.keys(rest).length > 0) throw invalid(`Image.${Object.keys(rest).join(", ")} is unknown`);
  if ((bytes === undefined) === (object === undefined)) throw invalid("Image needs either Bytes or S3Object");
  if (bytes === undefined) return readS3Object(readObject(object, "Image.S3Object"));
  if (typeof bytes !== "string") throw invalid("Image.Bytes must be base64");
  return Buffer.from(bytes, "base64");
}

function readS3Object({ Bucket: bucket, Name: key, Version: version }: JsonObject): ImageSource {
  if (version !== undefined) throw invalid("Image.S3Object.Version is not supported locally");
  if (typeof bucket !== "string" || !/^[0-9A-Za-z.\-_]{3,255}$/.test(bucket))
    throw invalid("Image.S3Object.Bucket is no bucket name");
  if (typeof key !== "string" || key === "" || key.length > 1024)
    throw invalid("Image.S3Object.Name is no object key");
  return { bucket, key };
}

function readObject(value: unknown, name: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(`${name} is missing`);
  return value as JsonObject;
}

function readNumber(input: JsonObject, name: string, most: number, fallback: number): number {
  const value = input[name] ?? fallback;
  if (typeof value !== "number" || !(value >= 0 && value <= most))
    throw invalid(`${name} must be a number from 0 to ${most}`);
  return value;
}
