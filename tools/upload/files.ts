import { type Dirent, readdirSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import { sentenceOf, UsageError } from "../../packages/local-cloud/src/command.ts";
import { mediaTypeOf, signatureBytes } from "../media.ts";

export interface Found {
  readonly path: string;
  readonly size: number;
  readonly modified: number;
}

/** What systems and other programs leave in folders of pictures. */
const clutter = /^(?:\..*|@eaDir|__MACOSX|Thumbs\.db|desktop\.ini)$/i;

/** All files that the paths name, folders with all that is below them. Throws `UsageError` for a path that is not there. */
export function* findFiles(paths: readonly string[]): Generator<Found> {
  const seen = new Set<string>();
  for (const path of paths) {
    for (const found of filesAt(path)) {
      if (!seen.has(found.path)) {
        seen.add(found.path);
        yield found;
      }
    }
  }
}

function* filesAt(path: string): Generator<Found> {
  const stats = stat(path);
  if (!stats.isDirectory()) {
    yield { path, size: stats.size, modified: stats.mtimeMs };
    return;
  }
  for (const entry of entriesOf(path)) {
    const inner = join(path, entry.name);
    // Links may lead in circles.
    if (!clutter.test(entry.name) && (entry.isDirectory() || entry.isFile())) {
      yield* filesAt(inner);
    }
  }
}

const stat = (path: string) => named(path, () => statSync(path));

const entriesOf = (path: string): Dirent[] =>
  named(path, () => readdirSync(path, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));

function named<Result>(path: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw new UsageError(sentenceOf(Object.assign(new Error(), error, { path })));
  }
}

/** The media type by the file's first bytes. Undefined if it is none that is uploaded. */
export async function typeOf(path: string): Promise<string | undefined> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(signatureBytes), 0, signatureBytes, 0);
    return mediaTypeOf(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** The same name on every system: macOS composes letters otherwise. */
export const nameOf = (path: string): string => basename(path).normalize("NFC");
