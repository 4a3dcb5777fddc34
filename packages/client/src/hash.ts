import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** Bytes that Web Crypto hashes at once, off the page's thread. It cannot hash a stream. */
const maxAtOnce = 4 * 1024 * 1024;

/** A page stays responsive: a step takes about eight milliseconds. docs/gallery.md has the figures. */
const step = 512 * 1024;

/** The SHA-256 of a file in hex, without holding a large file in memory. */
export async function hashOf(file: Blob, signal?: AbortSignal): Promise<string> {
  // Absent from pages without TLS.
  const { subtle } = globalThis.crypto as Partial<typeof globalThis.crypto>;
  if (subtle && file.size <= maxAtOnce) {
    return bytesToHex(new Uint8Array(await subtle.digest("SHA-256", await file.arrayBuffer())));
  }
  const hash = sha256.create();
  for (let start = 0; start < file.size; start += step) {
    signal?.throwIfAborted();
    hash.update(new Uint8Array(await file.slice(start, start + step).arrayBuffer()));
  }
  return bytesToHex(hash.digest());
}

export const hashOfText = (text: string): string => bytesToHex(sha256(new TextEncoder().encode(text)));
