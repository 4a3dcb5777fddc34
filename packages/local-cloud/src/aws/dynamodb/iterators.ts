import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { AwsError } from "../../base/service.ts";

/** A shard iterator: the stream that it reads, and the engine's iterator. */
interface ShardIterator {
  readonly streamArn: string;
  readonly inner: unknown;
}

/**
 * Shard iterators that contain their stream and cannot be forged. The permission to read is granted by stream, and a
 * GetRecords request contains only the iterator. A restart ends all iterators; on AWS they end after 15 minutes.
 */
export class ShardIterators {
  readonly #secret = randomBytes(32);

  seal(iterator: ShardIterator): string {
    const text = Buffer.from(JSON.stringify(iterator)).toString("base64url");
    return `${text}.${this.#sign(text)}`;
  }

  /** Throws `ExpiredIteratorException` for an iterator that this process did not seal. */
  open(token: unknown): ShardIterator {
    const [text = "", signature = ""] = String(token).split(".");
    const expected = this.#sign(text);
    if (
      signature.length !== expected.length ||
      !timingSafeEqual(Buffer.from(signature), Buffer.from(expected))
    ) {
      throw new AwsError("ExpiredIteratorException", "The shard iterator has expired or was not given here.");
    }
    return JSON.parse(Buffer.from(text, "base64url").toString()) as ShardIterator;
  }

  #sign(text: string): string {
    return createHmac("sha256", this.#secret).update(text).digest("base64url");
  }
}
