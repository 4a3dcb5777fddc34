import type { IncomingMessage } from "node:http";
import { AwsError } from "../../base/service.ts";

/** The maximum request of a JSON service, in bytes: DynamoDB's 16 MB. */
export const jsonLimit = 16 * 1024 * 1024;

/** The maximum memory of all incomplete bodies, in bytes. A body that stops stays until its time-out. */
const maxHeld = 256 * 1024 * 1024;

export interface Hold {
  /** Adds bytes. Returns false, and adds nothing, if they exceed the budget. */
  add(bytes: number): boolean;
  /** Releases all bytes of this hold. */
  release(): void;
}

/** A memory budget that all bodies share. Returns a function that makes a hold for one body. */
export function createBudget(max: number): () => Hold {
  let held = 0;
  return () => {
    let own = 0;
    return {
      add(bytes) {
        if (held + bytes > max) {
          return false;
        }
        own += bytes;
        held += bytes;
        return true;
      },
      release() {
        held -= own;
        own = 0;
      },
    };
  };
}

/** The budget of this process. */
export const holdBody = createBudget(maxHeld);

/** Returns a function that reads the body at its first call, and returns the same bytes later. */
export function createBody(
  request: IncomingMessage,
  hold: Hold = holdBody(),
): (limit?: number) => Promise<Buffer> {
  let whole: Promise<Buffer> | undefined;
  return async (limit = Number.POSITIVE_INFINITY) => {
    whole ??= read(request, limit, hold).finally(() => hold.release());
    const body = await whole;
    if (body.length > limit) {
      throw tooLarge(limit);
    }
    return body;
  };
}

async function read(request: IncomingMessage, limit: number, hold: Hold): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > limit) {
    throw tooLarge(limit);
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of arriving(request)) {
    length += chunk.length;
    if (length > limit) {
      throw tooLarge(limit);
    }
    if (!hold.add(chunk.length)) {
      throw new AwsError("ServiceUnavailable", "Reduce your request rate.", 503);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

async function* arriving(request: IncomingMessage): AsyncIterable<Buffer> {
  try {
    yield* request as AsyncIterable<Buffer>;
  } catch {
    throw new AwsError("IncompleteBody", "The connection ended before the whole body had arrived.");
  }
}

function tooLarge(limit: number): AwsError {
  return new AwsError("RequestEntityTooLarge", `The request is larger than ${limit} bytes.`, 413);
}
