import { describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { drawScene } from "../../tools/demo/scenes.ts";
import { useCloud } from "../support/cloud.ts";
import { findingsOf, overflowing } from "./axe.ts";
import { expectFaultless, useBrowser } from "./browser.ts";
import { choose, labelled, picture, signIn, siteOf } from "./gallery.ts";
import { adminViews, emptyViews, gates, type View, views } from "./views.ts";

const use = useCloud();
const chromium = useBrowser();

async function inspect(page: Page, all: readonly View[], site: string): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const { name, open } of all) {
    await open(page, site);
    const problems = [...(await findingsOf(page)), ...(await page.evaluate<string[]>(overflowing))];
    if (problems.length > 0) {
      found[name] = problems;
    }
  }
  return found;
}

/** Six pictures, a file that is none, and one picture in the trash. */
async function prepare(page: Page): Promise<void> {
  const scenes = await Promise.all(Array.from({ length: 7 }, (_, number) => drawScene(number)));
  await choose(page, [...scenes, { name: "Broken.jpg", bytes: Buffer.from("This is not a picture.") }]);
  await labelled(page, 7);
  await use().cloud.idle();
  await picture(page, "Forest 3.jpg").click();
  await page.getByRole("button", { name: "Move to trash" }).click();
  await page.getByText("Moved to trash").waitFor();
}

const sizes = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
let prepared: Promise<void> | undefined;

describe.each(["light", "dark"] as const)("every view, %s,", (colorScheme) => {
  it.each(Object.entries(sizes))("%s, passes axe and fits the window", async (size, viewport) => {
    const site = siteOf(use().cloud.ready);
    const context = await chromium().open({
      viewport,
      colorScheme,
      hasTouch: size === "phone",
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    const found: Record<string, unknown> = { gates: await inspect(page, gates, site) };
    for (const [username, all] of Object.entries({ alice: views, bob: emptyViews, admin: adminViews })) {
      await page.evaluate("localStorage.clear()");
      await signIn(page, use().cloud.ready, username);
      if (username === "alice") {
        await (prepared ??= prepare(page));
      }
      found[username] = await inspect(page, all, site);
    }
    expect(found).toEqual({ gates: {}, alice: {}, bob: {}, admin: {} });
    expectFaultless(context.faults, site);
    await context.close();
  });
});

it("a phone has its tabs within reach of the thumb, and shows a picture as large as it can", async () => {
  const { ready } = use().cloud;
  const context = await chromium().open({ viewport: sizes.phone, hasTouch: true, isMobile: true });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  await signIn(page, ready, "alice");
  await page.getByRole("navigation").last().getByRole("link", { name: "Activity" }).tap();
  await page.getByRole("heading", { name: "Activity" }).waitFor();
  await page.getByRole("navigation").last().getByRole("link", { name: "Library" }).tap();
  await page.getByRole("button", { name: "Select" }).tap();
  await page.locator(".tile a").nth(1).tap();
  await page.getByRole("toolbar", { name: "1 selected" }).waitFor();
  await page.getByRole("button", { name: "Clear selection" }).tap();
  await page.getByRole("button", { name: "Done" }).tap();
  await page.locator(".tile a").nth(1).tap();
  const shown = await page.getByRole("dialog").locator(".stage img").first().boundingBox();
  expect(shown?.width).toBe(390);
  await page.getByRole("button", { name: "Close" }).first().tap();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expectFaultless(context.faults, siteOf(ready));
  await context.close();
});
