// Puts the client's React hooks through their paces in Chromium: node react.ts VERSION, with the cloud's ready object in
// READY and the callers in CALLER. Prints what the page saw as one line of JSON.
import { join } from "node:path";
import type { Page as Tab } from "playwright-core";
import { signIn } from "../../packages/local-cloud/src/sign-in.ts";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { jpeg } from "../support/pictures.ts";
import { inChromium } from "./in-chromium.ts";
import type { Page } from "./react-page.ts";

async function drive(tab: Tab) {
  const errors: string[] = [];
  tab.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  tab.on("pageerror", (error) => errors.push(String(error)));
  const { token, sub: ownerId } = await signIn(ready, user);
  const caller = { graphqlUrl: ready.graphqlUrl, token, ownerId };
  const pictures = await Promise.all(
    ["red", "green", "blue"].map(async (colour) => (await jpeg(colour)).toString("base64")),
  );
  const inPage = await tab.evaluateHandle<Page>("page");
  return {
    upload: await inPage.evaluate((page, given) => page.upload(...given), [caller, pictures] as const),
    pages: await inPage.evaluate((page, given) => page.pages(given), caller),
    change: await inPage.evaluate((page, given) => page.change(given), caller),
    follow: await inPage.evaluate((page, given) => page.follow(given), caller),
    errors,
  };
}

export type Seen = Awaited<ReturnType<typeof drive>>;

const ready = JSON.parse(process.env["READY"] ?? "") as Ready;
const [folder = "", user = ""] = process.argv.slice(2);
const alias = {
  react: join(import.meta.dirname, folder, "node_modules", "react"),
  "react-dom": join(import.meta.dirname, folder, "node_modules", "react-dom"),
};
const options = { script: "react-page.ts", alias: folder === "18" ? {} : alias };
process.stdout.write(JSON.stringify(await inChromium(ready, options, drive)));
