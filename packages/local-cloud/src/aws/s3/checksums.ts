import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { Crc32c, Crc64Nvme } from "./crc.ts";

/** The algorithms of `x-amz-checksum-*`, spelled as in header names. */
export const algorithms = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"] as const;
export type Algorithm = (typeof algorithms)[number];

/** A stored checksum. A COMPOSITE value is a checksum of the parts' checksums, in the form `base64-N`. */
export interface Checksum {
  readonly algorithm: Algorithm;
  readonly value: string;
  readonly type: "FULL_OBJECT" | "COMPOSITE";
}

export interface Digest {
  update(data: Buffer): unknown;
  digest(encoding: "base64"): string;
}

/** Header or XML spelling (`crc32`, `CRC32`) to the algorithm. */
export function algorithmNamed(name: string): Algorithm | undefined {
  return algorithms.find((algorithm) => algorithm === name.toLowerCase());
}

export function createDigest(algorithm: Algorithm): Digest {
  switch (algorithm) {
    case "crc32":
      return new Crc32();
    case "crc32c":
      return new Crc32c();
    case "crc64nvme":
      return new Crc64Nvme();
    default:
      return createHash(algorithm);
  }
}

/** Whether the text is the base64 of a checksum of this algorithm. */
export function wellFormed(algorithm: Algorithm, value: string): boolean {
  const bytes = Buffer.from(value, "base64");
  return bytes.length === lengths[algorithm] && bytes.toString("base64") === value;
}

export const unsupportedAlgorithm = `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${algorithms.join(", ").toUpperCase()}]`;

/** The checksum of the parts' checksums. */
export function composite(algorithm: Algorithm, parts: readonly string[]): Checksum {
  const digest = createDigest(algorithm);
  for (const part of parts) {
    digest.update(Buffer.from(part, "base64"));
  }
  return { algorithm, value: `${digest.digest("base64")}-${parts.length}`, type: "COMPOSITE" };
}

/** `{"x-amz-checksum-crc32": ..., "x-amz-checksum-type": ...}` */
export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (!checksum) {
    return {};
  }
  return { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value, "x-amz-checksum-type": checksum.type };
}

/** `ChecksumCRC32` */
export const checksumElement = (algorithm: Algorithm): string => `Checksum${algorithm.toUpperCase()}`;

const lengths: Readonly<Record<Algorithm, number>> = {
  crc32: 4,
  crc32c: 4,
  crc64nvme: 8,
  sha1: 20,
  sha256: 32,
};

class Crc32 implements Digest {
  #value = 0;

  update(data: Buffer): void {
    this.#value = crc32(data, this.#value);
  }

  digest(): string {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#value);
    return bytes.toString("base64");
  }
}
