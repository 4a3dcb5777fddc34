import { describe, expect, it } from "@jest/globals";
import type { Page, Response } from "playwright-core";
import { drawScene } from "../../tools/demo/scenes.ts";
import { useCloud } from "../support/cloud.ts";
import { expectFaultless, useBrowser } from "./browser.ts";
import { choose, labelled, signIn, siteOf } from "./gallery.ts";

const use = useCloud();
const chromium = useBrowser();

const site = () => siteOf(use().cloud.ready);

/** Adds up the shifts of the layout that no input caused. https://web.dev/articles/cls */
const watchShifts = `window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (!entry.hadRecentInput) window.shifts += entry.value;
    }
  }).observe({ type: "layout-shift", buffered: true });`;

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

async function open(options = {}) {
  const context = await chromium().open(options);
  context.setDefaultTimeout(60_000);
  await context.addInitScript(watchShifts);
  return { context, page: await context.newPage() };
}

/** Buttons, links and fields that a thumb may miss: smaller than 24 pixels. https://www.w3.org/TR/WCAG22/#target-size-minimum */
const smallTargets = `[...document.querySelectorAll("a, button, input, select")]
  .map((one) => [one.closest("label") ?? one, one])
  .filter(([box]) => { const { width, height } = box.getBoundingClientRect();
    return box.checkVisibility({ opacityProperty: true }) && width > 1 && (width < 24 || height < 24); })
  .filter(([, one]) => getComputedStyle(one).display !== "inline")
  .map(([, one]) => one.outerHTML.slice(0, 150))`;

/** The first visit of a signed-in user, without what the browser has cached. */
async function firstVisit(page: Page): Promise<readonly Response[]> {
  const responses: Response[] = [];
  page.on("response", (response) => responses.push(response));
  await page.goto(site());
  await page.locator(".tile img.loaded").nth(3).waitFor();
  await page.evaluate(
    "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))",
  );
  return responses;
}

describe("the first page", () => {
  it("has a language, a title, a description, headings in order, and asks no other origin", async () => {
    const { context, page } = await open();
    await signIn(page, use().cloud.ready, "alice");
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    expect(await page.title()).toBe("Library · Darkroom");
    expect(await page.locator('meta[name="description"]').getAttribute("content")).toMatch(/\w{3,}/);
    expect(await page.locator('meta[name="viewport"]').getAttribute("content")).not.toMatch(
      /user-scalable|maximum-scale/,
    );
    expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    expectFaultless(context.faults, site());
    await context.close();
  });

  it("asks for few files, keeps those with hashed names for a year, and moves nothing while it loads", async () => {
    const { context, page } = await open();
    await signIn(page, use().cloud.ready, "alice");
    const scenes = await Promise.all(Array.from({ length: 6 }, (_, number) => drawScene(number)));
    await choose(page, scenes);
    await labelled(page, 6);
    await use().cloud.idle();
    const visit = await context.newPage();
    const responses = await firstVisit(visit);
    const files = responses.filter((response) => response.url().startsWith(`${site()}assets/`));
    expect(files.length).toBeLessThan(25);
    for (const file of files) {
      expect(file.headers()["cache-control"]).toBe("public, max-age=31536000, immutable");
      // Smaller files are not compressed, as by CloudFront.
      const size = (await file.body()).length;
      expect(file.headers()["content-encoding"]).toBe(size < 1000 ? undefined : "br");
    }
    const fresh = responses.filter((response) => [site(), `${site()}config.json`].includes(response.url()));
    expect(fresh.map((response) => response.headers()["cache-control"])).toEqual(["no-cache", "no-cache"]);
    expect(await visit.evaluate<number>("window.shifts")).toBeLessThan(0.1);
    const unsized = await visit.evaluate<number>(
      `[...document.querySelectorAll("img")].filter((one) => one.parentElement.clientHeight < 40).length`,
    );
    expect(unsized).toBe(0);
    expect(responses.filter((response) => response.status() >= 400)).toEqual([]);
    await context.close();
  });

  it("has targets that a thumb can hit, on a phone", async () => {
    const { context, page } = await open(phone);
    await signIn(page, use().cloud.ready, "alice");
    const small: Record<string, unknown> = {};
    for (const path of ["", "trash", "activity", "account"]) {
      await page.goto(site() + path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      const found = await page.evaluate<string[]>(smallTargets);
      if (found.length > 0) {
        small[path] = found;
      }
    }
    expect(small).toEqual({});
    await context.close();
  });
});
