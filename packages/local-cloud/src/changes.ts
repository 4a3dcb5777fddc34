import { statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { type FSWatcher, watch } from "chokidar";

/** Folders at the top of a program's folder that usually hold nothing it deploys. */
const unwatchedAlways = ["coverage", "docs", "test", "tests"];

interface ChangesOptions {
  /** Earlier saves are ignored, because they were read already. Milliseconds since the epoch. */
  readonly read?: number;
  /** More folders at the top of the root that are not watched. */
  readonly unwatched?: readonly string[] | undefined;
}

/** Editors write a file in several steps. Writes that are closer together, in milliseconds, are one change. */
const quiet = 20;

/**
 * Watches for saves of a program's files. Saves that happen together are one change. A save is any change of a file's
 * content or name: editors write in place, or rename a new file over the old one, and `git checkout` removes and creates.
 */
export class Changes {
  /** Settles when every folder is watched. */
  readonly ready: Promise<void>;
  private readonly watcher: FSWatcher;
  private timer: NodeJS.Timeout | undefined;
  private waiting: ((saved: number) => void) | undefined;
  /** `performance.now()` of the first save of the change that is under way. */
  private first: number | undefined;
  private whenMissed: (() => void) | undefined;
  /** That of a change for which nobody waited. */
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
      // The first scan reports each existing file as added.
      if (scanned || (event === "add" && savedSince(path, read))) {
        this.noteSave();
      }
    });
    // "all" reports only the first of two changes of a file within 50 ms, and that may be half of a save.
    this.watcher.on("raw", (_, name: string | null, details) => {
      const { watchedPath } = details as { watchedPath: string };
      if (!ignored(watchedPath) && !ignored(join(watchedPath, name ?? ""))) {
        this.noteSave();
      }
    });
  }

  /** Resolves when a change was missed: a save for which nobody waited. `next` still returns it. */
  missing(): Promise<void> {
    return new Promise((resolve) => {
      if (this.missed === undefined) {
        this.whenMissed = resolve;
      } else {
        resolve();
      }
    });
  }

  /** Resolves at the next change, or immediately if one was missed, to `performance.now()` of its first save. */
  next(): Promise<number> {
    return new Promise((resolve) => {
      if (this.missed === undefined) {
        this.waiting = resolve;
      } else {
        resolve(this.missed);
        this.missed = undefined;
      }
    });
  }

  async close(): Promise<void> {
    await this.watcher.close();
    clearTimeout(this.timer);
    this.report();
  }

  private noteSave(): void {
    this.first ??= performance.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.report(), quiet);
  }

  private report(): void {
    const { waiting, first = performance.now() } = this;
    this.first = undefined;
    this.waiting = undefined;
    if (waiting) {
      waiting(first);
    } else {
      this.missed ??= first;
      this.whenMissed?.();
    }
  }
}

/** Milliseconds by which a file system's clock may be late. */
const tick = 20;

/** By ctime, which a rename changes too: a renamed file keeps its mtime. */
function savedSince(path: string, time: number): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && stats.ctimeMs >= time - tick;
}

/** Ignores node_modules, hidden files, logs, and folders that are not part of the program. `path` is relative to the root. */
function isIgnored(path: string, apart: ReadonlySet<string>): boolean {
  const names = path.split(sep).filter((name) => name !== "..");
  return (
    apart.has(names[0] ?? "") || names.some((name) => name === "node_modules" || /^\.|\.log$/.test(name))
  );
}
