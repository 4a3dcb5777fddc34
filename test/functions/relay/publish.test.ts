import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Behaviour, type Receiver, startReceiver } from "../../../chaos/receiver.ts";
import type { AssetEvent } from "../../../domain/event.ts";
import { snapshot } from "../../../domain/event.ts";
import { publisher } from "../../../functions/relay/publish.ts";
import { anAsset } from "../../support/asset.ts";

let api: Receiver;

beforeAll(async () => {
  api = await startReceiver();
});

afterAll(() => api.stop());

const asset = anAsset();
const { ownerId, id: assetId } = asset;
const event: AssetEvent = {
  ...{ seq: 1, type: "CREATED", ownerId, assetId, at: asset.createdAt },
  asset: snapshot(asset),
};

/** Publishes to an API that answers so, in order; gives how often it was asked. */
async function publishTo(...answers: Behaviour[]): Promise<number> {
  const before = api.received.length;
  api.behave(() => answers.shift() ?? { status: 200, body: "{}" });
  const credentials = { accessKeyId: "a", secretAccessKey: "b", sessionToken: "c" };
  await publisher({ url: `${api.url}/graphql`, region: "eu-west-1", credentials })(event);
  return api.received.length - before;
}

const throttled: Behaviour = { status: 429, body: '{"errors":[{"errorType":"TooManyRequestsException"}]}' };

describe("a publication", () => {
  it("is tried again when it was throttled or cut off, since nobody else repeats it", async () => {
    expect(await publishTo()).toBe(1);
    expect(await publishTo(throttled, "cut")).toBe(3);
  });

  it("is given up after the third try: then the stream repeats the change", async () => {
    await expect(publishTo(throttled, throttled, throttled)).rejects.toThrow(
      "Publishing answered 429: TooManyRequestsException",
    );
  });
});
