import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";

export interface Asset {
  readonly type: string;
  readonly content: string | Buffer;
}

const own = join(import.meta.dirname, "page");

/** What the page loads. It is built at each call, so that a reload shows edits. */
export function findAsset(name: string): Asset | undefined {
  switch (name) {
    case "page.css":
      return { type: "text/css;charset=utf-8", content: readFileSync(join(own, "page.css")) };
    case "page.js":
      return { type: "text/javascript;charset=utf-8", content: bundled() };
    default:
      return undefined;
  }
}

function bundled(): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(own, "page.ts")],
    ...{ bundle: true, write: false, format: "esm", sourcemap: "inline", logLevel: "silent" },
  });
  return outputFiles[0]?.text ?? "";
}

/** The page, with its settings in a block of data. */
export function pageHtml(settings: { readonly title: string; readonly token: string }): string {
  // A `<` could end the block.
  const data = JSON.stringify(settings).replaceAll("<", "\\u003c");
  return readFileSync(join(own, "index.html"), "utf8").replace("{{settings}}", () => data);
}
