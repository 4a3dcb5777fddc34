import { describe, expect, it } from "@jest/globals";
import { untoldRecords } from "../../../functions/relay/untold.ts";

const record = (SequenceNumber: string) => ({ eventName: "INSERT", dynamodb: { SequenceNumber } });
const document = (...records: object[]) =>
  JSON.stringify({ version: "1.0", payload: JSON.stringify({ Records: records }) });
const message = (...keys: string[]) =>
  JSON.stringify({ Records: keys.map((key) => ({ s3: { bucket: { name: "untold" }, object: { key } } })) });

const objects: Record<string, string> = {
  "untold aws/lambda/m/shard 1": document(record("1"), record("2")),
  "untold b": document(record("3")),
  "untold positions": JSON.stringify({ version: "1.0", DDBStreamBatchInfo: { batchSize: 1 } }),
};
const read = (bucket: string, key: string) => {
  const found = objects[`${bucket} ${key}`];
  return found === undefined ? Promise.reject(new Error("NoSuchKey")) : Promise.resolve(found);
};

describe("records that could not be told", () => {
  it("are those of all objects that the message names, in order, whatever their keys look like in it", async () => {
    const records = await untoldRecords(message("aws/lambda/m/shard+1", "b"), read);
    expect(records.map(({ dynamodb }) => dynamodb?.SequenceNumber)).toEqual(["1", "2", "3"]);
    const escaped = await untoldRecords(message("aws%2Flambda/m/shard%201"), read);
    expect(escaped).toHaveLength(2);
  });

  it("are none in S3's test event", async () => {
    expect(await untoldRecords('{"Event":"s3:TestEvent","Bucket":"untold"}', read)).toEqual([]);
  });

  it("are not taken for told if the object holds none, is gone, or cannot be read", async () => {
    await expect(untoldRecords(message("positions"), read)).rejects.toThrow("positions holds no records");
    await expect(untoldRecords(message("gone"), read)).rejects.toThrow("NoSuchKey");
    await expect(untoldRecords("not JSON", read)).rejects.toThrow(SyntaxError);
  });
});
