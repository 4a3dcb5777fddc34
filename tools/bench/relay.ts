import { once } from "node:events";
import { BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import local from "../../local-cloud.config.ts";
import { type Asset, stateId } from "../../domain/asset.ts";
import { dueShard } from "../../domain/due.ts";
import { ofType } from "../../packages/local-cloud/src/base/graph.ts";
import { createLog } from "../../packages/local-cloud/src/base/log.ts";
import { type Cloud, startCloud } from "../../packages/local-cloud/src/cloud.ts";
import { type Client, clientOf, connectionFor } from "./client.ts";
import { root } from "./cloud.ts";
import type { Figure, Options, Row } from "./figure.ts";
import { round } from "./statistics.ts";

/** Milliseconds that each request to AppSync takes longer than here. */
const latency = 30;

/** DynamoDB's limit for one BatchWriteItem. */
const batchSize = 25;

/** Milliseconds without an event after which the rest counts as lost. */
const patience = 20_000;

/** Events a second that a subscriber gets of one owner, one at a time and together. */
export async function relay({ smoke }: Options): Promise<Figure> {
  const rows: Row[] = [];
  for (const [together, events] of [
    [1, 300],
    [25, 3000],
  ] as const) {
    rows.push(await measure(together, smoke ? 30 : events));
  }
  return {
    title: `Events of one owner, with ${latency} ms more for each request to AppSync`,
    bar: ">= 300 a second, in order, once",
    rows,
    notes: ["Together: the setting publishTogether. From the first event at a subscriber to the last."],
  };
}

async function measure(together: number, events: number): Promise<Row> {
  const log = createLog("silent", () => undefined);
  const config = { publishTogether: String(together) };
  const cloud = await startCloud({
    ...{ root, local, stack: "dev", port: 0, data: undefined, log, config },
    latency: { appsync: latency },
  });
  try {
    const alice = await clientOf(cloud.ready, "alice");
    const audience = await listen(cloud, alice, events);
    await createAssets(cloud, alice.sub, events);
    await audience.whole();
    const { seqs, times, close } = audience;
    await close();
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    return {
      together,
      events,
      "events/s": round((seqs.length - 1) / seconds, 0),
      lost: events - new Set(seqs).size,
      twice: seqs.length - new Set(seqs).size,
      "out of order": seqs.filter((seq, at) => at > 0 && seq !== (seqs[at - 1] ?? 0) + 1).length,
    };
  } finally {
    await cloud.stop();
  }
}

async function listen({ ready }: Cloud, { sub, token }: Client, events: number) {
  const seqs: number[] = [];
  const times: number[] = [];
  const all = new EventTarget();
  const connection = await connectionFor(ready, token);
  await connection.subscribe({
    query:
      "subscription ($ownerId: ID!) { onAssetEvent(ownerId: $ownerId) { seq type asset { id state filename } } }",
    variables: { ownerId: sub },
    onData: (data) => {
      seqs.push((data as { onAssetEvent: { seq: number } }).onAssetEvent.seq);
      times.push(performance.now());
      if (seqs.length === events) {
        all.dispatchEvent(new Event("whole"));
      }
    },
  });
  return {
    ...{ seqs, times },
    async whole() {
      if (seqs.length < events) {
        await once(all, "whole", { signal: AbortSignal.timeout(patience) }).catch(() => undefined);
      }
    },
    close: () => connection.close(),
  };
}

/** Writes rows as createAsset does. Each is an event. */
async function createAssets({ ready, graph }: Cloud, ownerId: string, count: number): Promise<void> {
  const { endpointUrl: endpoint, region, roles } = ready;
  const credentials = roles["administrator"];
  const client = new DynamoDBClient({ endpoint, region, ...(credentials && { credentials }) });
  const table = ofType(graph, "aws:dynamodb/table:Table").find(({ name }) => name === "tables-assets");
  for (let written = 0; written < count; written += batchSize) {
    const rows = Array.from({ length: Math.min(batchSize, count - written) }, (_, at) =>
      aRow(ownerId, written + at),
    );
    const requests = rows.map((row) => ({ PutRequest: { Item: marshall(row) } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [table?.outputs.name ?? ""]: requests } }));
  }
  client.destroy();
}

function aRow(ownerId: string, at: number): Asset {
  const id = String(at).padStart(26, "0");
  const time = new Date().toISOString();
  return {
    ...{ ownerId, id, filename: "picture.jpg", contentType: "image/jpeg", contentLength: 48_213 },
    ...{ state: "CREATED", labelStatus: "NONE", createdAt: time, updatedAt: time, version: 1 },
    ...{ uploadExpiresAt: time, liveId: id, stateId: stateId("CREATED", id), labelRun: 0, corrections: {} },
    ...{ dueShard: dueShard(id), dueAt: Date.now() + 3_600_000 },
  };
}
