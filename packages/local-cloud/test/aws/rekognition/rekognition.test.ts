import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  DetectFacesCommand,
  DetectLabelsCommand,
  type DetectLabelsCommandInput,
  RekognitionClient,
} from "@aws-sdk/client-rekognition";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import sharp from "sharp";
import type { Access } from "../../../src/aws/iam/index.ts";
import { createRekognition, type RekognitionOptions } from "../../../src/aws/rekognition/index.ts";
import { AwsError, type Call, type Principal } from "../../../src/base/service.ts";

const labeller: Principal = { kind: "role", roleArn: "arn:aws:iam::000000000000:role/label", sessionArn: "" };

describe("DetectLabels, as the SDK calls it", () => {
  const objects = new Map<string, Buffer>();
  const asked: Access[] = [];
  let fault: RekognitionOptions["fault"];
  let readers: Principal[];
  let allowed: boolean;
  let server: Server;
  let client: RekognitionClient;

  beforeAll(async () => {
    const service = createRekognition({
      log: { info: () => undefined },
      iam: {
        authorize: (access) => {
          asked.push(access);
          if (!allowed) {
            throw new AwsError("AccessDenied", "no rekognition:DetectLabels", 403);
          }
        },
      },
      s3Reader: (principal, bucket, key) => {
        readers.push(principal);
        const object = objects.get(`${bucket}/${key}`);
        return object
          ? Promise.resolve(object)
          : Promise.reject(new AwsError("AccessDenied", "Access Denied", 403));
      },
      fault: (call) => fault?.(call),
    });
    server = createServer((request, response) => {
      const url = new URL("http://127.0.0.1/");
      const body = async (): Promise<Buffer> => Buffer.concat(await request.toArray());
      service
        .handle({ principal: labeller, url, request, response, body } as Call)
        .catch((error: unknown) => service.fail(response, error as AwsError, url));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    client = new RekognitionClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: "eu-west-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    });
  });
  afterAll(async () => {
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  beforeEach(() => {
    [fault, readers, allowed] = [undefined, [], true];
  });

  const detect = (bytes: Buffer, more: Partial<DetectLabelsCommandInput> = {}) => {
    objects.set("pictures/key", bytes);
    const Image = { S3Object: { Bucket: "pictures", Name: "key" } };
    return client.send(new DetectLabelsCommand({ Image, ...more }));
  };
  const names = async (bytes: Buffer): Promise<(string | undefined)[]> =>
    (await detect(bytes)).Labels?.map(({ Name }) => Name) ?? [];
  const fails = (name: string, bytes: Buffer, more: Partial<DetectLabelsCommandInput> = {}) =>
    expect(detect(bytes, more)).rejects.toMatchObject({ name });

  describe("labels what is measured", () => {
    it("of a red square", async () => {
      const {
        Labels = [],
        LabelModelVersion,
        OrientationCorrection,
      } = await detect(await plain(200, 200, "#f00"));
      expect(LabelModelVersion).toBe("local-heuristic");
      expect(OrientationCorrection).toBeUndefined();
      expect(Labels.find(({ Name }) => Name === "Red")).toEqual({
        Name: "Red",
        Confidence: 100,
        Instances: [],
        Parents: [{ Name: "Color" }],
        Aliases: [],
        Categories: [{ Name: "Colors and Visual Composition" }],
      });
      expect(Labels.map(({ Name }) => Name)).toEqual(
        expect.arrayContaining(["Square", "Dark", "Colorful", "Low Contrast", "Low Detail"]),
      );
    });

    it("of a dark portrait", async () => {
      const found = await names(await plain(100, 300, "#181410"));
      expect(found).toEqual(expect.arrayContaining(["Portrait", "Dark", "Black", "Monochrome"]));
      expect(found).not.toContain("Bright");
    });

    it("of a bright landscape", async () => {
      expect(await names(await plain(400, 200, "#fafafa"))).toEqual(
        expect.arrayContaining(["Landscape", "Bright", "White"]),
      );
    });

    it("of a picture that EXIF turns upright", async () => {
      const lying = sharp(await plain(400, 200, "#00f")).withMetadata({ orientation: 6 });
      expect(await names(await lying.jpeg().toBuffer())).toContain("Portrait");
    });

    it("of a transparent PNG", async () => {
      const background = { r: 0, g: 0, b: 255, alpha: 0.25 };
      const create = { width: 100, height: 100, channels: 4, background } as const;
      const { Labels = [] } = await detect(await sharp({ create }).png().toBuffer());
      expect(Labels.find(({ Name }) => Name === "Transparent")?.Confidence).toBeCloseTo(87.5, 0);
    });

    it("of noise", async () => {
      expect(await names(await noise(300, 300))).toContain("High Detail");
    });

    it.each(["grey16", "cmyk", "b-w"])("in colour space %s too", async (space) => {
      const grey = sharp(await plain(100, 100, "#888")).toColourspace(space);
      expect(await names(await (space === "cmyk" ? grey.jpeg() : grey.png()).toBuffer())).toContain("Gray");
    });

    it("of bytes in the request", async () => {
      const Image = { Bytes: await plain(100, 100, "#0f0") };
      const { Labels = [] } = await client.send(new DetectLabelsCommand({ Image }));
      expect(Labels.map(({ Name }) => Name)).toContain("Green");
      expect(readers).toEqual([]);
    });
  });

  it("gives the surest labels first, as many and as sure as asked for", async () => {
    const picture = await noise(300, 200);
    const confidences = async (more: Partial<DetectLabelsCommandInput>) =>
      ((await detect(picture, more)).Labels ?? []).map(({ Confidence = 0 }) => Confidence);
    const all = await confidences({ MinConfidence: 0 });
    expect(all).toEqual(all.toSorted((one, other) => other - one));
    expect(await confidences({ MaxLabels: 2, MinConfidence: 0 })).toEqual(all.slice(0, 2));
    expect(await confidences({})).toEqual(all.filter((confidence) => confidence >= 55));
    expect(await confidences({ MinConfidence: 90 })).toEqual(all.filter((confidence) => confidence >= 90));
  });

  describe("refuses", () => {
    const invalidFormat = "InvalidImageFormatException";

    it("what is no JPEG and no PNG", async () => {
      await fails(invalidFormat, Buffer.from("hello"));
      await fails(invalidFormat, Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"));
      await fails(
        invalidFormat,
        await sharp(await plain(100, 100, "#f00"))
          .gif()
          .toBuffer(),
      );
      await fails(
        invalidFormat,
        await sharp(await plain(100, 100, "#f00"))
          .webp()
          .toBuffer(),
      );
      await fails(invalidFormat, Buffer.alloc(0));
    });

    it("half a picture", async () => {
      const jpeg = await noise(600, 600);
      const png = await sharp(jpeg).png().toBuffer();
      for (const whole of [jpeg, png]) {
        await fails(invalidFormat, whole.subarray(0, whole.length / 2));
        await fails(invalidFormat, whole.subarray(0, 40));
      }
    });

    it("fewer than 80 pixels, and more than 10,000", async () => {
      await fails("InvalidParameterException", await plain(79, 200, "#f00"));
      await detect(await plain(80, 80, "#f00"));
      await detect(await plain(10_000, 80, "#f00"));
      await expect(detect(await plain(10_001, 80, "#f00"))).rejects.toMatchObject({
        name: "ImageTooLargeException",
        message: "Input image dimensions 10001 x 80 exceed maximum dimension size of 10000 pixels",
      });
    });

    it("more than 15 MB from S3, and more than 5 MB in the request", async () => {
      const picture = await plain(100, 100, "#f00");
      const padded = (megabytes: number) => Buffer.concat([picture, Buffer.alloc(megabytes * 1024 * 1024)]);
      await fails("ImageTooLargeException", padded(15));
      const Image = { Bytes: padded(5) };
      await expect(client.send(new DetectLabelsCommand({ Image }))).rejects.toMatchObject({
        name: "ValidationException",
        message: expect.stringContaining("length less than or equal to 5242880") as unknown,
      });
      const largest = { Bytes: Buffer.concat([picture, Buffer.alloc(5_242_880 - picture.length)]) };
      await client.send(new DetectLabelsCommand({ Image: largest }));
    });

    it("an object that the caller may not read, in the words for one that is not there", async () => {
      const Image = { S3Object: { Bucket: "pictures", Name: "another" } };
      await expect(client.send(new DetectLabelsCommand({ Image }))).rejects.toMatchObject({
        name: "InvalidS3ObjectException",
        message: "Unable to get object metadata from S3. Check object key, region and/or access permissions.",
      });
      expect(readers).toEqual([labeller]);
    });

    it("a caller without rekognition:DetectLabels, before it reads anything", async () => {
      allowed = false;
      await fails("AccessDeniedException", await plain(100, 100, "#f00"));
      expect(asked.at(-1)).toEqual({
        principal: labeller,
        action: "rekognition:DetectLabels",
        resource: "*",
      });
      expect(readers).toEqual([]);
    });

    it("by name what it does not do", async () => {
      const picture = await plain(100, 100, "#f00");
      const invalid = (message: string, more: Partial<DetectLabelsCommandInput>) =>
        expect(detect(picture, more)).rejects.toMatchObject({ name: "InvalidParameterException", message });
      await invalid("Feature IMAGE_PROPERTIES is not supported locally", {
        Features: ["IMAGE_PROPERTIES"],
      });
      await invalid("Settings is not supported locally", { Settings: {} });
      await invalid("Image.S3Object.Version is not supported locally", {
        Image: { S3Object: { Bucket: "pictures", Name: "key", Version: "1" } },
      });
      await expect(client.send(new DetectFacesCommand({ Image: { Bytes: picture } }))).rejects.toMatchObject({
        name: "UnknownOperationException",
        message: "Rekognition operation DetectFaces is not supported",
      });
    });
  });

  const S3Object = { Bucket: "pictures", Name: "key" };
  const member = (at: string, rule: string) => `at '${at}' failed to satisfy constraint: Member must ${rule}`;
  const wrong = "InvalidParameterException";
  it.each<[object, string, string]>([
    [
      { MinConfidence: -1 },
      "ValidationException",
      member("minConfidence", "have value greater than or equal to 0"),
    ],
    [
      { MinConfidence: 100.1 },
      "ValidationException",
      member("minConfidence", "have value less than or equal to 100"),
    ],
    [{ MaxLabels: -1 }, "ValidationException", member("maxLabels", "have value greater than or equal to 0")],
    [{ MaxLabels: 1.5 }, "SerializationException", "NUMBER_VALUE can not be converted to an Integer"],
    [{ MaxLabels: "1" }, "SerializationException", "STRING_VALUE can not be converted to an Integer"],
    [{ Features: ["FACES"] }, "ValidationException", "[GENERAL_LABELS, IMAGE_PROPERTIES]"],
    [{ Features: "GENERAL_LABELS" }, "SerializationException", "Expected list or null"],
    [
      { Settings: { GeneralLabels: { LabelInclusionFilters: Array.from({ length: 101 }, String) } } },
      "ValidationException",
      "have length less than or equal to 100",
    ],
    [{ Image: undefined }, "ValidationException", member("image", "not be null")],
    [{ Image: {} }, wrong, "Request has invalid parameters"],
    [{ Image: { S3Object, Bytes: Buffer.from("x") } }, wrong, "Request has invalid parameters"],
    [{ Image: { S3Object: { Bucket: "pictures" } } }, wrong, "Request has invalid parameters"],
    [{ Image: { S3Object: { Name: "key" } } }, wrong, "Request has invalid parameters"],
    [
      { Image: { Bytes: Buffer.alloc(0) } },
      "ValidationException",
      member("image.bytes", "have length greater than or equal to 1"),
    ],
    [
      { Image: { S3Object: { Bucket: "pi", Name: "key" } } },
      "ValidationException",
      member("image.s3Object.bucket", "have length greater than or equal to 3"),
    ],
    [
      { Image: { S3Object: { Bucket: "pi/x", Name: "key" } } },
      "ValidationException",
      "regular expression pattern",
    ],
    [
      { Image: { S3Object: { Bucket: "pictures", Name: "" } } },
      "ValidationException",
      member("image.s3Object.name", "have length greater than or equal to 1"),
    ],
    [
      { Image: { S3Object: { Bucket: "pictures", Name: "k".repeat(1025) } } },
      "ValidationException",
      "have length less than or equal to 1024",
    ],
  ])("refuses %j: %s", async (more, name, words) => {
    await expect(detect(await plain(100, 100, "#f00"), more)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(words) as unknown,
    });
    expect(readers).toEqual([]);
  });

  it.each<object>([
    { MinConfidence: 0 },
    { MinConfidence: 100 },
    { MaxLabels: 0 },
    { Features: ["GENERAL_LABELS"] },
  ])("takes %j", async (more) => {
    await expect(detect(await plain(100, 100, "#f00"), more)).resolves.toHaveProperty("Labels");
  });

  it("fails as a test demands", async () => {
    fault = ({ operation }) => new AwsError("ThrottlingException", `${operation} throttled`, 400);
    await fails("ThrottlingException", await plain(100, 100, "#f00"));
  });
});

function plain(width: number, height: number, background: string): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
}

function noise(width: number, height: number): Promise<Buffer> {
  const grain = { type: "gaussian", mean: 128, sigma: 60 } as const;
  return sharp({ create: { width, height, channels: 3, background: "#000", noise: grain } })
    .jpeg()
    .toBuffer();
}
