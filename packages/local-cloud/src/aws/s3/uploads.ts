import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { Algorithm, Checksum } from "./checksums.ts";
import { transaction } from "../database.ts";
import { noSuchUpload } from "./errors.ts";

/** A multipart upload that is not complete. */
export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined if the request has none. The object then gets a checksum of S3's default algorithm. */
  readonly algorithm: Algorithm | undefined;
  readonly type: Checksum["type"];
}

export interface Part {
  readonly upload: string;
  readonly number: number;
  readonly body: string;
  readonly size: number;
  readonly etag: string;
  readonly modified: number;
  /** Base64, in the upload's algorithm. */
  readonly checksum: string | undefined;
}

export class Uploads {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  create(upload: Upload): void {
    const { id, bucket, key, headers, algorithm, type } = upload;
    this.#database
      .prepare("INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?)")
      .run(id, bucket, key, JSON.stringify(headers), algorithm ?? null, type);
  }

  /** Throws `NoSuchUpload`, also for an id of another key. */
  find(id: string, bucket: string, key: string): Upload {
    const row = this.#database
      .prepare("SELECT * FROM uploads WHERE id = ? AND bucket = ? AND key = ?")
      .get(id, bucket, key);
    if (!row) {
      throw noSuchUpload(id);
    }
    return readUpload(row);
  }

  /** In the order of their numbers. */
  parts(id: string, after = 0, limit = 10_000): Part[] {
    return this.#database
      .prepare("SELECT * FROM parts WHERE upload = ? AND number > ? ORDER BY number LIMIT ?")
      .all(id, after, limit)
      .map(readPart);
  }

  /** Stores the part and returns the part that it replaces. Throws `NoSuchUpload`. */
  putPart(upload: Upload, part: Part): Part | undefined {
    return transaction(this.#database, () => {
      this.find(upload.id, upload.bucket, upload.key);
      const [replaced] = this.parts(upload.id, part.number - 1, 1);
      this.#database
        .prepare("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?, ?)")
        .run(part.upload, part.number, part.body, part.size, part.etag, part.modified, part.checksum ?? null);
      return replaced?.number === part.number ? replaced : undefined;
    });
  }

  /** Deletes the upload's rows. The caller provides the transaction and removes the files. Throws `NoSuchUpload`. */
  remove(upload: Upload): void {
    this.find(upload.id, upload.bucket, upload.key);
    this.#database.prepare("DELETE FROM parts WHERE upload = ?").run(upload.id);
    this.#database.prepare("DELETE FROM uploads WHERE id = ?").run(upload.id);
  }

  /** Throws `NoSuchUpload`. */
  abort(upload: Upload): void {
    transaction(this.#database, () => this.remove(upload));
  }
}

function readUpload(row: Record<string, SQLOutputValue>): Upload {
  return {
    id: String(row["id"]),
    bucket: String(row["bucket"]),
    key: String(row["key"]),
    headers: JSON.parse(String(row["headers"])) as Record<string, string>,
    algorithm: (row["algorithm"] ?? undefined) as Algorithm | undefined,
    type: row["type"] as Checksum["type"],
  };
}

function readPart(row: Record<string, SQLOutputValue>): Part {
  return {
    upload: String(row["upload"]),
    number: Number(row["number"]),
    body: String(row["body"]),
    size: Number(row["size"]),
    etag: String(row["etag"]),
    modified: Number(row["modified"]),
    checksum: typeof row["checksum"] === "string" ? row["checksum"] : undefined,
  };
}
