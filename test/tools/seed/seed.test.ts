import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  type Asset,
  deleteAsset,
  type Endpoint,
  followAssetEvents,
  listAll,
  listAssets,
  updateAsset,
} from "../../../packages/client/src/index.ts";
import type { Client } from "../../support/client.ts";
import { useCloud } from "../../support/cloud.ts";
import { root } from "../../support/program.ts";

const use = useCloud();

const folder = mkdtempSync(join(tmpdir(), "darkroom-seed-"));
afterAll(() => rmSync(folder, { recursive: true }));
const ready = join(folder, "ready.json");
beforeAll(() => writeFileSync(ready, JSON.stringify(use().cloud.ready)));

const commandOf = (...args: string[]) => [
  "--disable-warning=ExperimentalWarning",
  join(root, "tools/seed/main.ts"),
  ...args,
];

const seed = (...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, commandOf(...args), (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

const endpointOf = (client: Client): Endpoint => ({
  graphqlUrl: use().cloud.ready.graphqlUrl,
  token: () => client.token,
});

/** All assets of a user, with their versions, once nothing is under way. */
async function libraryOf(client: Client): Promise<Asset[]> {
  await use().cloud.idle();
  const all: Asset[] = [];
  for (const state of [{}, { state: "DELETED" }] as const) {
    const variables = { limit: 100, ...state };
    for await (const asset of listAll(listAssets, endpointOf(client), variables, {
      include: { labels: true },
    })) {
      all.push(asset);
    }
  }
  return all;
}

const count = (assets: readonly Asset[], is: (asset: Asset) => unknown) => assets.filter(is).length;
const isCorrected = ({ labels }: Asset) => labels?.some(({ source }) => source === "PERSON");

describe("npm run seed", () => {
  it("gives each user a library of their own", async () => {
    const first = await seed("--to", ready, "--pictures", "12");
    const line = "12 uploaded, 1 rejected, 2 corrected, 1 deleted";
    expect(first).toEqual({ code: 0, stdout: `alice: ${line}\nbob: ${line}\nadmin: ${line}\n`, stderr: "" });
    const libraries = await Promise.all([use().alice, use().bob, use().admin].map(libraryOf));
    for (const library of libraries) {
      expect(library).toHaveLength(13);
      expect(count(library, ({ state }) => state === "RECEIVED")).toBe(11);
      expect(count(library, ({ state }) => state === "DELETED")).toBe(1);
      expect(count(library, ({ labelStatus }) => labelStatus === "DONE")).toBe(12);
      expect(count(library, ({ title }) => title)).toBe(8);
      expect(count(library, isCorrected)).toBe(2);
      const rejected = library.find(({ state }) => state === "REJECTED");
      expect(rejected).toMatchObject({ filename: "Broken.jpg", labelError: { code: expect.any(String) } });
    }
    const pictures = libraries.flat().filter(({ state }) => state !== "REJECTED");
    expect(new Set(pictures.map(({ sha256 }) => sha256)).size).toBe(36);
    expect(use().complaints).toEqual([]);
  });

  it("writes nothing the second time", async () => {
    const before = await libraryOf(use().alice);
    const again = await seed("--to", ready, "--pictures", "12");
    expect(again).toMatchObject({ code: 0, stdout: "alice: unchanged\nbob: unchanged\nadmin: unchanged\n" });
    const settled = (assets: Asset[]) => assets.map(({ id, version }) => [id, version]);
    expect(settled(await libraryOf(use().alice))).toEqual(settled(before));
  });

  it("adds what is missing, puts back titles, and leaves what was deleted since", async () => {
    const alice = endpointOf(use().alice);
    const received = (await libraryOf(use().alice)).filter(({ state }) => state === "RECEIVED");
    const [renamed, gone] = received.filter((asset) => asset.title && !isCorrected(asset));
    await updateAsset(alice, { input: { id: renamed?.id ?? "", title: "Mine" } });
    await deleteAsset(alice, { id: gone?.id ?? "" });
    const more = await seed("--to", ready, "--user", "alice", "--pictures", "13");
    expect(more).toMatchObject({ code: 0, stdout: "alice: 1 uploaded, 1 titled\n" });
    const titles = new Map(
      (await libraryOf(use().alice)).map(({ id, title, state }) => [id, [title, state]]),
    );
    expect(titles.get(renamed?.id ?? "")).toEqual([renamed?.title, "RECEIVED"]);
    expect(titles.get(gone?.id ?? "")).toEqual([gone?.title, "DELETED"]);
  });

  it("killed in the middle and run again, has each picture once", async () => {
    const { bob } = use();
    const known = new Set((await libraryOf(bob)).map(({ id }) => id));
    const child = execFile(process.execPath, commandOf("--to", ready, "--user", "bob", "--pictures", "20"));
    const ended = once(child, "exit");
    const options = { ...endpointOf(bob), ownerId: bob.sub, after: 0 };
    for await (const { type, assetId } of followAssetEvents(options)) {
      if (type === "RECEIVED" && !known.has(assetId)) {
        child.kill("SIGKILL");
        break;
      }
    }
    expect(await ended).toEqual([null, "SIGKILL"]);
    expect(await seed("--to", ready, "--user", "bob", "--pictures", "20")).toMatchObject({ code: 0 });
    const library = await libraryOf(bob);
    expect(new Set(library.map(({ sha256 }) => sha256)).size).toBe(21);
    expect(library).toHaveLength(21);
    expect(count(library, ({ state }) => state === "DELETED")).toBe(2);
    expect(count(library, isCorrected)).toBe(3);
  });

  describe("refuses", () => {
    const write = (name: string, content: object) => {
      const file = join(folder, name);
      writeFileSync(file, JSON.stringify(content));
      return file;
    };
    const refusal = async (...args: string[]) => {
      const { code, stdout, stderr } = await seed(...args);
      return [code, stdout, stderr.split("\n")[0]];
    };

    it("wrong flags, and users that are not local ones", async () => {
      expect(await refusal("--nonsense")).toEqual([2, "", expect.stringContaining("--nonsense")]);
      expect(await refusal("--to", ready, "--pictures", "0")).toEqual([
        2,
        "",
        expect.stringContaining("--pictures"),
      ]);
      expect(await refusal("--to", ready, "--user", "carol")).toEqual([
        2,
        "",
        "--user must be one of alice, bob, admin, not carol",
      ]);
    });

    it("the outputs of a stack, and addresses of other machines", async () => {
      const { graphqlUrl, userPoolId, userPoolClientId } = use().cloud.ready;
      const outputs = write("outputs.json", { graphqlUrl, userPoolId, userPoolClientId });
      const remote = write("remote.json", {
        ...use().cloud.ready,
        graphqlUrl: "https://a.appsync-api.eu-west-1.amazonaws.com/graphql",
      });
      for (const file of [outputs, remote]) {
        const sentence = `--to: ${file} is not the ready line of a local cloud`;
        expect(await refusal("--to", file)).toEqual([2, "", sentence]);
      }
    });

    it("a local cloud that does not run", async () => {
      const endpointUrl = "http://127.0.0.1:1";
      const off = write("off.json", { ...use().cloud.ready, endpointUrl });
      expect(await refusal("--to", off)).toEqual([1, "", `${endpointUrl} cannot be reached. Does it run?`]);
    });
  });
});
