import type { DynamoDBRecord, DynamoDBStreamEvent, S3Event } from "aws-lambda";

/** Reads an object as text. */
export type ReadObject = (bucket: string, key: string) => Promise<string>;

/** The document that Lambda writes to a bucket for records whose invocations failed. */
interface InvocationRecord {
  /** The event, as text. */
  readonly payload?: string;
}

/**
 * The failed records in the objects that an S3 notification names, in order. S3's test event names none. Throws if an
 * object has no records: the message then goes to the dead-letter queue.
 */
export async function failedRecords(message: string, read: ReadObject): Promise<readonly DynamoDBRecord[]> {
  const { Records: notified = [] } = JSON.parse(message) as Partial<S3Event>;
  const all: DynamoDBRecord[] = [];
  for (const { s3 } of notified) {
    const key = decodeURIComponent(s3.object.key.replaceAll("+", " "));
    const { payload } = JSON.parse(await read(s3.bucket.name, key)) as InvocationRecord;
    if (payload === undefined) {
      throw new Error(`${key} has no records`);
    }
    all.push(...(JSON.parse(payload) as DynamoDBStreamEvent).Records);
  }
  return all;
}
