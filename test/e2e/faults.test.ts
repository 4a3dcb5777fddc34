import { randomUUID } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { type AssetEvent, followAssetEvents } from "../../packages/client/src/index.ts";
import { type Created, send } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { jpeg } from "../support/pictures.ts";

/** What a run of it all survives, each kind often enough to happen in a few uploads. */
const use = useCloud({
  faults: {
    seed: 1,
    actions: [
      // The SDK repeats so many within one run. A message that fails comes back only after three minutes.
      { action: "rekognition:DetectLabels", code: "ProvisionedThroughputExceededException", times: 2 },
      { action: "sqs:SendMessage", code: "InternalError", rate: 0.2 },
      { action: "dynamodb:GetRecords", code: "InternalServerError", rate: 0.1 },
      // The relay gets errors for its publication or its job, and all were done. No write is lost as often as the SDK
      // repeats it, for the reason above.
      { action: "dynamodb:UpdateItem", code: "InternalServerError", rate: 0.2, times: 2, after: true },
      { action: "appsync:GraphQL", code: "ThrottlingException", status: 429, times: 1 },
      { action: "appsync:GraphQL", times: 2, after: true },
    ],
    events: { repeat: 0.5, delay: { rate: 0.3, milliseconds: 200 }, reorder: 0.5 },
    kill: { rate: 0.2, functions: ["*-relay"] },
    sockets: { rate: 0.1 },
    subscriptions: { rate: 0.5, milliseconds: 500 },
  },
});

const unheard = (counts: object) =>
  Object.entries(counts).flatMap(([kind, count]) => (count === 0 ? kind : []));

describe("a cloud with all kinds of faults", () => {
  it("labels every asset once, and publishes every event once and in order", async () => {
    const { alice, cloud, complaints } = use();
    const end = new AbortController();
    const started = Promise.withResolvers<undefined>();
    const events = followAssetEvents({
      graphqlUrl: cloud.ready.graphqlUrl,
      token: () => alice.token,
      ownerId: alice.sub,
      signal: end.signal,
      after: 0,
      onConnected: () => started.resolve(undefined),
    });
    const first = events.next();
    await started.promise;

    const bytes = await jpeg();
    // The counter of changes may fail for the caller too, who then asks again.
    const create = async (clientToken: string): Promise<Created> => {
      try {
        return await alice.create(bytes, "image/jpeg", { clientToken });
      } catch (error) {
        expect(String(error)).toContain('"errorType":"Internal"');
        return create(clientToken);
      }
    };
    const upload = async () => {
      const { asset, upload } = await create(randomUUID());
      expect(await send(upload, bytes)).toMatchObject({ status: 200 });
      return asset.id;
    };
    const ids: string[] = [];
    const published: AssetEvent[] = [];
    const labelled = new Set<string>();
    for (let next = first; ids.length < 30 && unheard(cloud.faults()).length > 0;) {
      ids.push(...(await Promise.all([upload(), upload(), upload()])));
      while (labelled.size < ids.length) {
        const got = await next;
        if (got.done) {
          throw new Error("The events ended");
        }
        const { value } = got;
        published.push(value);
        next = events.next();
        if (value.type === "LABELLED") {
          labelled.add(value.assetId);
        }
      }
    }
    end.abort();

    expect(unheard(cloud.faults())).toEqual([]);
    expect(published.map(({ seq }) => seq)).toEqual(published.map((_, index) => index + 1));
    // Nothing that was meant comes out as something that was not.
    expect(complaints.filter((line) => /a service failed|request failed/.test(line))).toEqual([]);
    expect(published.filter(({ type }) => type === "LABELLED")).toHaveLength(ids.length);
  });
});
