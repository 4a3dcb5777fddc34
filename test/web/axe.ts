import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { root } from "../support/program.ts";

const axe = readFileSync(createRequire(join(root, "package.json")).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds: the rule and the elements. */
export async function findingsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** Text that is wider than the window, as its HTML. */
export const overflowing = `document.documentElement.scrollWidth > innerWidth
  ? [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
      .map((one) => one.outerHTML.slice(0, 200)).slice(0, 3)
  : []`;
