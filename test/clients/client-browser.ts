// Uses the client in Chromium, on a page of another origin: node client-browser.ts, with the cloud's ready object in
// READY. Prints what the page saw as one line of JSON.
import type { Page as Tab } from "playwright-core";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { jpeg } from "../support/pictures.ts";
import type { Page } from "./client-page.ts";
import { inChromium } from "./in-chromium.ts";
import { type Fault, openProxy } from "./proxy.ts";

const ready = JSON.parse(process.env["READY"] ?? "") as Ready;

/** Settles at a notice of progress of the last attempt. */
const noticed = Promise.withResolvers<undefined>();

// The last attempt waits for the page, so that a fast machine cannot send all bytes between two notices.
const faults: Fault[] = [{ breakAfter: 1_000_000 }, { answer: 503 }, { hold: noticed.promise }];

async function drive(tab: Tab) {
  await tab.exposeFunction("noticed", () => {
    if (faults.length === 0) {
      noticed.resolve(undefined);
    }
  });
  const proxy = await openProxy(ready, ({ name }) => (name === "PUT" ? faults.shift() : undefined));
  const bad = { ...ready, graphqlUrl: proxy.graphqlUrl };
  const picture = (await jpeg("navy")).toString("base64");
  const inPage = await tab.evaluateHandle<Page>("page");
  const seen = {
    tour: await inPage.evaluate((page, given) => page.tour(...given), [ready, picture] as const),
    large: await inPage.evaluate((page, given) => page.large(given, 30_000_000), bad),
    left: faults.length,
    abort: await inPage.evaluate((page, given) => page.abort(given, 30_000_000), ready),
    longUpload: await inPage.evaluate((page, given) => page.longUpload(given), ready),
    batch: await inPage.evaluate((page, given) => page.batch(given), ready),
  };
  proxy.close();
  return seen;
}

export type Seen = Awaited<ReturnType<typeof drive>>;

process.stdout.write(JSON.stringify(await inChromium(ready, { script: "client-page.ts" }, drive)));
