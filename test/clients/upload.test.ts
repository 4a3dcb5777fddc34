import { mkdtempSync, openAsBlob, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import {
  createAsset,
  deleteAsset,
  getAsset,
  listAll,
  listAssets,
  search,
  setLabels,
  upload,
  uploadAll,
} from "../../packages/client/src/index.ts";
import { useCloud } from "../support/cloud.ts";
import { sha256 } from "../support/client.ts";
import { jpeg } from "../support/pictures.ts";

const use = useCloud();
const folder = mkdtempSync(join(tmpdir(), "darkroom-upload-"));
afterAll(() => rmSync(folder, { recursive: true }));

const endpoint = () => ({ graphqlUrl: use().cloud.ready.graphqlUrl, token: () => use().alice.token });

let colour = 0;
async function picture(): Promise<File> {
  colour += 1;
  return new File([await jpeg(`rgb(${colour}, 100, 100)`)], `${colour}.jpg`, { type: "image/jpeg" });
}

/** A way to the API that passes on what the function does not handle. */
async function onTheWay(handles: (response: ServerResponse) => boolean) {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    void (async () => {
      const body = (await request.toArray()).join("");
      if (handles(response)) {
        return;
      }
      const headers = { "content-type": "application/json", authorization: use().alice.token };
      const answer = await fetch(endpoint().graphqlUrl, { method: "POST", headers, body });
      response.writeHead(answer.status).end(await answer.text());
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const graphqlUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { endpoint: { ...endpoint(), graphqlUrl }, close: () => server.close() };
}

describe("an upload", () => {
  it("sends a file with its name, type, checksum and title, reports progress, and waits until it is received", async () => {
    const file = await picture();
    const progress: number[] = [];
    const { asset, existing } = await upload(endpoint(), file, {
      title: "One",
      until: "RECEIVED",
      onProgress: (sent) => progress.push(sent),
    });
    expect(existing).toBe(false);
    expect(asset).toMatchObject({
      ...{ state: "RECEIVED", title: "One", filename: file.name, contentType: "image/jpeg" },
      sha256: sha256(new Uint8Array(await file.arrayBuffer())),
    });
    expect(progress.at(-1)).toBe(file.size);
  });

  it("sends a large file from the disk in pieces, hashed without Web Crypto", async () => {
    const path = join(folder, "large");
    const bytes = Buffer.alloc(5 * 1024 * 1024 + 1, "darkroom");
    writeFileSync(path, bytes);
    const progress: number[] = [];
    const { asset } = await upload(endpoint(), await openAsBlob(path), {
      until: "RECEIVED",
      onProgress: (sent) => progress.push(sent),
    });
    expect(asset).toMatchObject({ sha256: sha256(bytes), contentType: "application/octet-stream" });
    expect(progress.length).toBeGreaterThan(10);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  it("that is repeated returns the same asset, and another after that was deleted", async () => {
    const file = await picture();
    const first = await upload(endpoint(), file, { until: "RECEIVED" });
    const second = await upload(endpoint(), file);
    expect(second).toMatchObject({ existing: true, asset: { id: first.asset.id } });
    await deleteAsset(endpoint(), { id: first.asset.id });
    const third = await upload(endpoint(), file, { until: "RECEIVED" });
    expect(third.existing).toBe(false);
    expect(third.asset.id).not.toBe(first.asset.id);
  });

  it("is tried again after answers that are not the API's, and lost ones", async () => {
    let failures = 0;
    const way = await onTheWay((response) => {
      failures += 1;
      if (failures === 1) {
        response.writeHead(502).end("<html>");
      } else if (failures === 2) {
        response.destroy();
      }
      return failures <= 2;
    });
    const { asset } = await upload(way.endpoint, await picture(), { until: "RECEIVED" });
    way.close();
    expect(failures).toBeGreaterThan(2);
    expect(asset.state).toBe("RECEIVED");
  });

  it("names the API's refusal, and S3's", async () => {
    const page = new File(["<script>"], "page.html", { type: "text/html" });
    await expect(upload(endpoint(), page)).rejects.toMatchObject({ errorType: "ValidationError" });
    // Between the hash and the sending, the file changes.
    const file = await picture();
    const changed = Object.assign(new File([file], file.name, { type: file.type }), {
      stream: () => new Blob([new Uint8Array(file.size)]).stream(),
    });
    await expect(upload(endpoint(), changed)).rejects.toMatchObject({ errorType: "BadDigest" });
  });

  it("ends when it is aborted", async () => {
    const file = await picture();
    const reason = new Error("enough");
    await expect(upload(endpoint(), file, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const end = new AbortController();
    const stopped = upload(endpoint(), file, { signal: end.signal, onProgress: () => end.abort(reason) });
    await expect(stopped).rejects.toBe(reason);
  });
});

describe("a batch", () => {
  it("uploads the rest although one fails, and sends nothing twice when it is repeated", async () => {
    const files = await Promise.all([picture(), picture(), picture()]);
    const items = [
      ...files.map((file) => ({ file, until: "RECEIVED" as const })),
      { file: () => Promise.reject(new Error("gone")) },
    ];
    const ended: number[] = [];
    const first = await uploadAll(endpoint(), items, {
      concurrency: 2,
      onOutcome: (_, at) => ended.push(at),
    });
    expect(first.map(({ status }) => status)).toEqual(["uploaded", "uploaded", "uploaded", "failed"]);
    expect(ended.sort()).toEqual([0, 1, 2, 3]);
    const again = await uploadAll(endpoint(), items);
    expect(again.filter((outcome) => outcome.status === "uploaded" && outcome.existing)).toHaveLength(3);
  });
});

describe("lists", () => {
  it("are read to their end, page by page, with what is included", async () => {
    const { alice, cloud } = use();
    const ids: string[] = [];
    for await (const asset of listAll(
      listAssets,
      endpoint(),
      { limit: 2, state: "RECEIVED" },
      { include: { downloadUrl: { ttlSeconds: 60 } } },
    )) {
      ids.push(asset.id);
      expect(asset.downloadUrl).toContain("X-Amz-Expires=60");
      expect(asset).not.toHaveProperty("labels");
    }
    expect(ids.length).toBeGreaterThan(4);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
    await setLabels(endpoint(), { id: ids[0] ?? "", add: ["Lighthouse"] });
    await cloud.idle();
    const found = search(endpoint(), { label: "lighthouse" }, { include: { labels: true } });
    const { value } = await found.next();
    expect(value).toMatchObject({ asset: { id: ids[0], ownerId: alice.sub } });
    expect(value?.asset.labels?.map(({ name }) => name)).toContain("Lighthouse");
  });
});

describe("an operation", () => {
  it("rejects with the API's errorType and the path", async () => {
    const wrong = createAsset(endpoint(), { input: { contentType: "no", contentLength: 1 } });
    await expect(wrong).rejects.toMatchObject({ errorType: "ValidationError", path: ["createAsset"] });
    const unknown = getAsset(endpoint(), { id: "x", other: 1 } as { id: string });
    await expect(unknown).rejects.toMatchObject({ errorType: "UnknownArgument" });
  });
});
