import { join } from "node:path";
import { type Client, clientOf } from "./client.ts";
import { bootCloud, type RemoteCloud } from "./cloud.ts";
import type { Figure, Options, Row } from "./figure.ts";
import { durationOf, load, type Loaded } from "./load.ts";
import { countCpu, type Spent } from "./machine.ts";
import { startPeer } from "./peer.ts";
import { median, quantile, round, sum } from "./statistics.ts";

/** A request, and the server that it goes to. */
export interface Target {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly query: string;
  readonly uncached: boolean;
  /** The cloud whose CPU time is counted; the free simulator does not report it. */
  readonly cloud?: RemoteCloud;
}

const connections = 16;
const echo = '{ echo(text: "hello") }';

/** Requests a second by data source, with documents that the cloud has cached or not. */
export async function appsync(options: Options): Promise<Figure> {
  const none = await withCloud(
    { ...options, program: join(import.meta.dirname, "program") },
    (cloud, alice) =>
      withPeer(options.peer, async (url) => {
        const known = { name: "NONE", url: cloud.ready.graphqlUrl, token: alice.token, query: echo, cloud };
        const peer = { name: "NONE, free simulator", url: url ?? "", token: alice.token, query: echo };
        return measure([...twice(known), ...(url === undefined ? [] : twice(peer))], options);
      }),
  );
  const dynamodb = await withCloud(options, async (cloud, alice) => {
    const { graphqlUrl: url } = cloud.ready;
    const cases = await prepare(alice);
    await cloud.ask("idle");
    const targets = cases.flatMap((one) => twice({ ...one, url, token: alice.token, cloud }));
    return measure(targets, options);
  });
  return {
    title: `AppSync over HTTP, ${connections} connections, token of a user pool`,
    bar: ">= 5000 requests/s for NONE",
    rows: [...none, ...dynamodb],
    notes: [
      "cpu us: CPU time a request, of the cloud's process, of the load generator, and of the whole machine.",
      ...peerNotes(none),
    ],
  };
}

/** With a cached document, and with a new one for each request. */
export const twice = (target: Omit<Target, "uncached">): Target[] => [
  { ...target, uncached: false },
  { ...target, uncached: true },
];

function peerNotes([ours, , theirs]: readonly Row[]): string[] {
  if (!ours || !theirs) {
    return ["The free simulator was not measured: --peer does."];
  }
  const ratio = Number(ours["requests/s"]) / Number(theirs["requests/s"]);
  return [
    `NONE is answered ${round(ratio)} times as often as by the free simulator in the same run,`,
    "which runs VTL, parses each document again and does not check the token's signature.",
  ];
}

async function withPeer(wanted: boolean, use: (url?: string) => Promise<Row[]>): Promise<Row[]> {
  if (!wanted) {
    return use();
  }
  const peer = await startPeer();
  try {
    return await use(peer.url);
  } finally {
    await peer.stop();
  }
}

async function withCloud(
  options: { readonly profile: string | undefined; readonly program?: string },
  use: (cloud: RemoteCloud, alice: Client) => Promise<Row[]>,
): Promise<Row[]> {
  const cloud = await bootCloud(options);
  try {
    return await use(cloud, await clientOf(cloud.ready, "alice"));
  } finally {
    await cloud.stop();
  }
}

/** Twenty assets, and queries of one and of all. */
export async function prepare(alice: Client): Promise<Pick<Target, "name" | "query">[]> {
  const ids: string[] = [];
  for (let at = 0; at < 20; at++) {
    const { createAsset } = await alice.ask<{ createAsset: { asset: { id: string } } }>(
      `mutation { createAsset(input: { contentType: "image/jpeg", contentLength: 1000, filename: "${at}.jpg" }) {
        asset { id } } }`,
    );
    ids.push(createAsset.asset.id);
  }
  const fields = "id filename contentType state labelStatus createdAt";
  return [
    { name: "GetItem", query: `{ getAsset(id: "${ids[0] ?? ""}") { ${fields} } }` },
    { name: "Query, 20 items", query: `{ listAssets { items { ${fields} } nextToken } }` },
    {
      name: "Query, 20 items, 20 NONE below",
      query: `{ listAssets { items { ${fields} labels { name } } nextToken } }`,
    },
  ];
}

type Run = Loaded & Partial<Spent>;

/** Each round measures all of them, so that a busy moment of the machine does not affect only one. */
export async function measure(
  targets: readonly Target[],
  { rounds, smoke }: Pick<Options, "rounds" | "smoke">,
): Promise<Row[]> {
  const duration = durationOf(smoke);
  const measured = targets.map((target) => ({ target, runs: [] as Run[] }));
  for (let at = 0; at < rounds; at++) {
    for (const { target, runs } of measured) {
      const { cloud, ...asked } = target;
      const count = cloud && (await countCpu(cloud));
      const loaded = await load({ ...asked, ...duration, connections });
      runs.push({ ...loaded, ...(await count?.()) });
    }
  }
  return measured.map(({ target, runs }) => rowOf(target, runs));
}

/** Medians over the rounds. */
function rowOf({ name, uncached, cloud }: Target, runs: readonly Run[]): Row {
  const middle = (of: (run: Run) => number, digits: number) => round(median(runs.map(of)), digits);
  const each = (spent: (run: Run) => number) => middle((run) => (spent(run) / run.answered) * 1e6, 0);
  return {
    source: name,
    document: uncached ? "new" : "known",
    "requests/s": middle(({ latencies, seconds: took }) => latencies.length / took, 0),
    "p50 ms": middle(({ latencies }) => quantile(latencies, 0.5), 2),
    "p99 ms": middle(({ latencies }) => quantile(latencies, 0.99), 2),
    errors: sum(runs.map(({ errors }) => errors)),
    "load cpu us": each(({ cpuSeconds }) => cpuSeconds),
    ...(cloud && {
      "cloud cpu us": each(({ server = NaN }) => server),
      "machine cpu us": each(({ machine = NaN }) => machine),
    }),
  };
}
