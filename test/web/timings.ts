// Loads the gallery's library as a phone or laptop does, and prints its timings: node test/web/timings.ts
import { loadavg } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions } from "playwright-core";
import local from "../../local-cloud.config.ts";
import { createLog } from "../../packages/local-cloud/src/base/log.ts";
import { type Cloud, startCloud } from "../../packages/local-cloud/src/cloud.ts";
import { drawScene } from "../../tools/demo/scenes.ts";
import { launchChromium } from "../clients/chromium.ts";
import { choose, labelled, signIn, siteOf } from "./gallery.ts";

/** As Lighthouse throttles: the processor four times slower, 1.6 Mbit/s and 150 ms for a round trip. */
const devices = {
  laptop: { context: { viewport: { width: 1280, height: 800 } }, slowdown: 1, network: undefined },
  phone: {
    context: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
    slowdown: 4,
    network: { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 90_000 },
  },
};

/** Total blocking time is what tasks take beyond 50 ms after the first paint. https://web.dev/articles/tbt */
const watch = `window.seen = { fcp: 0, lcp: 0, tasks: [] };
  for (const [type, note] of Object.entries({
    "paint": ({ name, startTime }) => { if (name === "first-contentful-paint") seen.fcp = startTime; },
    "largest-contentful-paint": ({ startTime }) => { seen.lcp = startTime; },
    "longtask": ({ startTime, duration }) => { seen.tasks.push({ startTime, duration }); },
  })) {
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  }`;

interface Seen {
  readonly fcp: number;
  readonly lcp: number;
  readonly tasks: readonly { readonly startTime: number; readonly duration: number }[];
}

async function prepare(cloud: Cloud, browser: Browser): Promise<object[]> {
  const page = await browser.newPage();
  await signIn(page, cloud.ready, "alice");
  await choose(page, await Promise.all(Array.from({ length: 12 }, (_, number) => drawScene(number))));
  await labelled(page, 12);
  await cloud.idle();
  const { origins } = await page.context().storageState();
  await page.close();
  return origins;
}

async function measure(
  browser: Browser,
  site: string,
  device: (typeof devices)["laptop" | "phone"],
  options: BrowserContextOptions,
) {
  const context = await browser.newContext({ ...device.context, ...options });
  await context.addInitScript(watch);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: device.slowdown });
  if (device.network) {
    await session.send("Network.emulateNetworkConditions", device.network);
  }
  await page.goto(site);
  await page.locator(".tile img.loaded").nth(5).waitFor();
  await page.waitForLoadState("networkidle");
  const { fcp, lcp, tasks } = await page.evaluate<Seen>("window.seen");
  await context.close();
  const blocked = tasks.filter(({ startTime }) => startTime > fcp).map(({ duration }) => duration - 50);
  return `first contentful paint ${Math.round(fcp)} ms, largest ${Math.round(lcp)} ms, total blocking time ${Math.round(blocked.reduce((sum, ms) => sum + ms, 0))} ms`;
}

const cloud = await startCloud({
  ...{ root: join(import.meta.dirname, "../.."), local, stack: "dev", port: 0, data: undefined },
  log: createLog("error", (line) => process.stderr.write(`${line}\n`)),
});
const browser = await launchChromium([]);
try {
  const origins = await prepare(cloud, browser);
  const storageState = { cookies: [], origins } as NonNullable<BrowserContextOptions["storageState"]>;
  for (const [name, device] of Object.entries(devices)) {
    const text = await measure(browser, siteOf(cloud.ready), device, { storageState });
    process.stdout.write(`${name}: ${text}\n`);
  }
  process.stdout.write(`load of the machine ${(loadavg()[0] ?? 0).toFixed(1)}\n`);
} finally {
  await browser.close();
  await cloud.stop();
}
