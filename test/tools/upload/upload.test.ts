import { execFile, spawn } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type Asset,
  createAsset,
  listAll,
  listAssets,
  purgeAsset,
} from "../../../packages/client/src/index.ts";
import { useCloud } from "../../support/cloud.ts";
import { jpeg } from "../../support/pictures.ts";
import { root } from "../../support/program.ts";

const use = useCloud();

const temporary = mkdtempSync(join(tmpdir(), "darkroom-upload-tool-"));
afterAll(() => rmSync(temporary, { recursive: true }));
const target = join(temporary, "ready.json");
beforeAll(() => writeFileSync(target, JSON.stringify(use().cloud.ready)));

let run = 0;
let folder = "";
let state = "";
beforeEach(() => {
  run += 1;
  folder = join(temporary, `pictures-${run}`);
  state = join(temporary, `state-${run}`, "known.ndjson");
  mkdirSync(folder);
});

const script = join(root, "tools", "upload", "main.ts");
const argsOf = (args: string[]) => [script, "--to", target, "--state", state, ...args];

/** Runs the command to its end. */
const upload = (...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, argsOf(args), (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

/** The command's JSON: what happened to each file, by its name, and the summary. */
async function outcomes(...args: string[]) {
  const { code, stdout } = await upload("--json", ...args);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const files = lines.filter(({ path }) => path !== undefined);
  const name = (path: unknown) => String(path).replace(`${folder}/`, "");
  const by = Object.fromEntries(files.map(({ path, status, code: why }) => [name(path), why ?? status]));
  return { code, files: by, summary: lines.at(-1) };
}

/** Starts the command, and kills it with a signal when it has printed that some files are uploaded. */
const killed = (signal: NodeJS.Signals, after: number, ...args: string[]) =>
  new Promise<{ printed: string[]; code: number | null }>((resolve) => {
    const child = spawn(process.execPath, argsOf(args), { stdio: ["ignore", "pipe", "inherit"] });
    const printed: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => {
      printed.push(line);
      if (printed.filter((one) => one.startsWith("uploaded")).length === after) {
        child.kill(signal);
      }
    });
    child.once("close", (code) => resolve({ printed, code }));
  });

/** Pictures with bytes of their own. */
async function write(...names: string[]): Promise<void> {
  const picture = await jpeg();
  for (const name of names) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), Buffer.concat([picture, Buffer.from(`${run} ${name}`)]));
  }
}

async function assets(): Promise<Asset[]> {
  const endpoint = { graphqlUrl: use().cloud.ready.graphqlUrl, token: () => use().alice.token };
  const all: Asset[] = [];
  for await (const asset of listAll(listAssets, endpoint, { limit: 100 })) {
    all.push(asset);
  }
  return all;
}

