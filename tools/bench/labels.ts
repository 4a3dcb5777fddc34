import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Asset } from "../../domain/asset.ts";
import { labelIndexIn } from "../../functions/indexer/label-index.ts";
import { reindex } from "../../functions/indexer/reindex.ts";
import { createClient } from "../../packages/local-cloud/src/aws/dynamodb/client.ts";
import type { Figure, Options, Row } from "./figure.ts";
import { withEngine } from "./libraries.ts";

/** What the label index costs an asset, by the number of its labels: the indexer's own code against the engine. */
export const labels = ({ smoke }: Options): Promise<Figure> =>
  withEngine(async (endpoint, { labels: table }) => {
    const creator = createClient(endpoint);
    await creator.send("DynamoDB_20120810", "CreateTable", { ...table.definition });
    creator.close();
    const rows: Row[] = [];
    for (const count of smoke ? [2] : [5, 10, 20, 50]) {
      rows.push(...(await lifeOf(count, endpoint, table.name)));
    }
    return {
      title: "Label index: write units of one asset",
      rows,
      notes: ["Labels without parents; a parent counts as a label. Each label is new to the owner."],
    };
  });

/** An asset that is labelled, labelled again alike, corrected by one label, and deleted. */
async function lifeOf(count: number, endpoint: URL, table: string): Promise<Row[]> {
  const client = new DynamoDBClient({
    ...{ endpoint: endpoint.href, region: "eu-west-1" },
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  let units = 0;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        Object.assign(args.input, { ReturnConsumedCapacity: "TOTAL" });
        const answer = await next(args);
        const { ConsumedCapacity } = answer.output as { ConsumedCapacity?: Consumed | Consumed[] };
        if (commandName !== "GetItemCommand") {
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
