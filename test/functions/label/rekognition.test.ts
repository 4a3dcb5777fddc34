import { RekognitionClient } from "@aws-sdk/client-rekognition";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Behaviour, type Receiver, startReceiver } from "../../../tools/chaos/receiver.ts";
import { detector } from "../../../functions/label/rekognition.ts";

let service: Receiver;
let client: RekognitionClient;

beforeAll(async () => {
  service = await startReceiver();
  client = new RekognitionClient({
    endpoint: service.url,
    region: "eu-west-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  client.destroy();
  await service.stop();
});

const detect = (behaviour: Behaviour) => {
  service.behave(() => behaviour);
  return detector({ client, bucket: "pictures", maxLabels: 7, minConfidence: 55 })("uploads/a/b");
};

const says = (status: number, type: string): Behaviour => ({
  status,
  body: JSON.stringify({ __type: type, Message: "bucket pictures" }),
});

describe("the labels of a picture", () => {
  it("are requested by object, and returned in order of confidence", async () => {
    const Labels = [
      { Name: "Cat", Confidence: 60, Parents: [{ Name: "Animal" }] },
      { Name: "Animal", Confidence: 90 },
    ];
    expect(await detect({ status: 200, body: JSON.stringify({ Labels }) })).toEqual({
      labels: [
        { name: "Animal", confidence: 90, parents: [] },
        { name: "Cat", confidence: 60, parents: ["Animal"] },
      ],
    });
    expect(JSON.parse(service.received.at(-1)?.body.toString() ?? "")).toEqual({
      Image: { S3Object: { Bucket: "pictures", Name: "uploads/a/b" } },
      MaxLabels: 7,
      MinConfidence: 55,
    });
    expect(await detect({ status: 200, body: "{}" })).toEqual({ labels: [] });
  });

  it.each(["ImageTooLarge", "InvalidImageFormat", "InvalidParameter"])(
    "are refused for good, in words that name no bucket: %s",
    async (code) => {
      const detection = await detect(says(400, `${code}Exception`));
      expect(detection).toMatchObject({ error: { code } });
      expect(detection).not.toHaveProperty("mayPass");
      expect(JSON.stringify(detection)).not.toContain("bucket");
    },
  );

  it("fail with a temporary error if the object cannot be read, because access may be late", async () => {
    expect(await detect(says(400, "InvalidS3ObjectException"))).toEqual({
      error: { code: "InvalidS3Object", message: "The picture could not be read" },
      mayPass: true,
    });
  });

  it.each<[string, Behaviour]>([
    ["throttling", says(400, "ThrottlingException")],
    ["too many calls", says(400, "ProvisionedThroughputExceededException")],
    ["a missing permission", says(400, "AccessDeniedException")],
    ["an outage", says(500, "InternalServerError")],
    ["another answer", { status: 502, body: "<html>" }],
    ["a cut connection", "cut"],
  ])("fail, and are asked for again: %s", async (_, behaviour) => {
    await expect(detect(behaviour)).rejects.toThrow();
  });
});
