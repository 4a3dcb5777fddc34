import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { deliveryId } from "../../domain/callback.ts";
import type { Client } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { asFunction } from "../support/function.ts";

const use = useCloud();

interface Page {
  readonly items: readonly object[];
  readonly next: string | number | null;
}

/** Each list of the contract: `next` is the cursor, by whatever name it goes. */
interface List {
  readonly name: string;
  readonly who: () => Client;
  readonly query: string;
  readonly variables?: () => object;
}

let assetId: string;

const lists: readonly List[] = [
  {
    name: "listAssets",
    who: () => use().bob,
    query: `query ($limit: Int, $cursor: String) {
      page: listAssets(limit: $limit, nextToken: $cursor) { items { id } next: nextToken } }`,
  },
  {
    name: "listAssets(state)",
    who: () => use().bob,
    query: `query ($limit: Int, $cursor: String) {
      page: listAssets(state: CREATED, limit: $limit, nextToken: $cursor) { items { id } next: nextToken } }`,
  },
  {
    name: "listAssetEvents",
    who: () => use().bob,
    query: `query ($limit: Int, $cursor: Int) {
      page: listAssetEvents(limit: $limit, after: $cursor) { items { seq } next: nextAfter } }`,
  },
  {
    name: "listDeliveries",
    who: () => use().bob,
    query: `query ($limit: Int, $cursor: String, $assetId: ID!) {
      page: listDeliveries(assetId: $assetId, limit: $limit, nextToken: $cursor) { items { id } next: nextToken } }`,
    variables: () => ({ assetId }),
  },
  {
    name: "listUsers",
    who: () => use().admin,
    query: `query ($limit: Int, $cursor: String) {
      page: listUsers(limit: $limit, nextToken: $cursor) { items { id } next: nextToken } }`,
  },
];

/** Three of everything. */
beforeAll(async () => {
  const { alice, bob, admin } = use();
  for (const client of [alice, bob, admin]) {
    await client.get('mutation { createUser(input: { name: "Someone" }) { id } }');
  }
  const events = await bob.events();
  for (const text of ["a", "bc", "def"]) {
    assetId = (await bob.create(Buffer.from(text), "text/plain")).asset.id;
  }
  await events.until(({ seq }) => seq === 3);
  const { dynamodb, table, close } = asFunction(use(), "administrator");
  for (const seq of [1, 2, 3]) {
    const delivery = {
      ...{ ownerId: bob.sub, id: deliveryId(assetId, seq), assetId, seq, url: "https://example.com/" },
      ...{ type: "asset.labelled", body: "{}", status: "DELIVERED", attempts: [], tries: 0 },
      createdAt: "2026-01-01T00:00:00.000Z",
    };
    await dynamodb.send(new PutItemCommand({ TableName: table("callbacks"), Item: marshall(delivery) }));
  }
  close();
});

/** Pages as a client reads them: until there is no cursor. Fails rather than read forever. */
async function pagesOf({ who, query, variables }: List, limit: number): Promise<Page[]> {
  const pages: Page[] = [];
  let cursor: Page["next"] = null;
  do {
    const { page }: { page: Page } = await who().get(query, { limit, cursor, ...variables?.() });
    pages.push(page);
    cursor = page.next;
  } while (cursor !== null && pages.length < 10);
  return pages;
}

describe.each(lists)("a client that reads $name until there is no cursor", (list) => {
  it.each([
    [1, [1, 1, 1, 0]],
    [2, [2, 1]],
    [3, [3, 0]],
    [4, [3]],
  ])("ends, with pages of %i", async (limit, sizes) => {
    const pages = await pagesOf(list, limit);
    expect(pages.map(({ items }) => items.length)).toEqual(sizes);
    expect(pages.at(-1)?.next).toBeNull();
    const all = pages.flatMap(({ items }) => items.map((item) => JSON.stringify(item)));
    expect(new Set(all).size).toBe(3);
  });
});
