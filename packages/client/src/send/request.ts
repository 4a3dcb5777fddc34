/** A presigned request, and what it carries. */
export interface Sending {
  readonly url: string;
  readonly method: string;
  /** All that are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Blob;
  /** Gets the bytes that were sent so far. */
  readonly onProgress: (sent: number) => void;
  readonly signal: AbortSignal | undefined;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
}
