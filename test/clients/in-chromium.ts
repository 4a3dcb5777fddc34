import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import type { Page as Tab } from "playwright-core";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { launchChromium } from "./chromium.ts";

interface Options {
  /** The page's script, in this folder. */
  readonly script: string;
  /** Other packages than those that the script names. */
  readonly alias?: Record<string, string>;
}

/** Runs in Chromium, on a page of an origin of its own, and ends both. */
export async function inChromium<Result>(
  ready: Ready,
  { script, alias = {} }: Options,
  run: (tab: Tab) => Promise<Result>,
): Promise<Result> {
  const server = await servePage(script, alias);
  const browser = await launchChromium([trust(ready)]);
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return await run(tab);
  } finally {
    await browser.close();
    server.close();
  }
}

async function servePage(script: string, alias: Record<string, string>): Promise<Server> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, script)],
    ...{ bundle: true, write: false, format: "iife", platform: "browser", alias },
    define: { "process.env.NODE_ENV": '"development"' },
  });
  const html = `<!doctype html><meta charset="utf-8"><body><script>${(outputFiles[0]?.text ?? "").replaceAll("</script", "<\\/script")}</script>`;
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(html);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

/** Trusts the local cloud's authority and no other unknown one: the hash of its public key, as RFC 7469 has it. */
function trust({ caFile }: Ready): string {
  const key = new X509Certificate(readFileSync(caFile)).publicKey.export({ type: "spki", format: "der" });
  return `--ignore-certificate-errors-spki-list=${createHash("sha256").update(key).digest("base64")}`;
}
