import { send } from "#send";
import { DarkroomError, type Endpoint } from "./api.ts";
import { hashOf, hashOfText } from "./hash.ts";
import { createAsset, getAsset, renewUpload } from "./operations.ts";
import { pause } from "./pause.ts";
import { persist } from "./persist.ts";
import type { Asset, AssetUpload, CreateAssetInput, PresignedRequest } from "./schema.ts";

export interface UploadOptions {
  /** The file's own name unless given. */
  readonly filename?: string | undefined;
  readonly title?: string | undefined;
  /** The file's own type unless given. */
  readonly contentType?: string | undefined;
  readonly callbackUrl?: string | undefined;
  /** In hex, if it is known already. By default, the file is read for it. */
  readonly sha256?: string | undefined;
  /** Gets the bytes that were sent so far. All bytes are sent a little before the upload has succeeded. */
  readonly onProgress?: ((sent: number) => void) | undefined;
  /** Gets the asset once it is reserved, before its bytes are sent. `existing` is that of the result. */
  readonly onReserved?: ((asset: Asset, existing: boolean) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** `SENT`, the default, when storage has the bytes; `RECEIVED` when Darkroom has verified them. */
  readonly until?: "SENT" | "RECEIVED" | undefined;
}

export interface Uploaded {
  /** As it was reserved. With `until: "RECEIVED"`, as it was received. */
  readonly asset: Asset;
  /** True if the same upload succeeded before, at most a day ago: nothing was sent. */
  readonly existing: boolean;
}

/**
 * Uploads a file; in Node.js `fs.openAsBlob(path)` is one that is not read into memory. Calling it again after an
 * interruption continues with the same asset, because the `clientToken` is made from the bytes and the options. Faults
 * on the way are tried again. Throws `DarkroomError` with the API's or S3's code, and the signal's reason.
 */
export async function upload(endpoint: Endpoint, file: Blob, options: UploadOptions = {}): Promise<Uploaded> {
  const { signal } = options;
  const input = await inputOf(file, options);
  const reserved = await reserve(endpoint, input, signal);
  const existing = reserved.asset.state !== "CREATED";
  options.onReserved?.(reserved.asset, existing);
  if (!existing) {
    await put(endpoint, reserved, file, options);
  }
  const waits = options.until === "RECEIVED";
  return { asset: waits ? await received(endpoint, reserved.asset, signal) : reserved.asset, existing };
}

async function inputOf(file: Blob, options: UploadOptions): Promise<CreateAssetInput> {
  const { filename = (file as Partial<File>).name, title, callbackUrl, signal } = options;
  return {
    contentType: options.contentType ?? (file.type || "application/octet-stream"),
    contentLength: file.size,
    sha256: options.sha256 ?? (await hashOf(file, signal)),
    ...(filename !== undefined && { filename }),
    ...(title !== undefined && { title }),
    ...(callbackUrl !== undefined && { callbackUrl }),
  };
}

const maxReservations = 20;

/** Finds the asset of the same upload, or reserves one: another if the former was deleted, rejected or too late. */
async function reserve(
  endpoint: Endpoint,
  input: CreateAssetInput,
  signal: AbortSignal | undefined,
): Promise<AssetUpload> {
  for (let number = 1; number <= maxReservations; number += 1) {
    const clientToken = hashOfText(JSON.stringify([input, number]));
    try {
      const reserved = await persist(
        () => createAsset(endpoint, { input: { ...input, clientToken } }, { signal }),
        signal,
      );
      if (!["REJECTED", "EXPIRED", "DELETED"].includes(reserved.asset.state)) {
        return reserved;
      }
    } catch (error) {
      if (!isGone(error)) {
        throw error;
      }
    }
  }
  throw new DarkroomError(
    "TooManyAttempts",
    `The file was uploaded and removed ${maxReservations} times today`,
  );
}

/** The asset of this token was deleted or purged. */
const isGone = (error: unknown): boolean =>
  error instanceof DarkroomError && ["StateConflict", "NotFound"].includes(error.errorType);

async function put(
  endpoint: Endpoint,
  { asset, upload: first }: AssetUpload,
  file: Blob,
  { signal, onProgress = () => undefined }: UploadOptions,
): Promise<void> {
  let request = first;
  await persist(async (attempt) => {
    if (attempt > 0 && Date.parse(request.expiresAt) - Date.now() < 10_000) {
      request = (await renewUpload(endpoint, { id: asset.id }, { signal })).upload;
    }
    let reply = await attemptPut(request, file, onProgress, signal);
    if (reply.status === 403 && reply.text.includes("expired")) {
      request = (await renewUpload(endpoint, { id: asset.id }, { signal })).upload;
      reply = await attemptPut(request, file, onProgress, signal);
    }
    // 412: an earlier attempt arrived, although its answer did not.
    if (reply.status !== 200 && reply.status !== 412) {
      throw refusal(reply);
    }
  }, signal);
}

async function attemptPut(
  { url, method, headers }: PresignedRequest,
  body: Blob,
  onProgress: (sent: number) => void,
  signal: AbortSignal | undefined,
) {
  // Browsers set the length themselves, and refuse to let others set it.
  const signed = headers.filter(({ name }) => name !== "content-length");
  const named = Object.fromEntries(signed.map(({ name, value }) => [name, value]));
  try {
    return await send({ url, method, headers: named, body, onProgress, signal });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new DarkroomError("NetworkError", "The connection to storage ended", { cause });
  }
}

/** S3's code, or the status of an answer without one. */
function refusal({ status, text }: { readonly status: number; readonly text: string }): DarkroomError {
  const [, code = ""] = /<Code>(\w+)<\/Code>/.exec(text) ?? [];
  const [, message = `Storage answered ${status}`] = /<Message>([^<]*)<\/Message>/.exec(text) ?? [];
  return new DarkroomError(status < 500 && code ? code : `Http${status}`, message);
}

/** Asks until an upload that was sent is verified. Throws the reason of a rejection. */
export async function received(
  endpoint: Endpoint,
  { id }: Pick<Asset, "id">,
  signal?: AbortSignal,
): Promise<Asset> {
  for (let milliseconds = 200; ; milliseconds = Math.min(milliseconds * 1.5, 3_000)) {
    const asset = await persist(() => getAsset(endpoint, { id }, { signal }), signal);
    if (asset?.state === "REJECTED") {
      const { code = "Rejected", message = "The upload was rejected" } = asset.labelError ?? {};
      throw new DarkroomError(code, message);
    }
    if (asset && asset.state !== "CREATED") {
      return asset;
    }
    await pause(milliseconds, signal);
    signal?.throwIfAborted();
  }
}
