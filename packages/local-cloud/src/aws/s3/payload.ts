import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { AwsError } from "../../base/service.ts";
import type { Bodies, Incoming } from "./bodies.ts";
import type { Algorithm } from "./checksums.ts";
import { ChunkedDecoder, incompleteBody } from "./chunked.ts";
import { invalidArgument, notImplemented } from "./errors.ts";
import { badChecksum, checkMd5, type Integrity, readIntegrity } from "./integrity.ts";
import type { S3Request } from "./request.ts";

export interface Payload extends Incoming {
  readonly algorithm: Algorithm;
  /** Whether the request has a checksum. Without one, S3 computes it. */
  readonly checked: boolean;
}

/** Bytes: the maximum for one PUT and for one part. */
export const maxPut = 5 * 1024 ** 3;

/**
 * Receives the body into a file and checks its length, the signed hash, Content-MD5, and checksums in headers or in the
 * trailer. The file of a body that fails a check is removed. `fallback` is the algorithm for a body without a checksum.
 */
export async function receivePayload(
  request: S3Request,
  bodies: Bodies,
  fallback: Algorithm = "crc64nvme",
): Promise<Payload> {
  const integrity = readIntegrity(request);
  const algorithm = integrity.algorithm ?? fallback;
  const decoder = decoderOf(request);
  const length = declaredLength(request, decoder);
  const { request: message } = request.call;
  try {
    const signed = isHash(request.call.payloadHash) ? createHash("sha256") : undefined;
    const incoming = await bodies.receive(decoded(message, decoder, signed, length), algorithm);
    try {
      verify(request, integrity, incoming, signed?.digest("hex"), decoder);
    } catch (error) {
      await bodies.discard(incoming.id);
      throw error;
    }
    return { ...incoming, algorithm, checked: integrity.algorithm !== undefined };
  } catch (error) {
    // The rest of the body is read and discarded, so that the client reads the answer.
    message.resume();
    throw error;
  }
}

async function* decoded(
  message: IncomingMessage,
  decoder: ChunkedDecoder | undefined,
  signed: { update(data: Buffer): unknown } | undefined,
  length: number,
): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const bytes of received(message)) {
    signed?.update(bytes);
    for (const data of decoder ? decoder.push(bytes) : [bytes]) {
      size += data.length;
      if (size > length) {
        throw incompleteBody();
      }
      yield data;
    }
  }
  decoder?.end();
  if (size !== length) {
    throw incompleteBody();
  }
}

/** The raw body. Throws `IncompleteBody` if the connection ends early. Otherwise the socket stays open. */
async function* received(message: IncomingMessage): AsyncGenerator<Buffer> {
  const chunks = message.iterator({ destroyOnReturn: false }) as AsyncGenerator<Buffer, undefined, undefined>;
  try {
    for (;;) {
      const next = await chunks.next().catch(() => {
        throw incompleteBody();
      });
      if (next.done === true) {
        return;
      }
      yield next.value;
    }
  } finally {
    // Releases the stream. Otherwise it cannot continue to flow.
    await chunks.return(undefined);
  }
}

const isHash = (payloadHash: string): boolean => /^[0-9a-f]{64}$/.test(payloadHash);

function decoderOf(request: S3Request): ChunkedDecoder | undefined {
  const { payloadHash } = request.call;
  if (payloadHash === "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
    return new ChunkedDecoder();
  }
  if (payloadHash.startsWith("STREAMING-")) {
    throw notImplemented(`Signing chunks (${payloadHash})`);
  }
  return undefined;
}

function declaredLength(request: S3Request, decoder: ChunkedDecoder | undefined): number {
  const { headers } = request.call.request;
  if (!decoder && headers["transfer-encoding"] !== undefined) {
    throw notImplemented("Transfer-Encoding");
  }
  const name = decoder ? "x-amz-decoded-content-length" : "content-length";
  const value = headers[name];
  if (typeof value !== "string") {
    throw new AwsError("MissingContentLength", "You must provide the Content-Length HTTP header.", 411);
  }
  if (!/^\d{1,15}$/.test(value)) {
    throw invalidArgument("The length is not a number.", name, value);
  }
  if (Number(value) > maxPut) {
    throw new AwsError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400, {
      ProposedSize: value,
      MaxSizeAllowed: maxPut,
    });
  }
  return Number(value);
}

function verify(
  request: S3Request,
  integrity: Integrity,
  incoming: Incoming,
  sha256: string | undefined,
  decoder: ChunkedDecoder | undefined,
): void {
  const { payloadHash } = request.call;
  if (sha256 !== undefined && sha256 !== payloadHash) {
    throw new AwsError(
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      400,
      { ClientComputedContentSHA256: payloadHash, S3ComputedContentSHA256: sha256 },
    );
  }
  if (integrity.md5 !== undefined) {
    checkMd5(request, integrity.md5, incoming.md5);
  }
  const { algorithm } = integrity;
  if (algorithm === undefined) {
    return;
  }
  const expected = integrity.checksum ?? decoder?.trailers.get(`x-amz-checksum-${algorithm}`);
  if (expected !== incoming.checksum) {
    throw badChecksum(algorithm);
  }
}
