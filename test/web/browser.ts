import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from "playwright-core";

/** What a page must not do. */
export interface Faults {
  /** Errors of the console, breaches of the policy among them, and errors that nobody caught. */
  readonly complaints: string[];
  /** Origins that were asked. */
  readonly origins: Set<string>;
}

export interface Chromium {
  /** A window of its own, with nothing stored. */
  readonly open: (options?: BrowserContextOptions) => Promise<BrowserContext & { readonly faults: Faults }>;
}

/** Chromium for one test file. */
export function useBrowser(): () => Chromium {
  let browser: Browser | undefined;
  let child: ChildProcess | undefined;
  const folder = mkdtempSync(join(tmpdir(), "darkroom-web-"));
  beforeAll(async () => {
    child = spawn(process.execPath, [join(import.meta.dirname, "serve-browser.ts")], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, TMPDIR: folder },
    });
    const lines = createInterface({ input: child.stdout ?? process.stdin });
    const [address] = (await once(lines, "line")) as [string];
    browser = await chromium.connect(address);
  });
  afterAll(async () => {
    await browser?.close();
    child?.stdin?.end();
    if (child && child.exitCode === null) {
      await once(child, "exit");
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return () => ({
    async open(options = {}) {
      if (!browser) {
        throw new Error("Chromium is not up yet: use it inside a test");
      }
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
      return Object.assign(context, { faults: watch(context) });
    },
  });
}

function watch(context: BrowserContext): Faults {
  const faults: Faults = { complaints: [], origins: new Set() };
  context.on("console", (message) => {
    if (message.type() === "error") {
      faults.complaints.push(message.text());
    }
  });
  context.on("weberror", (error) => faults.complaints.push(String(error.error())));
  context.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== "blob:" && protocol !== "data:") {
      faults.origins.add(origin);
    }
  });
  return faults;
}

/** The page kept its policy, had no error, and asked nobody else. */
export function expectFaultless({ complaints, origins }: Faults, site: string): void {
  expect(complaints).toEqual([]);
  expect([...origins]).toEqual([new URL(site).origin]);
}
