import { createHash, randomUUID } from "node:crypto";
import { createReadStream, mkdirSync, openSync, readdirSync, rmSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { AwsError, type Storage } from "../../base/service.ts";
import { type Algorithm, createDigest } from "./checksums.ts";

/** A received body that no object refers to yet. */
export interface Incoming {
  readonly id: string;
  readonly size: number;
  /** Hex. */
  readonly md5: string;
  /** Base64. */
  readonly checksum: string;
}

/**
 * The bytes of objects and parts, one file each. The file name is a random id, because a key can be any text. A file is
 * written to another folder, flushed and renamed before the database refers to it, so every body that the database
 * refers to is complete. The next start removes the files that a crash left. One process owns the folder.
 */
export class Bodies {
  readonly #kept: string;
  readonly #incoming: string;
  readonly #flush: boolean;

  constructor(storage: Storage) {
    this.#kept = join(storage.folder, "objects");
    this.#incoming = join(storage.folder, "incoming");
    this.#flush = !storage.memory;
    rmSync(this.#incoming, { recursive: true, force: true });
    mkdirSync(this.#incoming, { recursive: true });
    mkdirSync(this.#kept, { recursive: true });
  }

  /** Removes the files that the database does not refer to. */
  sweep(referred: ReadonlySet<string>): void {
    for (const id of readdirSync(this.#kept)) {
      if (!referred.has(id)) {
        rmSync(join(this.#kept, id));
      }
    }
  }

  /** Writes and hashes the bytes. If the source fails, the file is removed. The caller then calls `keep` or `discard`. */
  async receive(source: AsyncIterable<Buffer>, algorithm: Algorithm): Promise<Incoming> {
    const id = randomUUID();
    const file = await open(join(this.#incoming, id), "wx", 0o600);
    try {
      const hashed = await write(file, source, algorithm);
      if (this.#flush) {
        await file.datasync();
      }
      await file.close();
      return { id, ...hashed };
    } catch (error) {
      await file.close();
      await this.discard(id);
      throw error;
    }
  }

  async keep(id: string): Promise<void> {
    await rename(join(this.#incoming, id), join(this.#kept, id));
  }

  async discard(id: string): Promise<void> {
    await rm(join(this.#incoming, id), { force: true });
  }

  async remove(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => rm(join(this.#kept, id), { force: true })));
  }

  /**
   * The bytes from `start` to `end`, both included. The file is open when this returns. Called in the same turn as the
   * look-up of the object, it reads that object to the end, even if the object is overwritten or deleted meanwhile.
   */
  read(id: string, range?: { readonly start: number; readonly end: number }): Readable {
    const path = join(this.#kept, id);
    return createReadStream(path, { ...range, fd: openBody(path), autoClose: true });
  }
}

function openBody(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new AwsError("InternalError", `The object's bytes cannot be read: ${cause}`, 500);
  }
}

async function write(
  file: FileHandle,
  source: AsyncIterable<Buffer>,
  algorithm: Algorithm,
): Promise<Omit<Incoming, "id">> {
  const md5 = createHash("md5");
  const digest = createDigest(algorithm);
  let size = 0;
  for await (const bytes of source) {
    md5.update(bytes);
    digest.update(bytes);
    size += bytes.length;
    await writeAll(file, bytes);
  }
  return { size, md5: md5.digest("hex"), checksum: digest.digest("base64") };
}

/** One write may write only a part of the bytes. */
async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await file.write(bytes, written)).bytesWritten;
  }
}
