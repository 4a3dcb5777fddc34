import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { describe, expect, it } from "@jest/globals";
import { ofType } from "../../packages/local-cloud/src/base/graph.ts";
import { useCloud } from "../support/cloud.ts";
import { asFunction } from "../support/function.ts";
import { follow } from "../support/runbook.ts";

/** Each run of the relay publishes up to three times. The mapping runs it once, and tries it 20 times again. */
const publications = 3 * 21;

const use = useCloud({
  backoff: () => 1,
  faults: {
    actions: [{ action: "appsync:GraphQL", code: "InternalFailure", status: 500, times: publications }],
  },
});

interface Kept {
  readonly requestContext: { readonly condition: string };
  readonly payload: string;
}

/** What Lambda put into the bucket for failed changes. */
async function kept(): Promise<Kept[]> {
  const { s3, close } = asFunction(use(), "administrator");
  const bucket = ofType(use().cloud.graph, "aws:s3/bucket:Bucket").find(
    ({ name }) => name === "pipeline-failed-changes",
  );
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket?.id }));
  const texts = await Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket?.id, Key }));
      return Body?.transformToString() ?? "";
    }),
  );
  close();
  return texts.map((text) => JSON.parse(text) as Kept);
}

describe("a change that the relay cannot publish", () => {
  it("is kept in the bucket for failed changes, is published from there, and delays no later change", async () => {
    const { alice, cloud } = use();
    const events = await alice.events();
    const first = await alice.create(Buffer.from("first"), "text/plain");
    expect(await events.until(({ assetId }) => assetId === first.asset.id)).toMatchObject({
      type: "CREATED",
      seq: 1,
      asset: { id: first.asset.id, contentLength: 5 },
    });

    const [change, ...others] = await kept();
    expect(others).toEqual([]);
    expect(change?.requestContext.condition).toBe("RetryAttemptsExhausted");
    expect(JSON.parse(change?.payload ?? "")).toMatchObject({
      Records: [{ eventName: "INSERT", dynamodb: { NewImage: { id: { S: first.asset.id } } } }],
    });
    expect(cloud.faults()).toMatchObject({ failed: publications });

    for (const page of ["pipeline-failed-changes-late", "pipeline-failed-changes-dead", "relay-late"]) {
      const { lines } = await follow(use(), page);
      expect(lines[0]).toMatch(/"message":"A change could not be published"/);
      expect(lines[0]).toContain(first.asset.id);
    }

    const second = await alice.create(Buffer.from("second"), "text/plain");
    await events.until(({ assetId }) => assetId === second.asset.id);
    await cloud.idle();
    expect(events.seen.map(({ seq, assetId }) => [seq, assetId])).toEqual([
      [1, first.asset.id],
      [2, second.asset.id],
    ]);
    const { listAssetEvents } = await alice.get<{ listAssetEvents: { items: object[] } }>(
      "{ listAssetEvents { items { seq assetId } } }",
    );
    expect(listAssetEvents.items).toEqual([
      { seq: 1, assetId: first.asset.id },
      { seq: 2, assetId: second.asset.id },
    ]);
  });
});
