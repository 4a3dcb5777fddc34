import { describe, expect, it } from "@jest/globals";
import { functionArn } from "../support.ts";
import {
  dead,
  type EventRecord,
  failure,
  items,
  numbers,
  ofStream,
  onFailure,
  open,
  partial,
  sequences,
  toBucket,
  write,
} from "./support.ts";

const report = { functionResponseTypes: ["ReportBatchItemFailures"] };
const poisoned = (records: readonly EventRecord[]): boolean => numbers(records).includes(13);

describe("a stream's mapping whose function fails", () => {
  it("tries a failed batch again until it succeeds, before it goes on", async () => {
    let failures = 3;
    const { start, idle, streams, events } = open({
      mappings: [ofStream({ batchSize: 2 })],
      handler: () => (failures-- > 0 ? failure : { payload: null }),
    });
    write(streams, 4);
    start();
    await idle();
    expect(events.map(numbers)).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
      [3, 4],
    ]);
  });

  it("isolates a poison record by bisecting, and sends its position to the on-failure queue", async () => {
    const { start, idle, streams, queues, events } = open({
      mappings: [
        ofStream({ bisectBatchOnFunctionError: true, maximumRetryAttempts: 1, destinationConfig: onFailure }),
      ],
      handler: (records) => (poisoned(records) ? failure : { payload: null }),
    });
    write(streams, 20);
    start();
    await idle();
    expect(new Set(events.filter((batch) => !poisoned(batch)).flatMap(numbers)).size).toBe(19);
    expect(queues.bodies(dead.id).map((body): unknown => JSON.parse(body))).toEqual([
      {
        requestContext: {
          requestId: expect.stringMatching(/^request-/),
          functionArn: functionArn("fn"),
          condition: "RetryAttemptsExhausted",
          approximateInvokeCount: expect.any(Number),
        },
        responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
        version: "1.0",
        timestamp: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
        DDBStreamBatchInfo: {
          shardId: "shard-0",
          startSequenceNumber: "91",
          endSequenceNumber: "91",
          approximateArrivalOfFirstRecord: expect.stringMatching(/:\d\dZ$/),
          approximateArrivalOfLastRecord: expect.stringMatching(/:\d\dZ$/),
          batchSize: 1,
          streamArn: items.outputs["streamArn" as "arn"],
        },
      },
    ]);
  });

  it("sends the whole batch to the destination without bisecting", async () => {
    const { start, idle, streams, queues, events } = open({
      mappings: [ofStream({ batchSize: 3, maximumRetryAttempts: 2, destinationConfig: onFailure })],
      handler: (records) => (numbers(records).includes(1) ? failure : { payload: null }),
    });
    write(streams, 6);
    start();
    await idle();
    expect(events.slice(0, 3).map(numbers)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(events.slice(3).flatMap(numbers)).toEqual([4, 5, 6]);
    expect(JSON.parse(queues.bodies(dead.id)[0] ?? "")).toMatchObject({
      requestContext: { approximateInvokeCount: 3 },
      DDBStreamBatchInfo: { startSequenceNumber: "7", endSequenceNumber: "21", batchSize: 3 },
    });
  });

  it("continues from the lowest sequence number that is reported as failed", async () => {
    let first = true;
    const { start, idle, streams, events } = open({
      mappings: [ofStream({ ...report })],
      handler: (records) => {
        const answer = first ? partial(sequences(records)[3], sequences(records)[2]) : partial();
        first = false;
        return answer;
      },
    });
    write(streams, 5);
    start();
    await idle();
    expect(events.map(numbers)).toEqual([
      [1, 2, 3, 4, 5],
      [3, 4, 5],
    ]);
  });

  it("skips records that are older than maximumRecordAgeInSeconds", async () => {
    const now = 1_700_000_000_000;
    const { start, idle, streams, queues, events } = open({
      mappings: [ofStream({ maximumRecordAgeInSeconds: 60, destinationConfig: onFailure })],
      clock: () => now,
    });
    streams.write("old", 1, { at: now / 1000 - 61 });
    streams.write("new", 2, { at: now / 1000 - 59 });
    start();
    await idle();
    expect(events.map(numbers)).toEqual([[2]]);
    const [record] = queues.bodies(dead.id).map((body) => JSON.parse(body) as Record<string, object>);
    expect(record).toMatchObject({
      requestContext: { condition: "RecordAgeExceeded", approximateInvokeCount: 0 },
    });
    expect(record).not.toHaveProperty("responseContext");
  });
});

describe("a bucket as on-failure destination", () => {
  const now = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  const giveUp = { maximumRetryAttempts: 0, batchSize: 2, destinationConfig: toBucket };
  const failing = { mappings: [ofStream(giveUp)], handler: () => failure, clock: () => now };

  it("receives whole records, as the function's role, under the name that Lambda documents", async () => {
    const { start, idle, streams, queues, objects, events } = open(failing);
    write(streams, 2);
    start();
    await idle();
    expect(objects).toHaveLength(1);
    const [{ role, key, body } = { role: "", key: "", body: "{}" }] = objects;
    expect(role).toMatch(/role\/fn-role$/);
    expect(key).toMatch(/^aws\/lambda\/map\/shard-0\/2026\/01\/02\/2026-01-02T03\.04\.05-[\da-f-]{36}$/);
    const document = JSON.parse(body) as { payload: string };
    expect(document).toMatchObject({
      requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 1 },
      timestamp: "2026-01-02T03:04:05.678Z",
      DDBStreamBatchInfo: { startSequenceNumber: "7", endSequenceNumber: "14", batchSize: 2 },
    });
    // The event itself, escaped: it can be handed to the function as it is.
    expect(JSON.parse(document.payload)).toEqual({ Records: events[0] });
    expect(queues.bodies(dead.id)).toEqual([]);
  });

  it("receives an object for each batch that failed for good", async () => {
    const { start, idle, streams, objects } = open(failing);
    write(streams, 5);
    start();
    await idle();
    const records = objects.flatMap(({ body }) => {
      const { payload } = JSON.parse(body) as { payload: string };
      return (JSON.parse(payload) as { Records: EventRecord[] }).Records;
    });
    expect(numbers(records)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(objects.map(({ key }) => key)).size).toBe(objects.length);
  });

  it("that refuses writes loses the records, and the log has their position without their data", async () => {
    const { start, idle, streams, objects, log } = open({ ...failing, full: true });
    write(streams, 2);
    start();
    await idle();
    expect(objects).toEqual([]);
    const entry = log.entries.find(({ message }) => message === "on-failure destination refused the record");
    expect(JSON.stringify(entry?.fields)).toMatch(/SlowDown/);
    expect(entry?.fields).toMatchObject({
      record: { DDBStreamBatchInfo: { batchSize: 2, startSequenceNumber: expect.any(String) as unknown } },
    });
    expect(JSON.stringify(entry?.fields)).not.toMatch(/key-2/);
  });
});
