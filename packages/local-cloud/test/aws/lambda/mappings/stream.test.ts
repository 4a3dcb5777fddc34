import { describe, expect, it } from "@jest/globals";
import { laneOf } from "../../../../src/aws/lambda/mappings/lane.ts";
import { temporaryStorage } from "../../graph.ts";
import { FakeStreams } from "./fake-streams.ts";
import { failure, items, numbers, ofStream, open, write } from "./support.ts";

describe("a stream's mapping", () => {
  it("delivers records in AWS's shape", async () => {
    const { start, idle, streams, events } = open({ mappings: [ofStream()] });
    start();
    streams.write("a", 1, { at: 1_700_000_000.5 });
    streams.write("b", 2, { ttl: true });
    await idle();
    const [first, second] = events.flat();
    expect(first).toEqual({
      eventID: "event-7",
      eventName: "INSERT",
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: "eu-west-1",
      dynamodb: {
        ApproximateCreationDateTime: 1_700_000_000,
        Keys: { pk: { S: "a" } },
        NewImage: { pk: { S: "a" }, n: { N: "1" } },
        SequenceNumber: "7",
        SizeBytes: 10,
        StreamViewType: "NEW_AND_OLD_IMAGES",
      },
      eventSourceARN: items.outputs["streamArn" as "arn"],
    });
    expect(second).toMatchObject({
      userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" },
    });
  });

  it("keeps the order, in batches of at most batchSize", async () => {
    const { start, idle, streams, events } = open({ mappings: [ofStream({ batchSize: 4 })] });
    write(streams, 20);
    start();
    await idle();
    expect(events.flatMap(numbers)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(Math.max(...events.map((batch) => batch.length))).toBeLessThanOrEqual(4);
  });

  it("wakes when the table is written", async () => {
    const seen = Promise.withResolvers<undefined>();
    const { start, idle, streams } = open({
      mappings: [ofStream()],
      handler: () => {
        seen.resolve(undefined);
        return { payload: null };
      },
    });
    start();
    await idle();
    streams.write("a", 1);
    await seen.promise;
  });

  it("with LATEST begins at the stream's end, and misses nothing across a restart", async () => {
    const storage = temporaryStorage();
    const streams = new FakeStreams("shard-0");
    write(streams, 8);
    const mappings = [ofStream({ startingPosition: "LATEST" })];
    const first = open({ mappings, storage, streams });
    first.start();
    await first.idle();
    await first.stop();
    expect(first.events).toEqual([]);
    write(streams, 2, 9);
    const second = open({ mappings, storage, streams });
    second.start();
    await second.idle();
    expect(second.events.flatMap(numbers)).toEqual([9, 10]);
  });

  it("continues from its checkpoint after a restart: skips nothing, and repeats what was not done", async () => {
    const storage = temporaryStorage();
    const streams = new FakeStreams("shard-0");
    write(streams, 6);
    const reached = Promise.withResolvers<undefined>();
    const first = open({
      mappings: [ofStream({ batchSize: 2 })],
      storage,
      streams,
      drainMs: 1,
      handler: (records) => {
        if (!numbers(records).includes(3)) {
          return { payload: null };
        }
        reached.resolve(undefined);
        return new Promise(() => undefined);
      },
    });
    first.start();
    await reached.promise;
    await first.stop();
    const second = open({ mappings: [ofStream({ batchSize: 2 })], storage, streams });
    second.start();
    await second.idle();
    expect(second.events.flatMap(numbers)).toEqual([3, 4, 5, 6]);
  });

  it("keeps the order of each key when it runs batches of a shard concurrently", async () => {
    const { start, idle, streams, events } = open({
      mappings: [ofStream({ parallelizationFactor: 4, batchSize: 2 })],
    });
    for (let n = 0; n < 60; n++) {
      streams.write(`key-${n % 6}`, n);
    }
    start();
    await idle();
    const all = events.flat();
    expect(all).toHaveLength(60);
    for (let key = 0; key < 6; key++) {
      const own = numbers(all.filter(({ dynamodb }) => dynamodb.NewImage.pk.S === `key-${key}`));
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
  });

  it("keeps the order of an item, and not that of a partition", () => {
    const laneOfRecord = (pk: string, n: number) =>
      laneOf(
        { dynamodb: { Keys: { pk: { S: pk }, sk: { N: String(n) } }, SequenceNumber: String(n) } },
        1_000_000,
      );
    expect(laneOfRecord("a", 1)).toEqual(expect.any(Number));
    expect(laneOfRecord("a", 1)).toBe(laneOfRecord("a", 1));
    expect(laneOfRecord("a", 2)).not.toBe(laneOfRecord("a", 1));
    expect(laneOfRecord("b", 1)).not.toBe(laneOfRecord("a", 1));
  });

  it("is not delayed for other keys by failures of one, and its checkpoint does not pass them", async () => {
    const storage = temporaryStorage();
    const streams = new FakeStreams("shard-0");
    const mappings = [ofStream({ parallelizationFactor: 10, batchSize: 1 })];
    const others = Promise.withResolvers<undefined>();
    const seen = new Set<number>();
    const first = open({
      mappings,
      storage,
      streams,
      handler: (records) => {
        if (numbers(records)[0] === 0) {
          return failure;
        }
        for (const n of numbers(records)) {
          seen.add(n);
        }
        if (seen.size === 9) {
          others.resolve(undefined);
        }
        return { payload: null };
      },
    });
    streams.write("stuck", 0);
    let n = 1;
    for (let key = 0; n < 10; key++) {
      if (laneDiffers(`key-${key}`)) {
        streams.write(`key-${key}`, n++);
      }
    }
    first.start();
    await others.promise;
    await first.stop();
    const second = open({ mappings, storage, streams });
    second.start();
    await second.idle();
    expect(second.events.flatMap(numbers)).toContain(0);
  });

  it("skips records that the filter excludes, and saves that in the checkpoint", async () => {
    const storage = temporaryStorage();
    const streams = new FakeStreams("shard-0");
    const pattern = JSON.stringify({ eventName: ["INSERT"], dynamodb: { NewImage: { n: { N: ["2"] } } } });
    const mappings = [ofStream({ filterCriteria: { filters: [{ pattern }] } })];
    const first = open({ mappings, storage, streams });
    write(streams, 3);
    first.start();
    await first.idle();
    expect(first.events.map(numbers)).toEqual([[2]]);
    await first.stop();
    const second = open({ mappings: [ofStream()], storage, streams });
    second.start();
    await second.idle();
    expect(second.events).toEqual([]);
  });

  it("reads a child shard only after its parent", async () => {
    const streams = new FakeStreams("parent");
    const { start, idle, events } = open({ mappings: [ofStream({ batchSize: 2 })], streams });
    for (const n of [1, 2, 3]) {
      streams.write("k", n, { shard: "parent" });
    }
    streams.split("left", "parent");
    streams.split("right", "parent");
    streams.write("k", 4, { shard: "left" });
    streams.write("other", 5, { shard: "right" });
    start();
    await idle();
    while (events.flat().length < 5) {
      await idle();
    }
    const order = events.flatMap(numbers);
    expect(order.slice(0, 3)).toEqual([1, 2, 3]);
    expect(new Set(order.slice(3))).toEqual(new Set([4, 5]));
  });

  it("finds new shards when one closes, and reads no closed shard again after a restart", async () => {
    const storage = temporaryStorage();
    const streams = new FakeStreams("parent");
    const first = open({ mappings: [ofStream()], streams, storage });
    first.start();
    streams.write("k", 1, { shard: "parent" });
    await first.idle();
    streams.split("child", "parent");
    streams.write("k", 2, { shard: "child" });
    while (first.events.flat().length < 2) {
      await first.idle();
    }
    expect(first.events.flatMap(numbers)).toEqual([1, 2]);
    await first.idle();
    await first.stop();
    const second = open({ mappings: [ofStream()], streams, storage });
    second.start();
    await second.idle();
    expect(second.events).toEqual([]);
  });

  it("continues when its iterators expire", async () => {
    const { start, idle, streams, events } = open({ mappings: [ofStream()] });
    start();
    write(streams, 3);
    await idle();
    streams.expireIterators();
    write(streams, 3, 4);
    await idle();
    expect(events.flatMap(numbers)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("waits for a fuller batch within the batching window", async () => {
    const { start, idle, streams, events } = open({
      mappings: [ofStream({ batchSize: 10, maximumBatchingWindowInSeconds: 300 })],
    });
    start();
    write(streams, 10);
    await idle();
    expect(events.map((batch) => batch.length)).toEqual([10]);
  });
});

/** Whether the key shares no lane, of ten, with "stuck". */
function laneDiffers(key: string): boolean {
  const record = (pk: string) => ({ dynamodb: { SequenceNumber: "1", Keys: { pk: { S: pk } } } });
  return laneOf(record(key), 10) !== laneOf(record("stuck"), 10);
}
