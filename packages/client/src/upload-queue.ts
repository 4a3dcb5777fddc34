import type { Endpoint } from "./api.ts";
import type { Asset } from "./schema.ts";
import { received, upload, type UploadOptions } from "./upload.ts";

export interface QueuedUpload {
  /** The queue's own. */
  readonly id: string;
  readonly file: Blob;
  readonly name: string;
  readonly status: "waiting" | "preparing" | "sending" | "verifying" | "done" | "failed" | "cancelled";
  /** Bytes, of `file.size`. */
  readonly sent: number;
  /** Once it is reserved. */
  readonly asset: Asset | undefined;
  /** The same upload succeeded before: nothing was sent. */
  readonly existing: boolean;
  /** Why it failed. */
  readonly error: unknown;
}

export interface UploadTotals {
  readonly files: number;
  /** Received by Darkroom, not only sent. */
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Files that are still waiting or under way. */
  readonly active: number;
  /** Of all files but the failed and cancelled. */
  readonly bytes: number;
  readonly sent: number;
}

/** Immutable: another object after each change. */
export interface UploadQueueState {
  readonly uploads: readonly QueuedUpload[];
  readonly totals: UploadTotals;
}

type QueueableOptions = Omit<UploadOptions, "onProgress" | "onReserved" | "signal" | "until">;

export interface UploadQueueOptions {
  /** Uploads at the same time. Default 4. */
  readonly concurrency?: number | undefined;
  /** Resolves when an upload that was sent is verified; rejects if it was rejected. By default, the API is asked. */
  readonly whenReceived?: (asset: Asset, signal: AbortSignal) => Promise<Asset>;
}

interface Entry {
  upload: QueuedUpload;
  readonly options: QueueableOptions;
  end: AbortController;
}

/** Milliseconds between two notices of progress: about one for each frame. */
const frame = 16;

const idle: Omit<QueuedUpload, "id" | "file" | "name"> = {
  status: "waiting",
  sent: 0,
  asset: undefined,
  existing: false,
  error: undefined,
};

/** Uploads files, a few at a time, and says how far each is. A failure does not stop the others. */
export class UploadQueue {
  private readonly endpoint: Endpoint;
  private readonly concurrency: number;
  private readonly whenReceived: (asset: Asset, signal: AbortSignal) => Promise<Asset>;
  private readonly entries = new Map<string, Entry>();
  private readonly listeners = new Set<() => void>();
  private current: UploadQueueState | undefined;
  private lanes = 0;
  private lastId = 0;
  private notice: ReturnType<typeof setTimeout> | undefined;

  constructor(endpoint: Endpoint, { concurrency = 4, whenReceived }: UploadQueueOptions = {}) {
    this.endpoint = endpoint;
    this.concurrency = concurrency;
    this.whenReceived = whenReceived ?? ((asset, signal) => received(endpoint, asset, signal));
  }

  /** Returns the ids in the order of the files. */
  readonly add = (files: Iterable<Blob>, options: QueueableOptions = {}): string[] => {
    const ids = Array.from(files, (file) => {
      this.lastId += 1;
      const id = String(this.lastId);
      const name = options.filename ?? (file as Partial<File>).name ?? "";
      this.entries.set(id, { upload: { id, file, name, ...idle }, options, end: new AbortController() });
      return id;
    });
    this.changed();
    this.fill();
    return ids;
  };

  /** Continues with the same asset, if that was reserved. Without ids: all that failed. */
  readonly retry = (...ids: string[]): void => {
    for (const entry of this.chosen(ids, ({ status }) => status === "failed" || status === "cancelled")) {
      if (ids.length > 0 || entry.upload.status === "failed") {
        entry.end = new AbortController();
        this.set(entry, idle);
      }
    }
    this.fill();
  };

  /** Without ids: all that are not finished. */
  readonly cancel = (...ids: string[]): void => {
    for (const entry of this.chosen(ids, isActive)) {
      entry.end.abort();
      this.set(entry, { status: "cancelled" });
    }
  };

  /** Forgets uploads that are finished: done, failed or cancelled. Without ids: all of them. */
  readonly clear = (...ids: string[]): void => {
    for (const { upload: finished } of this.chosen(ids, (one) => !isActive(one))) {
      this.entries.delete(finished.id);
    }
    this.changed();
  };

  /** Returns a function that ends the subscription. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly state = (): UploadQueueState => {
    if (!this.current) {
      const uploads = Array.from(this.entries.values(), ({ upload: one }) => one);
      this.current = { uploads, totals: totalsOf(uploads) };
    }
    return this.current;
  };

  private chosen(ids: readonly string[], holds: (upload: QueuedUpload) => boolean): Entry[] {
    const candidates = ids.length > 0 ? ids.map((id) => this.entries.get(id)) : [...this.entries.values()];
    return candidates.filter((entry) => entry !== undefined && holds(entry.upload)) as Entry[];
  }

  private fill(): void {
    for (const entry of this.entries.values()) {
      if (this.lanes >= this.concurrency) {
        return;
      }
      if (entry.upload.status === "waiting") {
        void this.run(entry, entry.end.signal);
      }
    }
  }

  /** A lane is free again when the bytes are sent: the API verifies them meanwhile. */
  private async run(entry: Entry, signal: AbortSignal): Promise<void> {
    this.lanes += 1;
    this.set(entry, { status: "preparing" });
    const update = (change: Partial<QueuedUpload>) => {
      if (!signal.aborted) {
        this.set(entry, change);
      }
    };
    const sent = await this.send(entry, signal, update)
      .finally(() => (this.lanes -= 1))
      .catch((error: unknown) => update({ status: "failed", error }));
    this.fill();
    if (sent?.state === "CREATED") {
      await this.whenReceived(sent, signal).then(
        (asset) => update({ status: "done", asset }),
        (error: unknown) => update({ status: "failed", error }),
      );
    }
  }

  private async send(
    { upload: { file }, options }: Entry,
    signal: AbortSignal,
    update: (change: Partial<QueuedUpload>) => void,
  ): Promise<Asset> {
    const { asset } = await upload(this.endpoint, file, {
      ...options,
      signal,
      onReserved: (reserved, existing) =>
        update({ status: "sending", asset: reserved, existing, sent: existing ? file.size : 0 }),
      onProgress: (sent) => update({ sent }),
    });
    update({ status: asset.state === "CREATED" ? "verifying" : "done", sent: file.size });
    return asset;
  }

  private set(entry: Entry, change: Partial<QueuedUpload>): void {
    entry.upload = { ...entry.upload, ...change };
    this.changed();
  }

  private changed(): void {
    this.current = undefined;
    this.notice ??= setTimeout(() => {
      this.notice = undefined;
      for (const listener of [...this.listeners]) {
        listener();
      }
    }, frame);
  }
}

const isActive = ({ status }: QueuedUpload): boolean =>
  status !== "done" && status !== "failed" && status !== "cancelled";

function totalsOf(uploads: readonly QueuedUpload[]): UploadTotals {
  const totals = { files: uploads.length, done: 0, failed: 0, cancelled: 0, active: 0, bytes: 0, sent: 0 };
  for (const one of uploads) {
    const { status } = one;
    totals[status === "done" || status === "failed" || status === "cancelled" ? status : "active"] += 1;
    if (status !== "failed" && status !== "cancelled") {
      totals.bytes += one.file.size;
      totals.sent += one.sent;
    }
  }
  return totals;
}
