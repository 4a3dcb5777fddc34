// Scrolls through a gallery of 10,000 pictures, and prints what a trace says about its frames, and memory: node test/web/scroll.ts
import { loadavg } from "node:os";
import { join } from "node:path";
import { marshall } from "@aws-sdk/util-dynamodb";
import { BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { CDPSession, Page } from "playwright-core";
import sharp from "sharp";
import local from "../../local-cloud.config.ts";
import { type Asset, stateId } from "../../domain/asset.ts";
import { dueShard, wait } from "../../domain/due.ts";
import { ofType } from "../../packages/local-cloud/src/base/graph.ts";
import { createLog } from "../../packages/local-cloud/src/base/log.ts";
import { type Cloud, startCloud } from "../../packages/local-cloud/src/cloud.ts";
import { drawScene } from "../../tools/demo/scenes.ts";
import { launchChromium } from "../clients/chromium.ts";
import { signIn } from "./gallery.ts";
import { type Trace, traceOf } from "./trace.ts";

const count = 10_000;

const shapes = [
  [1500, 1000],
  [1000, 1500],
  [1600, 900],
  [1200, 1200],
] as const;

/** Rows as they are once pictures are labelled and have thumbnails. Nothing is due while this runs. */
function rowOf(ownerId: string, at: number): Asset {
  const id = String(at).padStart(26, "0");
  const time = new Date(Date.UTC(2026, 0, 1) + at * 600_000).toISOString();
  const [width, height] = shapes[at % shapes.length] ?? shapes[0];
  return {
    ...{ ownerId, id, filename: `picture-${at}.jpg`, contentType: "image/jpeg", contentLength: 48_213 },
    ...{ state: "RECEIVED", labelStatus: "DONE", createdAt: time, updatedAt: time, version: 4 },
    labels: ["Landscape", "Bright", "Hill"].map((name) => ({ name, confidence: 90, parents: [] })),
    ...{ uploadExpiresAt: time, liveId: id, stateId: stateId("RECEIVED", id), labelRun: 1, corrections: {} },
    ...{ width, height, renditions: "DONE", dueShard: dueShard(id), dueAt: Date.now() + wait.audit },
  };
}

async function fill({ ready, graph }: Cloud, ownerId: string): Promise<void> {
  const table =
    ofType(graph, "aws:dynamodb/table:Table").find(({ name }) => name === "tables-assets")?.id ?? "";
  const credentials = ready.roles["administrator"];
  const client = new DynamoDBClient({
    endpoint: ready.endpointUrl,
    region: ready.region,
    ...(credentials && { credentials }),
  });
  const rows = Array.from({ length: count }, (_, at) => rowOf(ownerId, at));
  for (let batch = rows.splice(-25); batch.length > 0; batch = rows.splice(-25)) {
    const requests = batch.map((row) => ({
      PutRequest: { Item: marshall(row, { removeUndefinedValues: true }) },
    }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  }
  client.destroy();
}

/** The rows have no objects: each thumbnail is one of eight. */
async function serveThumbnails(page: Page): Promise<void> {
  const scenes = await Promise.all(Array.from({ length: 8 }, (_, number) => drawScene(number)));
  const thumbnails = await Promise.all(scenes.map(({ bytes }) => sharp(bytes).resize(320).webp().toBuffer()));
  let next = 0;
  await page.route(/\/renditions\//, (route) => {
    next = (next + 1) % thumbnails.length;
    return route.fulfill({ contentType: "image/webp", body: thumbnails[next] ?? Buffer.alloc(0) });
  });
}

/** Scrolls down at a speed in pixels a second. Returns the number of callbacks for a frame. */
const scroll = (page: Page, speed: number, seconds: number): Promise<number> =>
  page.evaluate<number>(`new Promise((resolve) => {
    let frames = 0;
    const began = performance.now();
    let last = began;
    const frame = (now) => {
      frames++;
      scrollBy(0, (now - last) * ${speed / 1000});
      last = now;
      if (now - began < ${seconds * 1000}) requestAnimationFrame(frame);
      else resolve(frames);
    };
    requestAnimationFrame(frame);
  })`);

async function memoryOf(session: CDPSession): Promise<string> {
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? 0;
  return `${Math.round(of("JSHeapUsedSize") / 1e6)} MB of heap, ${of("Nodes")} nodes`;
}

function framesOf({ presented, dropped, gaps, longTasks }: Trace): string {
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  const sorted = [...gaps].sort((a, b) => a - b);
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  const share = (dropped / Math.max(1, presented + dropped)) * 100;
  return [
    `${((gaps.length / total) * 1000).toFixed(1)} frames a second, p95 ${p95.toFixed(1)} ms`,
    `${presented} presented, ${dropped} dropped (${share.toFixed(1)} %)`,
    `${longTasks.length} long tasks, the longest ${Math.max(0, ...longTasks).toFixed(0)} ms`,
  ].join("; ");
}

/** Goes to the end until no more pages come. */
async function scrollToEnd(page: Page): Promise<void> {
  const oldest = `!!document.querySelector('a[href="/photo/${"0".repeat(26)}"]')`;
  while (!(await page.evaluate<boolean>(oldest))) {
    await page.evaluate(
      "new Promise((resolve) => requestAnimationFrame(() => resolve(scrollTo(0, document.documentElement.scrollHeight))))",
    );
  }
}

/** Milliseconds of the page's own thread. */
async function cpuOf(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1000;
}

/** The page's own time says what a machine without other load would do: a frame at 50 a second may take 20 ms. */
async function measure(page: Page, session: CDPSession, speed: number, seconds: number): Promise<string> {
  const before = await cpuOf(session);
  let frames = 1;
  const trace = await traceOf(browser, async () => {
    frames = await scroll(page, speed, seconds);
  });
  const cpu = ((await cpuOf(session)) - before) / frames;
  return `${speed} px/s: ${framesOf(trace)}; ${cpu.toFixed(1)} ms of the page's thread for each frame`;
}

const say = (text: string) => void process.stdout.write(`${text}\n`);
const cloud = await startCloud({
  ...{
    root: join(import.meta.dirname, "../.."),
    local,
    stack: "dev",
    port: 0,
    data: undefined,
    mappings: false,
  },
  log: createLog("error", (line) => process.stderr.write(`${line}\n`)),
});
const browser = await launchChromium([]);
try {
  await fill(cloud, cloud.ready.users.find(({ username }) => username === "alice")?.sub ?? "");
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await serveThumbnails(page);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await signIn(page, cloud.ready, "alice");
  await page.locator(".tile img.loaded").nth(8).waitFor();
  say(`first view: ${await memoryOf(session)}`);
  say(`scrolling into unread pages, ${await measure(page, session, 1_500, 8)}`);
  await scrollToEnd(page);
  say(`all ${count} read: ${await memoryOf(session)}`);
  await page.evaluate("scrollTo(0, 0)");
  say(`scrolling through what was read, ${await measure(page, session, 3_000, 10)}`);
  say(`after it: ${await memoryOf(session)}; load of the machine ${(loadavg()[0] ?? 0).toFixed(1)}`);
} finally {
  await browser.close();
  await cloud.stop();
}
