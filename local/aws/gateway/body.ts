import type { IncomingMessage } from "node:http";
import { AwsError } from "../service.ts";

/** The largest request that a JSON service takes: DynamoDB's 16 MB. */
export const jsonLimit = 16 * 1024 * 1024;

/** Reads the body at most once, however often it is asked for. */
export function createBody(request: IncomingMessage): (limit?: number) => Promise<Buffer> {
  let whole: Promise<Buffer> | undefined;
  return async (limit = Number.POSITIVE_INFINITY) => {
    whole ??= read(request, limit);
    const body = await whole;
    if (body.length > limit) throw tooLarge(limit);
    return body;
  };
}

async function read(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function tooLarge(limit: number): AwsError {
  return new AwsError("RequestEntityTooLarge", `The request is larger than ${limit} bytes.`, 413);
}
