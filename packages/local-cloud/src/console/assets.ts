import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Asset, htmlWith, scriptOf } from "../base/page.ts";

const own = join(import.meta.dirname, "page");

/** What the page loads. It is built at each call, so that a reload shows edits. */
export function findAsset(name: string): Asset | undefined {
  switch (name) {
    case "page.css":
      return { type: "text/css;charset=utf-8", content: readFileSync(join(own, "page.css")) };
    case "page.js":
      return { type: "text/javascript;charset=utf-8", content: scriptOf(join(own, "page.ts")) };
    default:
      return undefined;
  }
}

/** The page, with its settings in a block of data. */
export const pageHtml = (settings: { readonly title: string; readonly token: string }): string =>
  htmlWith(join(own, "index.html"), settings);
