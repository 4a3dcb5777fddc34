// Puts Amplify through the scenario in Chromium: node browser.ts, with the cloud's ready object in READY. Prints what
// the page saw as one line of JSON.
import type { Page as Tab } from "playwright-core";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { inChromium } from "./in-chromium.ts";
import type { Page } from "./page.ts";

async function drive(tab: Tab) {
  // To Chromium a machine with no network but its own is offline, and then Amplify keeps a refusal to itself.
  await tab.addInitScript("Object.defineProperty(Navigator.prototype, 'onLine', { get: () => true })");
  await tab.reload();
  const inPage = await tab.evaluateHandle<Page>("page");
  return {
    refusal: await inPage.evaluate((page, given) => page.refusal(given), ready),
    report: await inPage.evaluate((page, given) => page.play(given), ready),
  };
}

export type Seen = Awaited<ReturnType<typeof drive>>;

const ready = JSON.parse(process.env["READY"] ?? "") as Ready;
process.stdout.write(JSON.stringify(await inChromium(ready, { script: "page.ts" }, drive)));
