import sharp from "sharp";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import { type Cloud, type Ready } from "../../packages/local-cloud/src/cloud.ts";
import { ofType } from "../../packages/local-cloud/src/base/graph.ts";
import { type Bill, difference } from "../../packages/local-cloud/src/meter/index.ts";
import { type Stored, storedIn } from "./cost-storage.ts";
import { type Client, clientOf, connectionFor } from "./client.ts";

/** What one step of the assets' life used. */
export interface Step {
  readonly name: string;
  readonly used: Bill;
}

const clients = 8;

export interface Life {
  readonly steps: readonly Step[];
  /** By the assets before their purge. */
  readonly stored: Stored;
}

/** The life of some assets of one user, by its steps, each until nothing is left to do. */
export async function liveThrough(cloud: Cloud, count: number): Promise<Life> {
  const alice = await clientOf(cloud.ready, "alice");
  const connection = await connectionFor(cloud.ready, alice.token);
  await connection.subscribe({
    query: `subscription ($ownerId: ID!) { onAssetEvent(ownerId: $ownerId) {
      seq type assetId asset { state labelStatus labels { name confidence } } } }`,
    variables: { ownerId: alice.sub },
    onData: () => undefined,
  });
  const pictures = await Promise.all(Array.from({ length: count }, (_, at) => aPicture(at)));
  const uploads: Upload[] = [];
  const steps: Step[] = [];
  const step = async (name: string, work: () => Promise<unknown>) => {
    await cloud.idle();
    const before = cloud.meter();
    await work();
    await cloud.idle();
    steps.push({ name, used: difference(before, cloud.meter()) });
  };
  await step("create", () =>
    each(pictures, async (picture) => void uploads.push(await create(alice, picture))),
  );
  await step("upload, check, label, thumbnails", () => each(uploads, put));
  await step("list by 20, load thumbnails", () => look(alice, count));
  await makeDue(cloud, alice, uploads);
  await step("check that row and object agree", () => invoke(cloud, "sweep"));
  const stored = await storedIn(cloud);
  await step("purge", () =>
    each(uploads, ({ id }) => alice.ask("mutation ($id: ID!) { purgeAsset(id: $id) }", { id })),
  );
  await connection.close();
  return { steps, stored };
}

interface Upload {
  readonly id: string;
  readonly picture: Buffer;
  readonly request: Presigned;
}

interface Presigned {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** All different, so that none has the labels of another. */
const aPicture = (at: number): Promise<Buffer> =>
  sharp({
    create: {
      ...{ width: 640, height: 480, channels: 3, background: { r: at % 256, g: 120, b: (at * 7) % 256 } },
      noise: { type: "gaussian", mean: 128, sigma: 20 },
    },
  })
    .jpeg()
    .toBuffer();

async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: clients }, worker));
}

async function create(alice: Client, picture: Buffer): Promise<Upload> {
  const { createAsset } = await alice.ask<{ createAsset: { asset: { id: string }; upload: Presigned } }>(
    `mutation ($input: CreateAssetInput!) { createAsset(input: $input) {
      asset { id } upload { url method headers { name value } } } }`,
    { input: { contentType: "image/jpeg", contentLength: picture.length, filename: "picture.jpg" } },
  );
  return { id: createAsset.asset.id, picture, request: createAsset.upload };
}

async function put({ picture, request: { url, method, headers } }: Upload): Promise<void> {
  const signed = headers.map(({ name, value }) => [name, value] as [string, string]);
  const { status } = await fetch(url, {
    ...{ method, body: new Uint8Array(picture) },
    headers: signed.filter(([name]) => name !== "content-length"),
  });
  if (status !== 200) {
    throw new Error(`The upload answered ${status}`);
  }
}

interface Page {
  readonly items: readonly { readonly id: string; readonly thumbnailUrl: string | null }[];
  readonly nextToken: string | null;
}

/** A gallery's first pages: 20 assets each, and each thumbnail once. */
async function look(alice: Client, count: number): Promise<void> {
  let nextToken: string | null = null;
  for (let at = 0; at < count; at += 20) {
    const { listAssets }: { readonly listAssets: Page } = await alice.ask(
      `query ($nextToken: String) { listAssets(limit: 20, nextToken: $nextToken) {
        items { id filename state labels { name confidence } thumbnailUrl } nextToken } }`,
      { nextToken },
    );
    ({ nextToken } = listAssets);
    for (const asset of listAssets.items) {
      if (asset.thumbnailUrl === null) {
        throw new Error(`An asset has no thumbnail: ${JSON.stringify(asset)}`);
      }
      await (await fetch(asset.thumbnailUrl)).arrayBuffer();
    }
  }
}

const administrator = ({ roles }: Ready) => {
  const credentials = roles["administrator"];
  if (!credentials) {
    throw new Error("There is no role administrator");
  }
  return credentials;
};

async function makeDue({ ready, graph }: Cloud, { sub }: Client, uploads: readonly Upload[]): Promise<void> {
  const credentials = administrator(ready);
  const client = new DynamoDBClient({ endpoint: ready.endpointUrl, region: ready.region, credentials });
  const table = ofType(graph, "aws:dynamodb/table:Table").find(({ name }) => name === "tables-assets");
  await each(uploads, ({ id }) =>
    client.send(
      new UpdateItemCommand({
        TableName: table?.outputs.name,
        Key: { ownerId: { S: sub }, id: { S: id } },
        UpdateExpression: "SET dueAt = :past",
        ExpressionAttributeValues: { ":past": { N: "1" } },
      }),
    ),
  );
  client.destroy();
}

/** Calls a function and waits for its answer. */
export async function invoke({ ready, graph }: Cloud, name: string): Promise<void> {
  const { endpointUrl, region } = ready;
  const found = ofType(graph, "aws:lambda/function:Function").find((one) => one.name === name);
  const url = new URL(`/2015-03-31/functions/${found?.outputs.name ?? ""}/invocations`, endpointUrl);
  const { protocol, hostname, port, pathname: path, host } = url;
  const credentials = administrator(ready);
  const signer = new SignatureV4({ service: "lambda", region, credentials, sha256: Sha256 });
  const body = "{}";
  const { headers } = await signer.sign({
    ...{ method: "POST", protocol, hostname, port: Number(port), path, query: {}, headers: { host }, body },
  });
  const { ok, status } = await fetch(url, { method: "POST", headers, body });
  if (!ok) {
    throw new Error(`${name} answered ${status}`);
  }
}
