// Puts Amplify through the scenario in Chromium: node browser.ts, with the cloud's ready object in READY. The page is
// of an origin of its own. Prints what the page saw as one line of JSON.
import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { launchChromium } from "./chromium.ts";
import type { Page } from "./page.ts";

async function drive(browser: Browser, origin: string, ready: Ready) {
  const tab = await browser.newPage();
  // To Chromium a machine with no network but its own is offline, and then Amplify keeps a refusal to itself.
  await tab.addInitScript("Object.defineProperty(Navigator.prototype, 'onLine', { get: () => true })");
  await tab.goto(origin);
  const inPage = await tab.evaluateHandle<Page>("page");
  return {
    refusal: await inPage.evaluate((page, given) => page.refusal(given), ready),
    report: await inPage.evaluate((page, given) => page.play(given), ready),
  };
}

export type Seen = Awaited<ReturnType<typeof drive>>;

async function servePage(): Promise<Server> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "page.ts")],
    ...{ bundle: true, write: false, format: "iife", platform: "browser" },
  });
  const html = `<!doctype html><meta charset="utf-8"><script>${outputFiles[0]?.text ?? ""}</script>`;
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(html);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

/** Trusts the local cloud's authority and no other stranger: the hash of its public key, as RFC 7469 has it. */
function trust({ caFile }: Ready): string {
  const key = new X509Certificate(readFileSync(caFile)).publicKey.export({ type: "spki", format: "der" });
  return `--ignore-certificate-errors-spki-list=${createHash("sha256").update(key).digest("base64")}`;
}

const ready = JSON.parse(process.env["READY"] ?? "") as Ready;
const server = await servePage();
const browser = await launchChromium([trust(ready)]);
try {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.stdout.write(JSON.stringify(await drive(browser, origin, ready)));
} finally {
  await browser.close();
  server.close();
}
