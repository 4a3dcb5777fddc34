import { S3Client } from "@aws-sdk/client-s3";
import { required } from "../shared/environment.ts";
import { type SignRequest, presigner } from "./presign.ts";

const sign = presigner({
  // The SDK's default would sign the CRC32 of an empty body into every upload URL.
  client: new S3Client({
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  }),
  bucket: required("BUCKET"),
  now: () => new Date(),
});

/** AppSync invokes with one upload, or with a batch of downloads, each answered in its place. */
export const handler = async (event: SignRequest | SignRequest[]): Promise<unknown> =>
  Array.isArray(event) ? Promise.all(event.map(async (one) => ({ data: await sign(one) }))) : sign(event);
