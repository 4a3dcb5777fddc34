import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { ChunkedDecoder } from "../../../src/aws/s3/chunked.ts";

describe("aws-chunked", () => {
  it("gives back the data and the trailers, however the bytes are cut", () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })), cuts, (chunks, sizes) => {
        const parts = chunks.flatMap((chunk) => [`${chunk.length.toString(16)}\r\n`, chunk, "\r\n"]);
        const trailer = "0\r\nx-amz-checksum-crc32: AAAAAA==\r\n\r\n";
        const wire = Buffer.concat([...parts, trailer].map((part) => Buffer.from(part as string)));
        const decoder = new ChunkedDecoder();
        const data: Buffer[] = [];
        for (let start = 0, turn = 0; start < wire.length; turn++) {
          const end = start + (sizes[turn % sizes.length] ?? 1);
          data.push(...decoder.push(wire.subarray(start, end)));
          start = end;
        }
        decoder.end();
        expect(Buffer.concat(data).equals(Buffer.concat(chunks))).toBe(true);
        expect([...decoder.trailers]).toEqual([["x-amz-checksum-crc32", "AAAAAA=="]]);
      }),
    );
  });

  it.each([
    ["a size that is none", "x\r\n"],
    ["a signed chunk", "1;chunk-signature=ab\r\na\r\n"],
    ["a chunk longer than its size", "1\r\nab\r\n"],
    ["a line without CR", "1\na"],
    ["an endless line", "0".repeat(5000)],
    ["a trailer that is none", "0\r\nx\r\n"],
    ["bytes after the end", "0\r\n\r\nx\r\n"],
  ])("refuses %s", (_, wire) => {
    expect(() => new ChunkedDecoder().push(Buffer.from(wire))).toThrow("malformed");
  });

  it.each(["", "5\r\nab", "2\r\nab\r\n", "0\r\n", "0\r\nx-a: b\r\n"])("is incomplete: %j", (wire) => {
    const decoder = new ChunkedDecoder();
    decoder.push(Buffer.from(wire));
    expect(() => decoder.end()).toThrow("number of bytes");
  });
});
