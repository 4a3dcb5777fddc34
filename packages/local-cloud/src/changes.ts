import { statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { type FSWatcher, watch } from "chokidar";

/** Folders at the top of a program's that usually hold nothing it deploys. */
const unwatchedAlways = ["coverage", "docs", "test", "tests"];

interface ChangesOptions {
  /** Saves since then count, in milliseconds since the epoch: those of before are in what was read then. */
  readonly read?: number;
  /** Further folders at the top of the root that are not watched. */
  readonly unwatched?: readonly string[] | undefined;
}

/** Editors write a file in several steps; this many milliseconds of quiet make one change. */
const quiet = 20;

/**
 * Saves of a program's files, several at once being one. A save is whatever changes a file's content or name: editors
 * write in place, or write another file and rename it over the old one, and `git checkout` removes and creates.
 */
export class Changes {
  /** Settles when every folder is watched. */
  readonly ready: Promise<void>;
  private readonly watcher: FSWatcher;
  private timer: NodeJS.Timeout | undefined;
  private announce: ((saved: number) => void) | undefined;
  private heard: number | undefined;
  private missed: number | undefined;

  constructor(root: string, { read = Date.now(), unwatched = [] }: ChangesOptions = {}) {
    const apart = new Set([...unwatchedAlways, ...unwatched]);
    const ignored = (path: string): boolean => isIgnored(relative(root, path), apart);
    this.watcher = watch(root, { ignored, atomic: false });
    const ready = Promise.withResolvers<undefined>();
    this.ready = ready.promise;
    let scanned = false;
    this.watcher.once("ready", () => {
      scanned = true;
      ready.resolve(undefined);
    });
    this.watcher.on("all", (event, path) => {
      // The first look at a folder tells of each file as added.
      if (scanned || (event === "add" && savedSince(path, read))) {
        this.hear();
      }
    });
    // Of two changes of a file within 50 ms "all" has only the first, which may be half of a save.
    this.watcher.on("raw", (_, name: string | null, details) => {
      const { watchedPath } = details as { watchedPath: string };
      if (!ignored(watchedPath) && !ignored(join(watchedPath, name ?? ""))) {
        this.hear();
      }
    });
  }

  /** Settles at the next change, or at once if there was one since the last, with `performance.now()` of its first save. */
  next(): Promise<number> {
    return new Promise((resolve) => {
      if (this.missed === undefined) {
        this.announce = resolve;
      } else {
        resolve(this.missed);
        this.missed = undefined;
      }
    });
  }

  async close(): Promise<void> {
    await this.watcher.close();
    clearTimeout(this.timer);
    this.tell();
  }

  private hear(): void {
    this.heard ??= performance.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell(), quiet);
  }

  private tell(): void {
    const { announce, heard = performance.now() } = this;
    this.heard = undefined;
    this.announce = undefined;
    if (announce) {
      announce(heard);
    } else {
      this.missed ??= heard;
    }
  }
}

/** Milliseconds by which a file system's clock may be behind. */
const tick = 20;

/** By the time of the last change of name or content: a renamed file keeps the time of its content. */
function savedSince(path: string, time: number): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && stats.ctimeMs >= time - tick;
}

/** By the path from the root: what npm installs, what is hidden, logs, and what is no part of the program. */
function isIgnored(path: string, apart: ReadonlySet<string>): boolean {
  const names = path.split(sep).filter((name) => name !== "..");
  return (
    apart.has(names[0] ?? "") || names.some((name) => name === "node_modules" || /^\.|\.log$/.test(name))
  );
}
