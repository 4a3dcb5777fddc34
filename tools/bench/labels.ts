import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Asset } from "../../domain/asset.ts";
import { labelIndexIn } from "../../functions/indexer/label-index.ts";
import { reindex } from "../../functions/indexer/reindex.ts";
import { createClient } from "../../packages/local-cloud/src/aws/dynamodb/client.ts";
import { startEngine } from "../../packages/local-cloud/src/aws/dynamodb/engine.ts";
import { readTables } from "../../packages/local-cloud/src/aws/dynamodb/tables.ts";
import { createLog } from "../../packages/local-cloud/src/base/log.ts";
import { evaluate } from "../../packages/local-cloud/src/engine/evaluate.ts";
import { root } from "./cloud.ts";
import type { Figure, Options, Row } from "./figure.ts";
import { libraryTables } from "./libraries.ts";

const log = createLog("silent", () => undefined);

/** What the label index costs an asset, by the number of its labels: the indexer's own code against the engine. */
export async function labels({ smoke }: Options): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), "darkroom-bench-"));
  const engine = await startEngine({ folder }, log, false);
  try {
    const { labels: table } = libraryTables(readTables(await evaluate({ root, stack: "dev", log })));
    const creator = createClient(engine.endpoint);
    await creator.send("DynamoDB_20120810", "CreateTable", { ...table.definition });
    creator.close();
    const rows: Row[] = [];
    for (const count of smoke ? [2] : [5, 10, 20, 50]) {
      rows.push(...(await lifeOf(count, engine.endpoint, table.name)));
    }
    return {
      title: "Label index: write units of one asset",
      rows,
      notes: ["Labels without parents; a parent counts as a label. Each label is new to the owner."],
    };
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An asset that is labelled, labelled again alike, corrected by one label, and deleted. */
async function lifeOf(count: number, endpoint: URL, table: string): Promise<Row[]> {
  const client = new DynamoDBClient({
    ...{ endpoint: endpoint.href, region: "eu-west-1" },
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  let units = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      Object.assign(args.input, { ReturnConsumedCapacity: "TOTAL" });
      const answer = await next(args);
      const { ConsumedCapacity } = answer.output as { ConsumedCapacity?: Consumed | Consumed[] };
      const isWrite = !("Key" in args.input && "ConsistentRead" in args.input);
      if (isWrite) {
        units += [ConsumedCapacity ?? []].flat().reduce((all, { CapacityUnits }) => all + CapacityUnits, 0);
      }
      return answer;
    },
    { step: "initialize" },
  );
  const names = Array.from({ length: count }, (_, at) => `Label ${at}`);
  const key = { ownerId: `owner of ${count}`, id: "A" };
  const steps: readonly (readonly [string, Partial<Asset>])[] = [
    ["labelled", {}],
    ["labelled again, alike", {}],
    ["one label corrected", { corrections: { "#label 0": { name: "Label 0", shown: false } } }],
    ["deleted", { state: "DELETED" }],
  ];
  const rows: Row[] = [];
  for (const [step, changes] of steps) {
    units = 0;
    const found = names.map((name) => ({ name, confidence: 90, parents: [] }));
    const asset = { state: "RECEIVED", labels: found, ...changes } as Asset;
    await reindex(key, {
      assets: { get: () => Promise.resolve(asset) },
      index: labelIndexIn(client, table, Date.now),
      pause: () => Promise.resolve(),
      conflicted: () => undefined,
    });
    rows.push({ labels: count, step, "write units": units });
  }
  client.destroy();
  return rows;
}

interface Consumed {
  readonly CapacityUnits: number;
}
