import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { algorithms, createDigest } from "../../../src/aws/s3/checksums.ts";

describe("checksums", () => {
  // The check values of the catalogue of parametrised CRC algorithms, for "123456789".
  it.each([
    ["crc32", "cbf43926"],
    ["crc32c", "e3069283"],
    ["crc64nvme", "ae8b14860a799888"],
  ] as const)("%s has its published check value", (algorithm, hex) => {
    const digest = createDigest(algorithm);
    digest.update(Buffer.from("123456789"));
    expect(Buffer.from(digest.digest("base64"), "base64").toString("hex")).toBe(hex);
  });

  it.each(algorithms)("%s is the same however the data is cut", (algorithm) => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(50), (data, cut) => {
        const [whole, parts] = [createDigest(algorithm), createDigest(algorithm)];
        whole.update(Buffer.from(data));
        parts.update(Buffer.from(data.subarray(0, cut)));
        parts.update(Buffer.from(data.subarray(cut)));
        expect(parts.digest("base64")).toBe(whole.digest("base64"));
      }),
    );
  });
});
