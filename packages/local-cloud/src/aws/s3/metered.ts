import type { Meter } from "../../base/meter.ts";

/** https://aws.amazon.com/s3/pricing/ names PUT, COPY, POST and LIST, and makes DELETE free. */
export function countRequest(meter: Meter, operation: string, bucket: string): void {
  if (free.has(operation)) {
    return;
  }
  meter.count(reads.has(operation) ? "s3.reads" : "s3.writes", bucket);
}

const free = new Set(["AbortMultipartUpload", "DeleteObject"]);

const reads = new Set(["GetBucketLocation", "GetBucketVersioning", "GetObject", "HeadBucket", "HeadObject"]);
