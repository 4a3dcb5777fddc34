import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { parseDownloadRequest, parseUploadRequest } from "../../domain/messages.ts";
import { required } from "../shared/environment.ts";
import { received } from "../shared/message.ts";
import { presigner } from "./presign.ts";
import { storedAssets } from "./rows.ts";

const { signUpload, signDownloads } = presigner({
  // The SDK's default would sign the CRC32 of an empty body into every upload URL.
  client: new S3Client({
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  }),
  bucket: required("BUCKET"),
  findStored: storedAssets(new DynamoDBClient(), required("ASSETS_TABLE")),
  now: () => new Date(),
});

/** AppSync invokes it with one upload or with a batch of downloads. The answers to a batch have the same order. */
export const handler = async (event: unknown): Promise<unknown> =>
  Array.isArray(event)
    ? (await signDownloads(event.map((one) => received(parseDownloadRequest, one)))).map((data) => ({ data }))
    : signUpload(received(parseUploadRequest, event));
