// Hashes 500 MB in Chromium on the page's thread, as the client does, and in a worker, and prints what the page's thread
// had to do: node test/web/hashing.ts
import { loadavg } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { launchChromium } from "../clients/chromium.ts";
import { traceOf } from "./trace.ts";

const megabytes = 500;
const site = "http://localhost:1/";

/** `self.hash` takes a blob. In a worker, a message with a blob is answered by its hash. */
const entry = `import { hashOf } from "./packages/client/src/hash.ts";
self.hash = hashOf;
if (self.document === undefined) onmessage = async ({ data }) => postMessage(await hashOf(data));`;

async function open(page: Page): Promise<void> {
  const resolveDir = join(import.meta.dirname, "../..");
  const { outputFiles } = await build({
    ...{ stdin: { contents: entry, resolveDir, loader: "ts" }, bundle: true, write: false, minify: true },
  });
  const script = outputFiles[0]?.text ?? "";
  await page.route(`${site}**`, (route) =>
    route.request().url().endsWith(".js")
      ? route.fulfill({ contentType: "text/javascript", body: script })
      : route.fulfill({ contentType: "text/html", body: '<script src="/hash.js"></script>' }),
  );
  await page.goto(site);
  await page.evaluate(`self.file = new Blob(Array.from({ length: ${megabytes} }, (_, at) => new Uint8Array(1e6).fill(at)));
    self.hashInWorker = (file) => new Promise((resolve) => {
      const worker = new Worker("/hash.js");
      worker.onmessage = ({ data }) => resolve(data);
      worker.postMessage(file);
    }); undefined`);
}

/** Runs an expression of the page, while a timer notes how late it comes. */
const timed = (expression: string): string => `(async () => {
  let late = 0;
  let last = performance.now();
  const timer = setInterval(() => { const now = performance.now(); late = Math.max(late, now - last - 4); last = now; }, 4);
  const began = performance.now();
  const result = await ${expression};
  clearInterval(timer);
  return { result, late, ms: performance.now() - began };
})()`;

const browser = await launchChromium([]);
try {
  const page = await browser.newPage();
  await open(page);
  const results = new Set<string>();
  for (const [name, expression] of [
    ["page's thread", "hash(file)"],
    ["worker", "hashInWorker(file)"],
  ] as const) {
    let seen = { result: "", late: 0, ms: 0 };
    const { longTasks, busy } = await traceOf(browser, async () => {
      seen = await page.evaluate<typeof seen>(timed(expression));
    });
    results.add(seen.result);
    process.stdout.write(
      `${name}: ${megabytes} MB in ${(seen.ms / 1000).toFixed(1)} s; the page's thread was busy for ${(busy / 1000).toFixed(1)} s, ${longTasks.length} long tasks, a timer at most ${seen.late.toFixed(0)} ms late\n`,
    );
  }
  process.stdout.write(`same hash: ${String(results.size === 1)}; load ${(loadavg()[0] ?? 0).toFixed(1)}\n`);
} finally {
  await browser.close();
}
