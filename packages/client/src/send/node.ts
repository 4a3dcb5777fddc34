import http from "node:http";
import https from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Reply, Sending } from "./request.ts";

/** Rejects with the signal's reason, or an error of the network. `fetch` would send a stream without its length, which S3 refuses. */
export async function send({ url, method, headers, body, onProgress, signal }: Sending): Promise<Reply> {
  const { request: open } = url.startsWith("https:") ? https : http;
  const length = { "content-length": String(body.size) };
  const request = open(url, { method, headers: { ...headers, ...length }, ...(signal && { signal }) });
  const answered = new Promise<Reply>((resolve, reject) => {
    request.once("error", reject);
    request.once("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
      );
    });
  });
  // S3 may refuse before it has read everything, and then closes: the answer counts, not the broken pipe.
  pipeline(Readable.from(counted(body, onProgress)), request).catch(() => undefined);
  try {
    return await answered;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

async function* counted(body: Blob, onProgress: (sent: number) => void): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of body.stream() as AsyncIterable<Uint8Array>) {
    yield chunk;
    // The next chunk is asked for when this one was taken.
    sent += chunk.byteLength;
    onProgress(sent);
  }
}
