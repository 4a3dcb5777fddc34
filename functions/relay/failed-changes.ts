import type { DynamoDBRecord, DynamoDBStreamEvent, S3Event } from "aws-lambda";

/** Reads an object as text. */
export type ReadObject = (bucket: string, key: string) => Promise<string>;

/** The document that Lambda writes to a bucket for records that a function failed on. */
interface InvocationRecord {
  /** The event, as text. */
  readonly payload?: string;
}

/**
 * The records that Lambda gave up on, in order. The message is S3's notification, which names the objects that hold
 * them; S3's test event names none. Throws for an object without records: its message goes to the dead-letter queue.
 */
export async function failedRecords(message: string, read: ReadObject): Promise<readonly DynamoDBRecord[]> {
  const { Records: notified = [] } = JSON.parse(message) as Partial<S3Event>;
  const all: DynamoDBRecord[] = [];
  for (const { s3 } of notified) {
    const key = decodeURIComponent(s3.object.key.replaceAll("+", " "));
    const { payload } = JSON.parse(await read(s3.bucket.name, key)) as InvocationRecord;
    if (payload === undefined) {
      throw new Error(`${key} holds no records`);
    }
    all.push(...(JSON.parse(payload) as DynamoDBStreamEvent).Records);
  }
  return all;
}
