import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import local from "../../local-cloud.config.ts";
import { startCloud } from "../../packages/local-cloud/src/cloud.ts";
import { createLog } from "../../packages/local-cloud/src/base/log.ts";
import { signIn } from "../../packages/local-cloud/src/sign-in.ts";
import { root } from "./cloud.ts";
import type { Figure, Options } from "./figure.ts";
import { spread } from "./statistics.ts";

const source = "resolvers/shared/errors.ts";

/** Milliseconds between two saves. The first run after the start has ended by then too. */
const pause = 3000;

/** From saving a file that most resolvers import to the first answer by the new code. */
export async function reload({ rounds, smoke }: Options): Promise<Figure> {
  const copy = copyOfProgram();
  const log = createLog("silent", () => undefined);
  const cloud = await startCloud({
    root: copy,
    local,
    stack: "dev",
    port: 0,
    data: undefined,
    reload: true,
    log,
  });
  try {
    const { token } = await signIn(cloud.ready, "alice");
    const message = asker(cloud.ready.graphqlUrl, token);
    const text = readFileSync(join(copy, source), "utf8");
    const times: number[] = [];
    for (let at = 0; at < (smoke ? 1 : Math.max(rounds, 5)); at++) {
      await sleep(smoke ? 0 : pause);
      const started = performance.now();
      writeFileSync(join(copy, source), text.replace("not found", `not found, ${at}`));
      while (!(await message()).endsWith(`, ${at}`)) {
        await sleep(5);
      }
      times.push(performance.now() - started);
    }
    const { min, median, max } = spread(times);
    return {
      title: "From saving a resolver to its first answer",
      bar: "< 1000 ms",
      rows: [{ saves: times.length, "min ms": min, "median ms": median, "max ms": max }],
    };
  } finally {
    await cloud.stop();
    rmSync(copy, { recursive: true, force: true });
  }
}

/** A copy, so that the original files are not changed. */
function copyOfProgram(): string {
  const copy = mkdtempSync(join(tmpdir(), "darkroom-bench-"));
  const left = new Set(["node_modules", ".git", ".local", "test", "coverage"]);
  cpSync(root, copy, { recursive: true, filter: (path) => !left.has(basename(path)) });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** The API's answer for an asset that does not exist. */
function asker(url: string, token: string): () => Promise<string> {
  const request = {
    method: "POST",
    headers: { "content-type": "application/json", authorization: token },
    body: JSON.stringify({ query: '{ getAsset(id: "none") { id } }' }),
  };
  return async () => {
    const { errors } = (await (await fetch(url, request)).json()) as { errors: { message: string }[] };
    return errors[0]?.message ?? "";
  };
}
