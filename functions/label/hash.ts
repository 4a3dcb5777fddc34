import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { GetObjectCommand, type S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { type Detection, unreadable } from "./detection.ts";

/** S3's errors for an object that is missing or may not be read. Without s3:ListBucket they are the same. */
const unreadableCodes = ["NoSuchKey", "AccessDenied"];

/** The SHA-256 of an object in base64, without holding its bytes in memory. */
export const hasher =
  (s3: S3Client, Bucket: string) =>
  async (Key: string): Promise<string | Detection> => {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const hash = createHash("sha256");
      for await (const chunk of Body as Readable) {
        hash.update(chunk as Uint8Array);
      }
      return hash.digest("base64");
    } catch (error) {
      if (error instanceof S3ServiceException && unreadableCodes.includes(error.name)) {
        return unreadable;
      }
      throw error;
    }
  };
