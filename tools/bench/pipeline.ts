import { Agent, request } from "node:http";
import sharp from "sharp";
import { type Client, clientOf } from "./client.ts";
import { type Bill, bootCloud, type RemoteCloud } from "./cloud.ts";
import type { Figure, Options, Row } from "./figure.ts";
import { countCpu } from "./machine.ts";
import { quantile, round, sum } from "./statistics.ts";
import { type Seen, watch } from "./watch.ts";

const oneByOne = 50;
const atOnce = 32;

/** From the upload to the LABELLED that a subscriber sees, alone and in a burst. */
export async function pipeline({ uploads, profile, smoke }: Options): Promise<Figure> {
  const cloud = await bootCloud({ profile });
  try {
    const alice = await clientOf(cloud.ready, "alice");
    await liftLimits(await clientOf(cloud.ready, "admin"));
    const picture = await aPicture();
    const seen = await watch(cloud, alice);
    const times = smoke ? 1 : oneByOne;
    const run = { cloud, alice, seen, uploads };
    const rows = [
      await alone(alice, pictures(picture, "alone"), seen, times),
      await burst("all different", { ...run, picture: pictures(picture, "burst") }),
      await burst("each five times", { ...run, picture: pictures(picture, "again", Math.ceil(uploads / 5)) }),
    ];
    await seen.close();
    return {
      title: `Upload to LABELLED, seen by a subscriber; a JPEG of ${round(picture.length / 1024, 0)} KB`,
      bar: "p50 < 300 ms; 2000 together: >= 40 uploads/s, none lost, none twice; one call for the same bytes",
      rows,
      notes: [
        "Alone: from the first byte of the PUT. Burst: from the first createAsset to the last LABELLED,",
        `${atOnce} clients that create and upload as fast as they are answered; ms: from each one's own PUT.`,
      ],
    };
  } finally {
    await cloud.stop();
  }
}

/** The numbers of a run are larger than a user's defaults. */
const liftLimits = (admin: Client) =>
  admin.ask(`mutation { setLimits(input: { maxChangesADay: 1000000, maxLabelledADay: 1000000,
    maxLabelledADayInAll: 1000000, maxAssets: 1000000, maxBytes: 100000000000 }) { updatedAt } }`);

/** Bytes after the end of a picture make it another one. `different` pictures come again and again. */
const pictures =
  (picture: Buffer, name: string, different = Infinity) =>
  (index: number): Buffer =>
    Buffer.concat([picture, Buffer.from(`${name} ${index % different}`)]);

const aPicture = (): Promise<Buffer> =>
  sharp({
    create: {
      width: 640,
      height: 480,
      channels: 3,
      background: "teal",
      noise: { type: "gaussian", mean: 128, sigma: 20 },
    },
  })
    .jpeg()
    .toBuffer();

interface Presigned {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

interface Upload {
  readonly id: string;
  readonly sentAt: number;
}

async function upload(alice: Client, picture: Buffer, agent: Agent): Promise<Upload> {
  const { createAsset } = await alice.ask<{ createAsset: { asset: { id: string }; upload: Presigned } }>(
    `mutation ($input: CreateAssetInput!) { createAsset(input: $input) {
      asset { id } upload { url method headers { name value } } } }`,
    { input: { contentType: "image/jpeg", contentLength: picture.length, filename: "picture.jpg" } },
  );
  const sentAt = performance.now();
  const status = await send(createAsset.upload, picture, agent);
  if (status !== 200) {
    throw new Error(`The upload answered ${status}`);
  }
  return { id: createAsset.asset.id, sentAt };
}

function send({ url, method, headers }: Presigned, body: Buffer, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const signed = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
    const sent = request(url, { method, headers: signed, agent }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** One after the other, each waiting for its end. */
async function alone(
  alice: Client,
  picture: (index: number) => Buffer,
  seen: Seen,
  times: number,
): Promise<Row> {
  const agent = new Agent({ keepAlive: true });
  const uploads: Upload[] = [];
  // The first starts the functions: it is not counted.
  for (let at = 0; at <= times; at++) {
    const sent = await upload(alice, picture(at), agent);
    await seen.ended(sent.id);
    uploads.push(sent);
  }
  agent.destroy();
  return rowOf("one at a time", uploads.slice(1), seen);
}

interface Burst {
  readonly cloud: RemoteCloud;
  readonly alice: Client;
  readonly picture: (index: number) => Buffer;
  readonly seen: Seen;
  readonly uploads: number;
}

async function burst(name: string, { cloud, alice, picture, seen, uploads }: Burst): Promise<Row> {
  const agent = new Agent({ keepAlive: true });
  const done: Upload[] = [];
  let begun = 0;
  const before = seen.outOfOrder();
  const { bill: billBefore } = await cloud.ask("idle");
  const count = await countCpu(cloud);
  const started = performance.now();
  const client = async () => {
    while (begun < uploads) {
      done.push(await upload(alice, picture(begun++), agent));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  const uploaded = performance.now();
  await Promise.all(done.map(({ id }) => seen.ended(id)));
  const last = Math.max(...done.flatMap(({ id }) => seen.labelled.get(id) ?? []));
  const { server } = await count();
  // A repeated event arrives late.
  const { bill } = await cloud.ask("idle");
  const used = (usage: string) => quantityOf(bill, usage) - quantityOf(billBefore, usage);
  agent.destroy();
  return {
    ...rowOf(`${atOnce} clients, ${name}`, done, seen),
    "out of order": seen.outOfOrder() - before,
    "uploaded/s": round((done.length / (uploaded - started)) * 1000),
    "labelled/s": round((done.length / (last - started)) * 1000),
    "cloud cpu ms": round((server / done.length) * 1000),
    DetectLabels: used("rekognition.images"),
    "write units": round(used("dynamodb.writes") / done.length),
    "read units": round(used("dynamodb.reads") / done.length),
  };
}

const quantityOf = ({ lines }: Bill, usage: string): number =>
  sum(lines.flatMap((line) => (line.usage === usage ? [line.quantity] : [])));

function rowOf(name: string, uploads: readonly Upload[], { labelled, failed }: Seen): Row {
  const ends = uploads.map(({ id, sentAt }) => ({ id, sentAt, times: labelled.get(id) ?? [] }));
  const latencies = ends.flatMap(({ sentAt, times }) => times.slice(0, 1).map((time) => time - sentAt));
  return {
    how: name,
    uploads: uploads.length,
    lost: sum(ends.map(({ times, id }) => (times.length === 0 && !failed.has(id) ? 1 : 0))),
    failed: sum(ends.map(({ id }) => (failed.has(id) ? 1 : 0))),
    twice: sum(ends.map(({ times }) => (times.length > 1 ? 1 : 0))),
    "p50 ms": round(quantile(latencies, 0.5), 0),
    "p95 ms": round(quantile(latencies, 0.95), 0),
  };
}
