import { expect, it } from "@jest/globals";
import sharp from "sharp";
import { measure } from "../../../src/aws/rekognition/image.ts";

const open = { operation: ["VipsForeignLoadJpegBuffer"] };

it("a picture is read again if a function had closed the decoders of the process for a moment", async () => {
  const create = { width: 200, height: 100, channels: 3, background: "teal" } as const;
  const bytes = await sharp({ create }).jpeg().toBuffer();
  sharp.block(open);
  const measured = measure(bytes);
  await expect(sharp(bytes).metadata()).rejects.toThrow("unsupported image format");
  sharp.unblock(open);
  expect(await measured).toMatchObject({ width: 200, height: 100 });
});

it("a damaged picture is refused as AWS does", async () => {
  const bytes = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(100)]);
  await expect(measure(bytes)).rejects.toMatchObject({ code: "InvalidImageFormatException" });
});
