import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import local from "../../local-cloud.config.ts";
import { createLog } from "../../packages/local-cloud/src/base/log.ts";
import type { Cloud } from "../../packages/local-cloud/src/cloud.ts";
import { beforeEnd, parse, run, UsageError } from "../../packages/local-cloud/src/command.ts";
import { signIn as signInToApi } from "../../packages/local-cloud/src/sign-in.ts";
import { drawScene } from "../../tools/demo/scenes.ts";
import { choose, signIn, siteOf } from "./gallery.ts";

const usage = `npm run screenshots -- [FOLDER]
Writes pictures of the gallery's and the console's views at 1280 and 390 pixels, light and dark. The default folder is screenshots.
  --help  print this`;

const root = join(import.meta.dirname, "../..");
const sizes = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const schemes = ["light", "dark"] as const;

async function take(cloud: Cloud, browser: Browser, folder: string): Promise<void> {
  await prepare(cloud, browser, folder);
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const colorScheme of schemes) {
      const context = await browser.newContext({
        viewport,
        colorScheme,
        reducedMotion: "reduce",
        hasTouch: size === "phone",
      });
      const page = await context.newPage();
      const shoot = async (name: string) => {
        // The console asks again and again.
        if (!name.startsWith("console-")) {
          await page.waitForLoadState("networkidle");
        }
        await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
      };
      await views(page, cloud, shoot);
      await consoleViews(page, cloud, shoot);
      await context.close();
    }
  }
}

async function prepare(cloud: Cloud, browser: Browser, folder: string): Promise<void> {
  const page = await browser.newPage();
  await signIn(page, cloud.ready, "alice");
  const scenes = await Promise.all(Array.from({ length: 26 }, (_, number) => drawScene(number)));
  const broken = { name: "Broken.jpg", bytes: Buffer.from("This is not a picture.") };
  await choose(page, [...scenes, broken]);
  await page.getByText("26 files uploaded").waitFor({ timeout: 180_000 });
  await page.screenshot({ path: join(folder, "uploads-wide-light.png") });
  await cloud.idle();
  for (const name of ["Lake 26.jpg", "Forest 3.jpg"]) {
    await page.getByRole("link", { name: new RegExp(`^${name}`) }).click();
    await page.getByRole("button", { name: "Move to trash" }).click();
    await page.getByText("Moved to trash").waitFor();
  }
  await cloud.idle();
  await page.close();
}

async function views(page: Page, { ready }: Cloud, shoot: (name: string) => Promise<void>): Promise<void> {
  const site = siteOf(ready);
  await page.goto(site);
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
  await shoot("sign-in");
  await page.getByRole("button", { name: "Create an account" }).click();
  await shoot("sign-up");
  await signIn(page, ready, "bob");
  await page.getByText("No pictures yet").waitFor();
  await shoot("library-empty");
  await page.goto(`${site}trash`);
  await page.getByText("The trash is empty").waitFor();
  await shoot("trash-empty");
  await page.evaluate("localStorage.clear()");
  await signIn(page, ready, "alice");
  await page.locator(".tile img.loaded").nth(3).waitFor();
  await shoot("library");
  await page.getByRole("combobox").fill("l");
  await page.getByRole("option").first().waitFor();
  await shoot("search-suggestions");
  await page.keyboard.press("Escape");
  await picture(page, shoot);
  await pages(page, site, shoot);
  await page.evaluate("localStorage.clear()");
  await signIn(page, ready, "admin");
  await page.goto(`${site}admin`);
  await page.getByLabel("Pictures of a user", { exact: true }).waitFor();
  await page.getByRole("list").getByText("alice").waitFor();
  await shoot("admin");
}

async function picture(page: Page, shoot: (name: string) => Promise<void>): Promise<void> {
  await page.locator(".tile a").nth(2).click();
  await page.getByRole("dialog").locator("img").first().waitFor();
  await shoot("viewer");
  await page.keyboard.press("i");
  await page.getByRole("complementary").waitFor();
  await shoot("viewer-info");
  await page.keyboard.press("i");
  await page.keyboard.press("Escape");
}

async function pages(page: Page, site: string, shoot: (name: string) => Promise<void>): Promise<void> {
  await page.goto(`${site}search?label=landscape&min=50`);
  await page.locator(".tile img.loaded").nth(3).waitFor();
  await shoot("search");
  await page.goto(`${site}search?label=submarine`);
  await page.getByText("No pictures show submarine").waitFor();
  await shoot("search-empty");
  await page.goto(`${site}trash`);
  await page
    .getByRole("button", { name: /^Restore / })
    .first()
    .waitFor();
  await shoot("trash");
  await page.getByRole("button", { name: "Empty trash" }).click();
  await shoot("confirm");
  await page.keyboard.press("Escape");
  await page.goto(`${site}activity`);
  await page.getByText("Labelled").first().waitFor();
  await shoot("activity");
  await page.goto(`${site}account`);
  await page.getByText("Labelled today").waitFor();
  await shoot("account");
  await page.goto(`${site}nowhere`);
  await page.getByText("Nothing is here").waitFor();
  await shoot("not-found");
}

const consoles = [
  ...["calls", "logs", "tables", "queues", "buckets", "schedules", "subscriptions", "users", "mail"],
  ...["resources", "bill"],
];

async function consoleViews(
  page: Page,
  { consoleUrl = "", ready }: Cloud,
  shoot: (name: string) => Promise<void>,
): Promise<void> {
  await page.goto(consoleUrl);
  for (const view of [...consoles, `way/${await idOfPicture(ready)}`]) {
    await page.goto(`${new URL("/_console/", consoleUrl).href}#${view}`);
    const [name = ""] = view.split("/");
    await page.locator(`main[data-view="${name}"]`).waitFor();
    await shoot(`console-${name}`);
  }
}

/** The newest labelled picture of alice. */
async function idOfPicture(ready: Cloud["ready"]): Promise<string> {
  const { token } = await signInToApi(ready, "alice");
  const response = await fetch(ready.graphqlUrl, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: token },
    body: JSON.stringify({ query: "{ listAssets(state: RECEIVED, limit: 1) { items { id } } }" }),
  });
  const { data } = (await response.json()) as { data: { listAssets: { items: { id: string }[] } } };
  return data.listAssets.items[0]?.id ?? "";
}

async function main(args: readonly string[]): Promise<number> {
  const [folder = "screenshots", ...more] = parse(args, {}, true).positionals;
  if (more.length > 0) {
    throw new UsageError(`One folder at a time, not ${more.length + 1}`);
  }
  mkdirSync(folder, { recursive: true });
  const { startCloud } = await import("../../packages/local-cloud/src/cloud.ts");
  const { launchChromium } = await import("../clients/chromium.ts");
  const cloud = await startCloud({
    ...{ root, local, stack: "dev", port: 0, data: undefined, console: true },
    log: createLog("error", (line) => process.stderr.write(`${line}\n`)),
  });
  beforeEnd(() => cloud.stop());
  const browser = await launchChromium([]);
  try {
    await take(cloud, browser, folder);
  } finally {
    await browser.close();
    await cloud.stop();
  }
  return 0;
}

run(usage, main);
