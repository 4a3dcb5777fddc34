/** One measured line. Names carry their unit: `p50 ms`, `requests/s`. */
export type Row = Readonly<Record<string, string | number>>;

export interface Figure {
  readonly title: string;
  /** The target. A figure that misses it does not fail. */
  readonly bar?: string;
  readonly rows: readonly Row[];
  /** What a reader must know to understand the numbers. */
  readonly notes?: readonly string[];
}

export interface Options {
  /** How often each case is measured; the figure has medians. */
  readonly rounds: number;
  /** Pictures in the burst. */
  readonly uploads: number;
  /** Whether to use the smallest numbers, to test the benchmark itself. */
  readonly smoke: boolean;
  /** Whether the free peer is fetched from npm and measured too. */
  readonly peer: boolean;
  /** Folder for the server's CPU profiles. */
  readonly profile: string | undefined;
}

/** Columns as wide as their widest cell; numbers to the right. */
export function table({ title, bar, rows, notes = [] }: Figure): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = (row: Row) => columns.map((column) => String(row[column] ?? ""));
  const widths = columns.map((column, at) =>
    Math.max(column.length, ...rows.map((row) => cells(row)[at]?.length ?? 0)),
  );
  const line = (texts: readonly string[], row?: Row) =>
    texts
      .map((text, at) =>
        typeof (row ?? rows[0])?.[columns[at] ?? ""] === "number"
          ? text.padStart(widths[at] ?? 0)
          : text.padEnd(widths[at] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [
    "",
    bar === undefined ? title : `${title} (to reach: ${bar})`,
    ...[line(columns), ...rows.map((row) => line(cells(row), row))].map((text) => `  ${text}`),
    ...notes.map((note) => `  ${note}`),
  ].join("\n");
}
