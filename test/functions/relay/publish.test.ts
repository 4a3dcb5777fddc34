import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  type Behaviour,
  type Received,
  type Receiver,
  startReceiver,
} from "../../../tools/chaos/receiver.ts";
import { type AssetEvent, snapshot } from "../../../domain/event.ts";
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
  ...{ seq: 1, type: "CREATED", edited: null, ownerId, assetId, at: asset.createdAt },
  asset: snapshot(asset),
};

/** Publishes to an API that answers so, in order; gives how often it was asked. */
const publishTo = (...answers: Behaviour[]): Promise<number> => publishAll([event], ...answers);

async function publishAll(events: readonly AssetEvent[], ...answers: Behaviour[]): Promise<number> {
  const before = api.received.length;
  api.behave(() => answers.shift() ?? { status: 200, body: "{}" });
  const credentials = { accessKeyId: "a", secretAccessKey: "b", sessionToken: "c" };
  await publisher({ url: `${api.url}/graphql`, region: "eu-west-1", credentials })(events);
  return api.received.length - before;
}

const throttled: Behaviour = { status: 429, body: '{"errors":[{"errorType":"TooManyRequestsException"}]}' };

describe("a publication", () => {
  it("is tried again when it was throttled or cut off", async () => {
    expect(await publishTo()).toBe(1);
    expect(await publishTo(throttled, "cut")).toBe(3);
  });

  it.each<[string, Behaviour]>([
    [
      "200 with errors",
      { status: 200, body: '{"data":null,"errors":[{"errorType":"Unauthorized","message":"no"}]}' },
    ],
    [
      "200 with errors beside data",
      { status: 200, body: '{"data":{"publishAssetEvent":{"seq":1}},"errors":[{"message":"x"}]}' },
    ],
    ["200 that is no JSON", { status: 200, body: "<html>" }],
    ["200 without a body", { status: 200, body: "" }],
    ["403", { status: 403, body: '{"errors":[{"errorType":"AccessDeniedException"}]}' }],
    ["500 without errors", { status: 500, body: "{}" }],
    ["201", { status: 201, body: "{}" }],
  ])("is not done by an answer that is not a whole one: %s", async (_, answer) => {
    const before = api.received.length;
    await expect(publishTo(answer, answer, answer)).rejects.toThrow();
    expect(api.received.length - before).toBe(3);
    // One good answer is enough.
    expect(await publishTo(answer, answer)).toBe(3);
  });

  it("succeeds with 200 and no errors", async () => {
    expect(
      await publishTo({ status: 200, body: '{"data":{"publishAssetEvent":{"seq":1}},"errors":[]}' }),
    ).toBe(1);
  });

  it("is signed for AppSync with the function's role, and has the whole event", async () => {
    await publishTo();
    const { headers, body } = api.received.at(-1) as Received;
    expect(headers["authorization"]).toMatch(
      /^AWS4-HMAC-SHA256 Credential=a\/\d{8}\/eu-west-1\/appsync\/aws4_request/,
    );
    expect(headers["x-amz-security-token"]).toBe("c");
    const { query, variables } = JSON.parse(body.toString()) as {
      query: string;
      variables: { input: AssetEvent };
    };
    expect(variables.input).toEqual(event);
    // Subscribers get what is selected here, and null for the rest.
    for (const field of [...Object.keys(event), ...Object.keys(event.asset)]) {
      expect(query).toMatch(new RegExp(`\\b${field}\\b`));
    }
  });

  it("of several events is one request, in order, with an alias for each", async () => {
    const events = [1, 2, 3].map((seq) => ({ ...event, seq }));
    expect(await publishAll(events)).toBe(1);
    const { body } = api.received.at(-1) as Received;
    const { query, variables } = JSON.parse(body.toString()) as { query: string; variables: object };
    expect(query.match(/\w+: publishAssetEvent\(input: \$\w+\)/g)).toEqual([
      "event0: publishAssetEvent(input: $event0)",
      "event1: publishAssetEvent(input: $event1)",
      "event2: publishAssetEvent(input: $event2)",
    ]);
    expect(variables).toEqual({ event0: events[0], event1: events[1], event2: events[2] });
    // A field below with an alias would be null for subscribers.
    expect(query.match(/:/g)).toHaveLength(3 * 3);
  });

  it("fails after the third try, and then the stream repeats the change", async () => {
    await expect(publishTo(throttled, throttled, throttled)).rejects.toThrow(
      "Publishing failed with status 429: TooManyRequestsException",
    );
  });
});
