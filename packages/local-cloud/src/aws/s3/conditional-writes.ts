import { AwsError } from "../../base/service.ts";
import { etagMatches } from "./conditions.ts";
import { headerNotImplemented, noSuchKey, preconditionFailed } from "./errors.ts";
import type { BucketRequest } from "./request.ts";
import type { StoredObject } from "./objects.ts";
import type { Store } from "./store.ts";

/** Throws unless the conditions allow the write. Gets the current object. */
export type Check = (current: StoredObject | undefined) => void;

/**
 * If-Match and If-None-Match of writes. They are checked before the body is received, and again in the transaction that
 * stores it. Of concurrent writes the first to commit succeeds and the others get 412. After a concurrent delete: 409.
 * Source: docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export class ConditionalWrites {
  readonly #store: Store;
  readonly #watches = new Set<Watch>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Runs the write with the check that it must call when it commits. */
  async run<Result>(request: BucketRequest, write: (check: Check) => Promise<Result>): Promise<Result> {
    const check = readCheck(request);
    if (!check) {
      return write(() => undefined);
    }
    const { bucket, key } = request;
    check(this.#store.find(bucket, key));
    const watch: Watch = { bucket, key, deleted: false };
    this.#watches.add(watch);
    try {
      return await write((current) => {
        check(current);
        if (watch.deleted) {
          throw conflict(request.header("if-match") === undefined ? "If-None-Match" : "If-Match", key);
        }
      });
    } finally {
      this.#watches.delete(watch);
    }
  }

  /** Makes running conditional writes of the key fail, because its object has been deleted. */
  deleted(bucket: string, key: string): void {
    for (const watch of this.#watches) {
      watch.deleted ||= watch.bucket === bucket && watch.key === key;
    }
  }
}

/** The conditions of a write or delete request. Undefined without conditions. */
export function readCheck(request: BucketRequest): Check | undefined {
  const match = request.header("if-match");
  const noneMatch = request.header("if-none-match");
  if (match !== undefined && noneMatch !== undefined) {
    const both = "Multiple conditional request headers present in the request";
    throw headerNotImplemented("If-Match,If-None-Match", both);
  }
  if (noneMatch !== undefined && noneMatch !== "*") {
    throw valueNotImplemented("If-None-Match");
  }
  if (match === "*" && request.method !== "DELETE") {
    throw valueNotImplemented("If-Match");
  }
  if (match === undefined && noneMatch === undefined) {
    return undefined;
  }
  return (current) => {
    if (noneMatch !== undefined && current) {
      throw preconditionFailed("If-None-Match");
    }
    if (match === undefined) {
      return;
    }
    if (!current) {
      throw noSuchKey(request.key);
    }
    if (!etagMatches(match, current.etag)) {
      throw preconditionFailed("If-Match");
    }
  };
}

const valueNotImplemented = (header: string) =>
  headerNotImplemented(header, `We don't accept the provided value of ${header} header for this API`);

interface Watch {
  readonly bucket: string;
  readonly key: string;
  deleted: boolean;
}

const conflict = (condition: string, key: string): AwsError =>
  new AwsError(
    "ConditionalRequestConflict",
    "The conditional request cannot succeed due to a conflicting operation against this resource.",
    409,
    { Condition: condition, Key: key },
  );
