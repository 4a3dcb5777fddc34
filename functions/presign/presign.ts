import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { objectKey } from "../../domain/asset.ts";
import { uploadSeconds } from "../../domain/limits.ts";
import type { DownloadRequest, UploadRequest } from "../../domain/messages.ts";
import { renditionKey } from "../../domain/renditions.ts";
import type { ThumbnailSize } from "../../domain/schema.ts";
import { sha256Base64 } from "../shared/checksum.ts";
import type { FindStored, StoredAsset } from "./rows.ts";

/** A signed request. It must be sent unchanged and needs no credentials. */
export interface PresignedRequest {
  readonly url: string;
  readonly method: "PUT" | "GET";
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** ISO 8601. */
  readonly expiresAt: string;
}

interface Signing {
  readonly client: S3Client;
  readonly bucket: string;
  readonly findStored: FindStored;
  readonly now: () => Date;
}

export interface Presigner {
  readonly signUpload: (request: UploadRequest) => Promise<PresignedRequest>;
  /** Null for an object that may not be downloaded, and for a rendition that does not exist. */
  readonly signDownloads: (requests: readonly DownloadRequest[]) => Promise<(PresignedRequest | null)[]>;
}

export const presigner = (signing: Signing): Presigner => ({
  signUpload: (request) => signUpload(signing, request),
  signDownloads: (requests) => signDownloads(signing, requests),
});

/** Reads the rows again, because the caller's asset can be old. The row has the current state, type and name. */
async function signDownloads(
  signing: Signing,
  requests: readonly DownloadRequest[],
): Promise<(PresignedRequest | null)[]> {
  const keys = new Map(requests.map((request) => [objectKey(request.ownerId, request.id), request]));
  const rows = await signing.findStored([...keys.values()]);
  const found = new Map(rows.map((row) => [objectKey(row.ownerId, row.id), row]));
  return Promise.all(
    requests.map(async ({ ownerId, id, size, ttlSeconds }) => {
      const asset = found.get(objectKey(ownerId, id));
      if (!asset || (size && asset.renditions !== "DONE")) {
        return null;
      }
      const object = size ? thumbnailOf(asset, size) : originalOf(asset);
      return signDownload(signing, object, ttlSeconds);
    }),
  );
}

/**
 * Size, type, checksum and the condition that the object does not exist are signed headers, so that S3 refuses any other
 * upload. By default, the SDK moves some of them into the URL, where S3 does not enforce them.
 */
async function signUpload(signing: Signing, request: UploadRequest): Promise<PresignedRequest> {
  const checksum = request.sha256 ? sha256Base64(request.sha256) : undefined;
  const headers = {
    "content-length": String(request.contentLength),
    "content-type": request.contentType,
    "if-none-match": "*",
    ...(checksum && { "x-amz-checksum-sha256": checksum }),
  };
  const command = new PutObjectCommand({
    Bucket: signing.bucket,
    Key: objectKey(request.ownerId, request.id),
    ContentLength: request.contentLength,
    ContentType: request.contentType,
    IfNoneMatch: "*",
    ...(checksum && { ChecksumSHA256: checksum }),
  });
  const names = new Set(Object.keys(headers));
  return signed(signing, uploadSeconds, {
    method: "PUT",
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    sign: (options) =>
      getSignedUrl(signing.client, command, {
        ...options,
        signableHeaders: names,
        unhoistableHeaders: names,
      }),
  });
}

interface Download {
  readonly key: string;
  readonly contentType: string;
  readonly filename: string;
}

const originalOf = ({ ownerId, id, contentType, filename = id }: StoredAsset): Download => ({
  key: objectKey(ownerId, id),
  ...{ contentType, filename },
});

const thumbnailOf = ({ ownerId, id }: StoredAsset, size: ThumbnailSize): Download => ({
  key: renditionKey(ownerId, id, size),
  contentType: "image/webp",
  filename: `${id}-${size.toLowerCase()}.webp`,
});

/**
 * A download is an attachment of the declared type, so browsers do not run it. S3 stores unsigned headers of an upload and
 * returns them with the object, so the URL overrides each of them. (S3 refuses unsigned x-amz-* headers.)
 */
function signDownload(signing: Signing, object: Download, ttlSeconds: number): Promise<PresignedRequest> {
  const command = new GetObjectCommand({
    Bucket: signing.bucket,
    Key: object.key,
    ResponseContentType: object.contentType,
    ResponseContentDisposition: disposition(object.filename),
    ResponseContentEncoding: "identity",
    ResponseContentLanguage: "und",
    ResponseCacheControl: `private, max-age=${ttlSeconds}`,
    ResponseExpires: new Date(signing.now().getTime() + ttlSeconds * 1000),
  });
  return signed(signing, ttlSeconds, {
    method: "GET",
    headers: [],
    sign: (options) => getSignedUrl(signing.client, command, options),
  });
}

async function signed(
  signing: Signing,
  seconds: number,
  request: Pick<PresignedRequest, "method" | "headers"> & {
    sign: (options: { expiresIn: number; signingDate: Date }) => Promise<string>;
  },
): Promise<PresignedRequest> {
  const signingDate = signing.now();
  return {
    url: await request.sign({ expiresIn: seconds, signingDate }),
    method: request.method,
    headers: request.headers,
    expiresAt: new Date(signingDate.getTime() + seconds * 1000).toISOString(),
  };
}

/** RFC 6266: an ASCII name for old clients, and the full name for others. */
function disposition(name: string): string {
  const filename = name.toWellFormed();
  const plain = filename.replace(/[^\w.\- ]/g, "_");
  const encoded = encodeURIComponent(filename.replace(/[/\\]/g, "_")).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
