import { AwsError } from "../../base/service.ts";
import { invalidRequest } from "./errors.ts";

/**
 * Decodes `aws-chunked` without signatures (`STREAMING-UNSIGNED-PAYLOAD-TRAILER`), piece by piece:
 * `size CRLF data CRLF ... 0 CRLF trailer:value CRLF CRLF`.
 * Source: docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export class ChunkedDecoder {
  /** Complete when `end` has returned. Names are in lower case. */
  readonly trailers = new Map<string, string>();
  #state: "size" | "data" | "boundary" | "trailer" | "done" = "size";
  #remaining = 0;
  #line = "";

  /** Returns the data in these bytes. Throws `InvalidRequest` if they are not aws-chunked. */
  push(bytes: Buffer): Buffer[] {
    const data: Buffer[] = [];
    let rest = bytes;
    while (rest.length > 0) {
      rest = this.#state === "data" ? this.#data(rest, data) : this.#text(rest);
    }
    return data;
  }

  /** Throws `IncompleteBody` unless the last chunk and its trailers have arrived. */
  end(): void {
    if (this.#state !== "done") {
      throw incompleteBody();
    }
  }

  #data(bytes: Buffer, data: Buffer[]): Buffer {
    const taken = bytes.subarray(0, this.#remaining);
    data.push(taken);
    this.#remaining -= taken.length;
    if (this.#remaining === 0) {
      this.#state = "boundary";
    }
    return bytes.subarray(taken.length);
  }

  #text(bytes: Buffer): Buffer {
    const newline = bytes.indexOf("\n");
    const end = newline < 0 ? bytes.length : newline + 1;
    this.#line += bytes.toString("latin1", 0, end);
    if (this.#line.length > longestLine) {
      throw malformed();
    }
    if (newline >= 0) {
      if (!this.#line.endsWith("\r\n")) {
        throw malformed();
      }
      this.#read(this.#line.slice(0, -2));
      this.#line = "";
    }
    return bytes.subarray(end);
  }

  #read(line: string): void {
    if (this.#state === "size") {
      this.#size(line);
    } else if (this.#state === "trailer") {
      this.#trailer(line);
    } else if (this.#state === "boundary" && line === "") {
      this.#state = "size";
    } else {
      throw malformed();
    }
  }

  #size(line: string): void {
    if (!/^[0-9a-f]{1,10}$/i.test(line)) {
      throw malformed();
    }
    this.#remaining = Number.parseInt(line, 16);
    this.#state = this.#remaining === 0 ? "trailer" : "data";
  }

  #trailer(line: string): void {
    if (line === "") {
      this.#state = "done";
      return;
    }
    const [, name, value] = /^([\w-]+):\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined || this.trailers.size >= 8) {
      throw malformed();
    }
    this.trailers.set(name.toLowerCase(), value);
  }
}

export const incompleteBody = (): AwsError =>
  new AwsError(
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
  );

const longestLine = 4096;

const malformed = (): AwsError => invalidRequest("The aws-chunked body is malformed.");
