import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { type Asset, htmlWith, scriptOf } from "../base/page.ts";
import type { Settings } from "./settings.ts";

const own = join(import.meta.dirname, "page");
const packages = createRequire(join(own, "page.ts"));

/** Everything that the page loads, by name. Built at each call, so that a reload shows edits. */
const contents = new Map<string, () => Asset["content"]>([
  ["react.production.min.js", () => packaged("react", "umd/react.production.min.js")],
  ["react-dom.production.min.js", () => packaged("react-dom", "umd/react-dom.production.min.js")],
  ["graphiql.min.js", () => packaged("graphiql", "graphiql.min.js")],
  ["graphiql.min.css", () => packaged("graphiql", "graphiql.min.css")],
  ["page.css", () => readFileSync(join(own, "page.css"))],
  ["page.js", () => scriptOf(join(own, "page.ts"))],
]);

export function findAsset(name: string): Asset | undefined {
  const content = contents.get(name)?.();
  const type = extname(name) === ".css" ? "text/css" : "text/javascript";
  return content === undefined ? undefined : { type: `${type};charset=utf-8`, content };
}

/** The page, with its settings in a block of data. */
export const pageHtml = (settings: Settings, nonce: string): string =>
  htmlWith(join(own, "index.html"), { ...settings, nonce });

/** Resolves as an import does: the package may be in a parent folder. */
function packaged(name: string, path: string): Buffer {
  return readFileSync(join(dirname(packages.resolve(`${name}/package.json`)), path));
}
