import { type Context, type DynamoDBBatchGetItemRequest, runtime, util } from "@aws-appsync/utils";
import type { Asset } from "../domain/asset.ts";
import { foldedName, termsOf } from "../domain/labels.ts";
import type { Match } from "./findMatches.ts";
import type { SearchStash } from "./Query.searchAssets.ts";
import { rowsOf } from "./shared/batch.ts";
import { previous } from "./shared/previous.ts";
import { tables } from "./shared/tables.ts";

/** Reads the assets of a page of matches. */
export function request(ctx: Context): DynamoDBBatchGetItemRequest {
  const matches = previous(ctx) as Match[];
  if (matches.length === 0) {
    runtime.earlyReturn({ items: [], nextToken: (ctx.stash as SearchStash).nextToken ?? null });
  }
  // A match that moves while the index is read may be there twice, and BatchGetItem refuses a key that comes twice.
  const once = matches.filter(
    ({ assetId }, index) => matches.findIndex((other) => other.assetId === assetId) === index,
  );
  const keys = once.map(({ ownerId, assetId }) => util.dynamodb.toMapValues({ ownerId, id: assetId }));
  return { operation: "BatchGetItem", tables: { [tables.assets]: { keys, consistentRead: true } } };
}

/** The index follows the assets within seconds: what an asset shows now decides whether, and where, it is listed. */
export function response(ctx: Context): unknown {
  const { label, minConfidence, nextToken } = ctx.stash as SearchStash;
  const found = rowsOf<Asset>(ctx, tables.assets).map((asset) => {
    const confidences = asset
      ? termsOf(asset)
          .filter(({ name }) => foldedName(util.str.normalize(name, "nfkd")) === label)
          .map(({ confidence }) => confidence)
      : [];
    return { asset, confidence: confidences.reduce((most, one) => (one > most ? one : most), -1) };
  });
  return {
    items: found.filter(({ asset, confidence }) => !!asset && confidence >= minConfidence),
    nextToken: nextToken ?? null,
  };
}
