import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "@jest/globals";
import { clientOf, send } from "../support/client.ts";
import { jpeg } from "../support/pictures.ts";
import { readyOf } from "../support/processes.ts";
import { root } from "../support/program.ts";

const processes = new Set<ChildProcess>();
const folder = mkdtempSync(join(tmpdir(), "darkroom-command-"));

afterEach(() => {
  for (const child of processes) {
    child.kill("SIGKILL");
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(...flags: string[]): ChildProcess {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "packages/local-cloud/src/main.ts", ...flags],
    {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  processes.add(child);
  child.once("exit", () => processes.delete(child));
  return child;
}

const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once("exit", (code) => resolve(code)));

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

describe("npm start", () => {
  it("prints one line of JSON with everything that a client needs, and ends on a signal", async () => {
    const child = start("--json", "--port", "0", "--memory");
    const ready = await readyOf(child);
    expect(Object.keys(ready).sort()).toEqual([
      "accountId",
      "apiKeys",
      "apis",
      "bucket",
      "buckets",
      "caFile",
      "endpointUrl",
      "graphqlTlsUrl",
      "graphqlUrl",
      "mailFile",
      "outputs",
      "queues",
      "realtimeUrl",
      "region",
      "roles",
      "sites",
      "userPoolClientId",
      "userPoolId",
      "userPools",
      "users",
    ]);
    expect(ready.users.map(({ username, groups }) => [username, groups])).toEqual([
      ["alice", []],
      ["bob", []],
      ["admin", ["admins"]],
    ]);
    expect(new URL(ready.endpointUrl).hostname).toBe("127.0.0.1");
    child.kill("SIGINT");
    expect(await exitOf(child)).toBe(0);
    await expect(fetch(ready.graphqlUrl)).rejects.toThrow("fetch failed");
  });

  it.each([
    ["--nonsense"],
    ["--port", "x"],
    ["--config", "labelConcurrency"],
    ["--memory", "--data", "somewhere"],
    ["extra"],
    ["--faults", "package.json"],
  ])("refuses %s %s and shows its flags", async (...flags) => {
    const child = start(...flags);
    const [code, errors] = await Promise.all([exitOf(child), textOf(child.stderr)]);
    expect(code).toBe(2);
    expect(errors).toContain("--stack NAME");
  });

  it("names a stack that has no settings", async () => {
    const child = start("--stack", "nowhere", "--memory", "--port", "0");
    const [code, errors] = await Promise.all([exitOf(child), textOf(child.stderr)]);
    expect(code).toBe(1);
    expect(errors).toContain("Pulumi.nowhere.yaml");
  });
});

describe("a cloud that was killed in the middle of an upload", () => {
  it("completes the asset after a restart", async () => {
    const flags = ["--json", "--port", "0", "--data", join(folder, "data")];
    const first = start(...flags);
    const alice = await clientOf(await readyOf(first), "alice");
    const bytes = await jpeg();
    const { asset, upload } = await alice.create(bytes, "image/jpeg");
    expect(await send(upload, bytes)).toMatchObject({ status: 200 });
    first.kill("SIGKILL");
    await exitOf(first);

    const again = await clientOf(await readyOf(start(...flags)), "alice");
    const events = await again.events(asset.id);
    const now = await again.asset(asset.id);
    if (now.labelStatus !== "DONE") {
      await events.until(({ type }) => type === "LABELLED");
    }
    expect(await again.asset(asset.id)).toMatchObject({ state: "RECEIVED", labelStatus: "DONE" });
    await again.close();
  });

  it("refuses a second process on its data folder, where its ready line is while it runs", async () => {
    const flags = ["--json", "--port", "0", "--data", join(folder, "shared")];
    const first = start(...flags);
    const ready = await readyOf(first);
    const file = join(folder, "shared", "ready.json");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(ready);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const second = start(...flags);
    const [code, errors] = await Promise.all([exitOf(second), textOf(second.stderr)]);
    expect(code).toBe(1);
    expect(errors).toContain("is in use by process");
    first.kill("SIGTERM");
    await exitOf(first);
    expect(existsSync(file)).toBe(false);
  });
});