describe("npm run upload", () => {
  it("uploads a folder with those in it, each file once, and says what it did with each", async () => {
    await write("a.jpg", "deep/er/b.jpg", ".hidden/c.jpg", "deep/cafe\u0301.jpg");
    copyFileSync(join(folder, "a.jpg"), join(folder, "copy of a.jpg"));
    writeFileSync(join(folder, "notes.txt"), "no picture");
    writeFileSync(join(folder, "Thumbs.db"), "clutter");
    symlinkSync(folder, join(folder, "circle"));
    const first = await outcomes(folder);
    expect(first.code).toBe(0);
    const { "a.jpg": a, "copy of a.jpg": copy, ...rest } = first.files;
    expect([a, copy].sort()).toEqual(["existing", "uploaded"]);
    expect(rest).toEqual({
      ...{ "deep/er/b.jpg": "uploaded", "deep/cafe\u0301.jpg": "uploaded", "notes.txt": "skipped" },
    });
    expect(first.summary).toEqual({ total: 5, uploaded: 3, existing: 1, skipped: 1 });
    expect((await assets()).map(({ filename }) => filename)).toContain("caf\u00e9.jpg");

    await write("new.jpg");
    const second = await outcomes(folder);
    expect(second.files).toMatchObject({ "new.jpg": "uploaded", "a.jpg": "existing" });
    expect(second.summary).toEqual({ total: 6, uploaded: 1, existing: 4, skipped: 1 });
  });

  it("knows by the hash what is there, without a state file and under another name", async () => {
    await write("one.jpg", "two.jpg");
    await outcomes(folder);
    rmSync(state);
    expect((await outcomes(folder)).summary).toEqual({ total: 2, existing: 2 });
  });

  it("uploads again what was purged, if all is listed again", async () => {
    await write("one.jpg", "two.jpg");
    await outcomes(folder);
    const endpoint = { graphqlUrl: use().cloud.ready.graphqlUrl, token: () => use().alice.token };
    const oldest = (await assets()).find(({ filename }) => filename === "one.jpg");
    await purgeAsset(endpoint, { id: oldest?.id ?? "" });
    await use().cloud.idle();
    const { summary } = await outcomes("--relist", folder);
    expect(summary).toEqual({ total: 2, uploaded: 1, existing: 1 });
  });

  it("killed in the middle and run again, uploads each file once", async () => {
    const names = Array.from({ length: 40 }, (_, index) => `${String(index).padStart(2, "0")}.jpg`);
    await write(...names);
    const { printed, code } = await killed("SIGKILL", 12, folder);
    expect(code).toBeNull();
    expect(printed.length).toBeLessThan(40);
    const { summary } = await outcomes(folder);
    const { existing, uploaded } = summary as Record<string, number>;
    expect((existing ?? 0) + (uploaded ?? 0)).toBe(40);
    const hashes = (await assets()).filter(({ filename }) => names.includes(filename ?? ""));
    expect(hashes).toHaveLength(40);
    expect(new Set(hashes.map(({ sha256 }) => sha256)).size).toBe(40);
  });

  it("interrupted, ends in order with a summary", async () => {
    await write(...Array.from({ length: 30 }, (_, index) => `${index}.jpg`));
    const { printed, code } = await killed("SIGINT", 3, "--concurrency", "2", folder);
    expect(code).toBe(130);
    expect(printed.some((line) => /^not reached +\d+ files/.test(line))).toBe(true);
    expect(printed.some((line) => /^in all +30 files/.test(line))).toBe(true);
  });

  it("names files whose bytes another asset has that was uploaded without a hash", async () => {
    await write("again.jpg");
    const bytes = readFileSync(join(folder, "again.jpg"));
    const endpoint = { graphqlUrl: use().cloud.ready.graphqlUrl, token: () => use().alice.token };
    const input = { contentType: "image/jpeg", contentLength: bytes.length };
    const first = await createAsset(endpoint, { input });
    const { url, method, headers } = first.upload;
    const named = headers.map(({ name, value }): [string, string] => [name, value]);
    expect((await fetch(url, { method, headers: named, body: bytes })).status).toBe(200);
    await use().cloud.idle();
    const { code, stdout } = await upload(folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^uploaded +1 files/m);
    expect(stdout).toContain(
      `Files with the same bytes as another asset, and its ID:\n${join(folder, "again.jpg")}  ${first.asset.id}\n`,
    );
  });

  it("prints what it would do, and does nothing", async () => {
    await write("dry.jpg");
    expect(await outcomes("--dry-run", folder)).toMatchObject({ code: 0, files: { "dry.jpg": "new" } });
    expect((await assets()).map(({ filename }) => filename)).not.toContain("dry.jpg");
  });

  it("goes on after a file that fails, and says so by its exit code", async () => {
    await write("one.jpg", "two.jpg");
    await write("huge.jpg");
    truncateSync(join(folder, "huge.jpg"), 100 * 1024 * 1024 + 1);
    const { code, files } = await outcomes(folder);
    expect(code).toBe(1);
    expect(files).toEqual({ "one.jpg": "uploaded", "two.jpg": "uploaded", "huge.jpg": "TooLarge" });
  });

  it("names wrong arguments, targets and users", async () => {
    const errors = async (...args: string[]) => {
      const { code, stderr } = await upload(...args);
      return [code, stderr.split("\n")[0]];
    };
    expect(await errors()).toEqual([2, "Name a folder, or files"]);
    expect(await errors(join(folder, "none"))).toEqual([2, expect.stringContaining("none")]);
    expect(await errors("--concurrency", "0", folder)).toEqual([2, expect.stringContaining("--concurrency")]);
    expect(await errors("--user", "nobody", folder)).toEqual([
      2,
      expect.stringContaining("DARKROOM_PASSWORD"),
    ]);
    const wrong = join(temporary, "wrong.json");
    writeFileSync(wrong, "{}");
    expect(await errors("--to", wrong, folder)).toEqual([2, expect.stringContaining("has no graphqlUrl")]);
    const off = {
      ...use().cloud.ready,
      graphqlUrl: "http://127.0.0.1:1/graphql",
      endpointUrl: "http://127.0.0.1:1",
    };
    writeFileSync(wrong, JSON.stringify(off));
    expect(await errors("--to", wrong, folder)).toEqual([1, expect.stringContaining("cannot be reached")]);
    expect(readdirSync(folder)).toEqual([]);
  });
});
