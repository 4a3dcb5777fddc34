import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { sizeOf } from "../../packages/local-cloud/src/aws/dynamodb/item-size.ts";
import { ofType, type ResourceOf } from "../../packages/local-cloud/src/base/graph.ts";
import type { Cloud } from "../../packages/local-cloud/src/cloud.ts";

/** Bytes that DynamoDB charges for. */
export interface Stored {
  readonly tables: number;
  readonly indexes: number;
}

/** DynamoDB adds it to each item, in a table or in an index. */
const overhead = 100;

type Table = ResourceOf<"aws:dynamodb/table:Table">;
type Item = Readonly<Record<string, unknown>>;

/** What all tables of the program hold. */
export async function storedIn({ ready, graph }: Cloud): Promise<Stored> {
  const credentials = ready.roles["administrator"];
  const client = new DynamoDBClient({
    ...{ endpoint: ready.endpointUrl, region: ready.region },
    ...(credentials && { credentials }),
  });
  const stored = { tables: 0, indexes: 0 };
  for (const table of ofType(graph, "aws:dynamodb/table:Table")) {
    for (const item of await itemsOf(client, table)) {
      stored.tables += sizeOf(item) + overhead;
      stored.indexes += sizeInIndexes(item, table);
    }
  }
  client.destroy();
  return stored;
}

async function itemsOf(client: DynamoDBClient, { outputs }: Table): Promise<readonly Item[]> {
  const items: Item[] = [];
  let from: Item | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: outputs.name, ExclusiveStartKey: from as never }),
    );
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return items;
}

/** An item is in an index if it has the index's keys. */
function sizeInIndexes(item: Item, { inputs }: Table): number {
  const { hashKey, rangeKey, globalSecondaryIndexes = [] } = inputs;
  return globalSecondaryIndexes.reduce((sum, index) => {
    const keys = (index.keySchemas ?? []).map(({ attributeName }) => attributeName);
    if (!keys.every((key) => key in item)) {
      return sum;
    }
    const kept = new Set([hashKey, rangeKey, ...keys, ...(index.nonKeyAttributes ?? [])]);
    const projected =
      index.projectionType === "ALL"
        ? item
        : Object.fromEntries(Object.entries(item).filter(([name]) => kept.has(name)));
    return sum + sizeOf(projected) + overhead;
  }, 0);
}
