import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { marshall } from "@aws-sdk/util-dynamodb";
import { type Asset, stateId } from "../../domain/asset.ts";
import { dueShard, wait } from "../../domain/due.ts";
import { countId, foldedName, matchId, termsOf } from "../../domain/labels.ts";
import { createClient } from "../../packages/local-cloud/src/aws/dynamodb/client.ts";
import { startEngine } from "../../packages/local-cloud/src/aws/dynamodb/engine.ts";
import { readTables, type Table } from "../../packages/local-cloud/src/aws/dynamodb/tables.ts";
import { createLog } from "../../packages/local-cloud/src/base/log.ts";
import { evaluate } from "../../packages/local-cloud/src/engine/evaluate.ts";
import { root } from "./cloud.ts";

export interface LibraryTables {
  readonly assets: Table;
  readonly labels: Table;
}

/** Different labels of one owner: about as many as Rekognition knows. */
const maxDifferent = 3000;

/** The owner with this number of assets. */
export const ownerOf = (size: number) => `owner-of-${size}`;

/** Runs with an engine of its own, without tables, and with the tables that the program declares. */
export async function withEngine<Result>(
  run: (endpoint: URL, tables: LibraryTables) => Promise<Result>,
): Promise<Result> {
  const log = createLog("silent", () => undefined);
  const folder = mkdtempSync(join(tmpdir(), "darkroom-bench-"));
  // Another process uses its port, so it must not have a network namespace of its own.
  const engine = await startEngine({ folder }, log, false);
  try {
    return await run(engine.endpoint, libraryTables(readTables(await evaluate({ root, stack: "dev", log }))));
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function libraryTables(tables: readonly Table[]): LibraryTables {
  const named = (name: string): Table => {
    const table = tables.find((one) => one.name.startsWith(`tables-${name}-`));
    if (!table) {
      throw new Error(`The program declares no table ${name}`);
    }
    return table;
  };
  return { assets: named("assets"), labels: named("labels") };
}

/**
 * Writes the assets of one owner for each size, and their label index, into an engine without tables. No table has a
 * stream yet: the boot enables it, and existing rows cause no events.
 */
export async function fillLibraries(
  endpoint: URL,
  { assets, labels }: LibraryTables,
  sizes: readonly number[],
): Promise<void> {
  const client = createClient(endpoint);
  const api = "DynamoDB_20120810";
  for (const { definition } of [assets, labels]) {
    await client.send(api, "CreateTable", { ...definition, StreamSpecification: undefined });
  }
  const write = async (table: Table, rows: object[]) => {
    const writer = async () => {
      for (let batch = rows.splice(-25); batch.length > 0; batch = rows.splice(-25)) {
        const requests = batch.map((row) => ({ PutRequest: { Item: marshall(row) } }));
        await client.send(api, "BatchWriteItem", { RequestItems: { [table.name]: requests } });
      }
    };
    await Promise.all(Array.from({ length: 4 }, writer));
  };
  for (const size of sizes) {
    const rows = Array.from({ length: size }, (_, at) => rowOfAsset(ownerOf(size), at));
    await write(labels, indexOf(ownerOf(size), rows));
    await write(assets, rows);
  }
  client.close();
}

function indexOf(ownerId: string, assets: readonly Asset[]): object[] {
  const counts = new Map<string, { name: string; count: number }>();
  const matches = assets.flatMap((asset) =>
    termsOf(asset).map(({ name, confidence }) => {
      const folded = foldedName(name.normalize("NFKD"));
      counts.set(folded, { name, count: (counts.get(folded)?.count ?? 0) + 1 });
      return { ownerId, id: matchId(folded, confidence, asset.id), assetId: asset.id };
    }),
  );
  return [...matches, ...[...counts].map(([folded, count]) => ({ ownerId, id: countId(folded), ...count }))];
}

function rowOfAsset(ownerId: string, at: number): Asset {
  const id = String(at).padStart(26, "0");
  const time = new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString();
  const names = ["Landscape", "Bright", `Subject ${String(at % maxDifferent).padStart(4, "0")}`];
  return {
    ...{ ownerId, id, filename: `picture-${at}.jpg`, contentType: "image/jpeg", contentLength: 48_213 },
    ...{ state: "RECEIVED", labelStatus: "DONE", createdAt: time, updatedAt: time, version: 4 },
    labels: names.map((name) => ({ name, confidence: 60 + (at % 400) / 10, parents: [] })),
    ...{ uploadExpiresAt: time, liveId: id, stateId: stateId("RECEIVED", id), labelRun: 1, corrections: {} },
    // Not due while this runs: a check would remove the row, which has no object.
    ...{ dueShard: dueShard(id), dueAt: Date.now() + wait.audit },
  };
}
