import { createHash, randomUUID } from "node:crypto";
import { createReadStream, mkdirSync, openSync, readdirSync, rmSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { AwsError, type Storage } from "../../base/service.ts";
import { type Algorithm, createDigest } from "./checksums.ts";

/** Bytes on disk that no object has yet. */
export interface Incoming {
  readonly id: string;
  readonly size: number;
  /** Hex. */
  readonly md5: string;
  /** Base64. */
  readonly checksum: string;
}

/**
 * The bytes of objects and parts, one file each, named by an id of ours and never by a key: a key is any text.
 * A file is written aside, flushed, renamed, and only then committed in the database; so what is committed is
 * whole, and what a crash leaves over is swept at the next start. One process owns the folder.
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

  /** Removes the files that nothing refers to. */
  sweep(referred: ReadonlySet<string>): void {
    for (const id of readdirSync(this.#kept)) {
      if (!referred.has(id)) {
        rmSync(join(this.#kept, id));
      }
    }
  }

  /** Writes and hashes the bytes; leaves nothing if the source fails. Then `keep` or `discard`. */
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
   * The bytes from `start` to `end`, both included. Opens the file before it returns: called in the same turn as
   * the look-up of the object, it reads that object to its end, whoever overwrites or deletes it meanwhile.
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

/** One write may take less than it is given. */
async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await file.write(bytes, written)).bytesWritten;
  }
}
