import { measure, prepare } from "./appsync.ts";
import { clientOf } from "./client.ts";
import { bootCloud, type RemoteCloud } from "./cloud.ts";
import type { Figure, Options, Row } from "./figure.ts";
import { round } from "./statistics.ts";

/** What the console's record of calls costs while nobody looks: the same requests with it and without it. */
export async function recorder(options: Options): Promise<Figure> {
  const clouds: RemoteCloud[] = [];
  try {
    for (const console of [false, true]) {
      clouds.push(await bootCloud({ profile: options.profile, console }));
    }
    const rows = await measure(await targetsOf(clouds), options);
    return {
      title: "The console's record of calls, with nobody looking",
      bar: "no bar: npm start records, tests and measurements do not",
      rows,
      notes: notesOf(rows),
    };
  } finally {
    for (const cloud of clouds) {
      await cloud.stop();
    }
  }
}

/** Each request goes to all clouds in turn, so that a busy moment of the machine does not affect only one. */
async function targetsOf(clouds: readonly RemoteCloud[]) {
  const targets = await Promise.all(
    clouds.map(async (cloud, at) => {
      const alice = await clientOf(cloud.ready, "alice");
      const cases = await prepare(alice);
      await cloud.ask("idle");
      return cases.slice(0, 2).map(({ name, query }) => ({
        ...{ query, cloud, url: cloud.ready.graphqlUrl, token: alice.token, uncached: false },
        name: `${name}, ${at === 0 ? "not recorded" : "recorded"}`,
      }));
    }),
  );
  const [off = [], on = []] = targets;
  return off.flatMap((target, at) => [target, ...on.slice(at, at + 1)]);
}

function notesOf(rows: readonly Row[]): string[] {
  return rows.flatMap((off, at) => {
    const on = rows[at + 1];
    if (at % 2 === 1 || !on) {
      return [];
    }
    const ratio = (name: string) => round(Number(on[name]) / Number(off[name]));
    return [
      `${String(off["source"])}: recorded, ${ratio("requests/s")} times the requests a second ` +
        `and ${ratio("cloud cpu us")} times the CPU time.`,
    ];
  });
}
