import type { Found } from "./files.ts";
import type { Observer, Outcome } from "./upload-files.ts";

export interface Show extends Observer {
  /** Prints the summary. */
  summary(milliseconds: number): void;
  readonly failed: () => number;
}

interface Counts {
  files: number;
  bytes: number;
}

const rows = {
  uploaded: "uploaded",
  existing: "already there",
  new: "would be uploaded",
  skipped: "skipped",
  failed: "failed",
} as const;

/** Prints lines of what happened to each file, and bars below them on a terminal. With `json`, a line of JSON for each. */
export function createShow(total: Counts, { json }: { readonly json: boolean }): Show {
  const counts = new Map<Outcome["status"], Counts>();
  const duplicates: string[] = [];
  let bars = process.stdout.isTTY && !json ? new Bars(total) : undefined;
  const say = (line: string) => (bars ? bars.above(line) : void process.stdout.write(`${line}\n`));
  return {
    start: (file) => bars?.start(file),
    progress: (file, sent) => bars?.progress(file, sent),
    end(file, outcome) {
      const count = counts.get(outcome.status) ?? { files: 0, bytes: 0 };
      counts.set(outcome.status, { files: count.files + 1, bytes: count.bytes + file.size });
      if ("duplicateOf" in outcome) {
        duplicates.push(`${file.path}  ${outcome.duplicateOf}`);
      }
      bars?.end(file);
      if (json) {
        say(JSON.stringify({ path: file.path, size: file.size, ...outcome }));
      } else if (!bars || outcome.status === "failed") {
        say(lineOf(file, outcome));
      }
    },
    summary(milliseconds) {
      bars?.stop();
      bars = undefined;
      if (json) {
        const entries = Array.from(counts, ([status, { files }]) => [status, files] as const);
        say(JSON.stringify({ total: total.files, ...Object.fromEntries(entries) }));
        return;
      }
      say("");
      const done = Object.entries(rows).flatMap(([status, name]) => {
        const count = counts.get(status as Outcome["status"]);
        return count ? [rowOf(name, count)] : [];
      });
      const sum = (of: keyof Counts) => [...counts.values()].reduce((all, count) => all + count[of], 0);
      const open = { files: total.files - sum("files"), bytes: total.bytes - sum("bytes") };
      const rest = open.files > 0 ? [rowOf("not reached", open)] : [];
      [...done, ...rest, rowOf("in all", total)].forEach(say);
      if (duplicates.length > 0) {
        ["", "Files with the same bytes as another asset, and its ID:", ...duplicates].forEach(say);
      }
      say(`\n${(milliseconds / 1000).toFixed(1)} s`);
    },
    failed: () => counts.get("failed")?.files ?? 0,
  };
}

const rowOf = (name: string, { files, bytes }: Counts): string =>
  `${name.padEnd(18)} ${String(files).padStart(8)} files  ${sizeOf(bytes).padStart(10)}`;

function lineOf({ path }: Found, outcome: Outcome): string {
  const more =
    outcome.status === "failed"
      ? `  ${outcome.code}: ${outcome.message}`
      : outcome.status === "skipped"
        ? `  ${outcome.reason}`
        : "id" in outcome
          ? `  ${outcome.id}`
          : "";
  return `${rows[outcome.status].padEnd(13)}  ${path}${more}`;
}

const sizeOf = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;

/** Milliseconds between two drawings. */
const frame = 100;

/** A bar for each file under way, and one for all, redrawn in their place. */
class Bars {
  private readonly total: Counts;
  private readonly files = new Map<string, { readonly file: Found; sent: number }>();
  private readonly done = { files: 0, bytes: 0 };
  private drawn = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(total: Counts) {
    this.total = total;
  }

  start(file: Found): void {
    this.files.set(file.path, { file, sent: 0 });
    this.later();
  }

  progress({ path }: Found, sent: number): void {
    const one = this.files.get(path);
    if (one) {
      one.sent = sent;
    }
    this.later();
  }

  end({ path, size }: Found): void {
    this.files.delete(path);
    this.done.files += 1;
    this.done.bytes += size;
    this.later();
  }

  above(line: string): void {
    this.wipe();
    process.stdout.write(`${line}\n`);
    this.draw();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.wipe();
  }

  private later(): void {
    this.timer ??= setTimeout(() => {
      this.wipe();
      this.draw();
    }, frame);
  }

  private wipe(): void {
    if (this.drawn > 0) {
      process.stdout.write(`\x1b[${this.drawn}A\x1b[J`);
    }
    this.drawn = 0;
  }

  private draw(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const width = process.stdout.columns || 80;
    const one = Array.from(this.files.values(), ({ file, sent }) => barOf(sent, file.size, file.path, width));
    const sent = [...this.files.values()].reduce((sum, file) => sum + file.sent, this.done.bytes);
    const words = `${this.done.files} of ${this.total.files} files, ${sizeOf(sent)} of ${sizeOf(this.total.bytes)}`;
    const lines = [...one, barOf(sent, this.total.bytes, words, width)];
    process.stdout.write(lines.map((line) => `${line}\n`).join(""));
    this.drawn = lines.length;
  }
}

function barOf(sent: number, size: number, words: string, width: number): string {
  const share = size === 0 ? 1 : Math.min(1, sent / size);
  const cells = 20;
  const full = Math.round(share * cells);
  const bar = `[${"#".repeat(full)}${" ".repeat(cells - full)}] ${String(Math.floor(share * 100)).padStart(3)} % `;
  const room = width - bar.length - 1;
  return bar + (words.length > room ? `…${words.slice(words.length - room + 1)}` : words);
}
