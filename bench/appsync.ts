import { join } from "node:path";
import { type Client, signIn } from "./client.ts";
import { bootCloud, type RemoteCloud } from "./cloud.ts";
import type { Figure, Options, Row } from "./figure.ts";
import { load, type Loaded } from "./load.ts";
import { countCpu } from "./machine.ts";
import { measurePeer } from "./peer.ts";
import { median, quantile, round, sum } from "./statistics.ts";

interface Case {
  readonly name: string;
  readonly query: string;
}

export const echo: Case = { name: "NONE", query: '{ echo(text: "hello") }' };

const connections = 16;
const seconds = 3;

/** Requests a second by what the field speaks to, with the document known to the cloud or not. */
export async function appsync(options: Options): Promise<Figure> {
  const own = await withCloud({ ...options, program: join(import.meta.dirname, "program") }, (cloud, alice) =>
    measure(cloud, alice, [echo], options.rounds),
  );
  const real = await withCloud(options, async (cloud, alice) =>
    measure(cloud, alice, await prepare(alice), options.rounds),
  );
  const peer = options.peer ? await measurePeer({ echo: echo.query, connections, seconds, ...options }) : [];
  return {
    title: `AppSync over HTTP, ${connections} connections, token of a user pool`,
    bar: ">= 5000 requests/s for NONE",
    rows: [...own, ...real, ...peer],
    notes: [
      "cpu us: CPU time a request, of the cloud's process, of the load generator, and of the whole machine.",
      peerNote(own, peer),
    ],
  };
}

function peerNote(own: readonly Row[], peer: readonly Row[]): string {
  const [ours, theirs] = [own[0]?.["requests/s"], peer[0]?.["requests/s"]];
  return typeof ours === "number" && typeof theirs === "number"
    ? `NONE, against the free peer in the same run: ${round(ours / theirs)} times its requests/s.`
    : "The free peer was not measured: --peer does.";
}

async function withCloud(
  options: { readonly profile: string | undefined; readonly program?: string },
  use: (cloud: RemoteCloud, alice: Client) => Promise<Row[]>,
): Promise<Row[]> {
  const cloud = await bootCloud(options);
  try {
    return await use(cloud, await signIn(cloud.ready, "alice"));
  } finally {
    await cloud.stop();
  }
}

/** Twenty assets, and queries of one and of all. */
async function prepare(alice: Client): Promise<Case[]> {
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

async function measure(
  cloud: RemoteCloud,
  alice: Client,
  cases: readonly Case[],
  rounds: number,
): Promise<Row[]> {
  const kinds = cases.flatMap((one) => [
    { ...one, uncached: false },
    { ...one, uncached: true },
  ]);
  const measured = kinds.map((kind) => ({ kind, runs: [] as Run[] }));
  await cloud.ask("idle");
  // Case after case in every round, so that a busy moment of the machine does not fall on one case alone.
  for (let at = 0; at < rounds; at++) {
    for (const { kind, runs } of measured) {
      const count = await countCpu(cloud);
      const { url, token } = { url: cloud.ready.graphqlUrl, token: alice.token };
      const loaded = await load({ url, token, connections, seconds, ...kind });
      runs.push({ ...loaded, ...(await count()) });
    }
  }
  return measured.map(({ kind, runs }) => rowOf(kind.name, kind.uncached ? "new" : "known", runs));
}

type Run = Loaded & { readonly server?: number; readonly machine?: number };

/** Medians over the rounds. */
export function rowOf(name: string, document: string, runs: readonly Run[]): Row {
  const middle = (of: (run: Run) => number, digits = 1) => round(median(runs.map(of)), digits);
  const each = (spent: (run: Run) => number) => middle((run) => (spent(run) / run.answered) * 1e6, 0);
  return {
    source: name,
    document,
    "requests/s": middle(({ latencies, seconds }) => latencies.length / seconds, 0),
    "p50 ms": middle(({ latencies }) => quantile(latencies, 0.5), 2),
    "p99 ms": middle(({ latencies }) => quantile(latencies, 0.99), 2),
    errors: sum(runs.map(({ errors }) => errors)),
    "cloud cpu us": each(({ server = NaN }) => server),
    "load cpu us": each(({ cpuSeconds }) => cpuSeconds),
    "machine cpu us": each(({ machine = NaN }) => machine),
  };
}
