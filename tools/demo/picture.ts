import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { sentenceOf, UsageError } from "../../packages/local-cloud/src/command.ts";
import { mediaTypeOf } from "../media.ts";

export interface Picture {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** Largest upload: 100 MiB. */
const maxBytes = 104_857_600;

/** Reads a file for the upload, and finds its type by its content. Throws `UsageError` if it cannot be uploaded. */
export function readPicture(file: string): Picture {
  const bytes = read(file);
  const contentType = typeOf(bytes);
  if (contentType === undefined) {
    throw new UsageError(`${file} is not a picture, a video, PDF or text: the demo does not know its type`);
  }
  return { name: basename(file), contentType, bytes };
}

function read(file: string): Buffer {
  try {
    const { size } = statSync(file);
    if (size > maxBytes) {
      throw new UsageError(`${file} has ${size} bytes; Darkroom takes ${maxBytes} (100 MiB)`);
    }
    const bytes = readFileSync(file);
    if (bytes.length === 0) {
      throw new UsageError(`${file} is empty`);
    }
    return bytes;
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(sentenceOf(nameFile(error, file)));
  }
}

/** The error for a folder does not have its path. */
const nameFile = (error: unknown, path: string): unknown => Object.assign(new Error(), error, { path });

const typeOf = (bytes: Buffer): string | undefined =>
  mediaTypeOf(bytes) ?? (isText(bytes) ? "text/plain" : undefined);

function isText(bytes: Buffer): boolean {
  try {
    return !new TextDecoder("utf-8", { fatal: true }).decode(bytes).includes("\0");
  } catch {
    return false;
  }
}
