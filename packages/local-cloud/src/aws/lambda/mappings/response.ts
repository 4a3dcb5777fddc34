/**
 * The identifiers that a function reports as failed. "all" for an answer that fails the whole batch on AWS, such as one
 * with an unknown identifier.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function failuresIn(payload: unknown, identifiers: readonly string[]): ReadonlySet<string> | "all" {
  if (payload === null || payload === undefined) {
    return new Set();
  }
  if (typeof payload !== "object") {
    return "all";
  }
  const failures = (payload as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (!Array.isArray(failures)) {
    return "all";
  }
  const reported = failures.map((each) => (each as { itemIdentifier?: unknown } | null)?.itemIdentifier);
  const known = reported.filter((id): id is string => typeof id === "string" && identifiers.includes(id));
  return known.length === reported.length ? new Set(known) : "all";
}

/** Splits records into as few events of at most 6 MB as possible, in order. */
export function chunksOf<Item>(records: readonly Item[], limit = 6_000_000): Item[][] {
  const chunks: Item[][] = [];
  let size = Infinity;
  for (const record of records) {
    const bytes = Buffer.byteLength(JSON.stringify(record)) + 1;
    if (size + bytes > limit) {
      chunks.push([]);
      size = 0;
    }
    chunks.at(-1)?.push(record);
    size += bytes;
  }
  return chunks;
}
