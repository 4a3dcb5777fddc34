import { describe, expect, it } from "@jest/globals";
import { failedRecords } from "../../../functions/relay/failed-changes.ts";

const record = (SequenceNumber: string) => ({ eventName: "INSERT", dynamodb: { SequenceNumber } });
const document = (...records: object[]) =>
  JSON.stringify({ version: "1.0", payload: JSON.stringify({ Records: records }) });
const message = (...keys: string[]) =>
  JSON.stringify({
    Records: keys.map((key) => ({ s3: { bucket: { name: "failed-changes" }, object: { key } } })),
  });

const objects: Record<string, string> = {
  "failed-changes aws/lambda/m/shard 1": document(record("1"), record("2")),
  "failed-changes b": document(record("3")),
  "failed-changes positions": JSON.stringify({ version: "1.0", DDBStreamBatchInfo: { batchSize: 1 } }),
};
const read = (bucket: string, key: string) => {
  const found = objects[`${bucket} ${key}`];
  return found === undefined ? Promise.reject(new Error("NoSuchKey")) : Promise.resolve(found);
};

describe("records that could not be published", () => {
  it("are those of all objects that the message names, in order, however their keys are encoded", async () => {
    const records = await failedRecords(message("aws/lambda/m/shard+1", "b"), read);
    expect(records.map(({ dynamodb }) => dynamodb?.SequenceNumber)).toEqual(["1", "2", "3"]);
    const escaped = await failedRecords(message("aws%2Flambda/m/shard%201"), read);
    expect(escaped).toHaveLength(2);
  });

  it("are empty in S3's test event", async () => {
    expect(await failedRecords('{"Event":"s3:TestEvent","Bucket":"failed-changes"}', read)).toEqual([]);
  });

  it("do not count as published if the object is empty, missing or unreadable", async () => {
    await expect(failedRecords(message("positions"), read)).rejects.toThrow("positions has no records");
    await expect(failedRecords(message("gone"), read)).rejects.toThrow("NoSuchKey");
    await expect(failedRecords("not JSON", read)).rejects.toThrow(SyntaxError);
  });
});
