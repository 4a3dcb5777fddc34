import { readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { root, siteBundler } from "./bundler.ts";

/** A file of the gallery. */
interface SiteFile {
  /** Its path in the site, without a slash at its beginning. */
  readonly key: string;
  readonly contentType: string;
  /** Its path from the program's folder. */
  readonly path: string;
}

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

const bundle = siteBundler("site", () => ({
  entryPoints: ["web/src/main.tsx", "web/src/icon.svg"],
  entryNames: "assets/[name]-[hash]",
  chunkNames: "assets/[name]-[hash]",
  assetNames: "assets/[name]-[hash]",
  platform: "browser",
  target: "es2022",
  jsx: "automatic",
  splitting: true,
  minify: true,
  legalComments: "linked",
  loader: { ".svg": "copy" },
  define: { "process.env.NODE_ENV": '"production"' },
}));

export interface Site {
  /** With hashed names. */
  readonly files: readonly SiteFile[];
  /** HTML of the page that loads them. */
  readonly page: string;
}

/** Bundles web/. */
export async function buildSite(): Promise<Site> {
  const built = await bundle();
  const files = Object.entries(built).map(([key, path]) => {
    const contentType = contentTypes[extname(key)];
    if (contentType === undefined) {
      throw new Error(`The gallery has no content type for ${key}`);
    }
    return { key, path, contentType };
  });
  return { files, page: pageOf(files) };
}

function pageOf(files: readonly SiteFile[]): string {
  const script = find(files, /^main-.*\.js$/);
  const tags = [
    `<link rel="icon" href="/${find(files, /^icon-.*\.svg$/).key}" />`,
    `<link rel="stylesheet" href="/${find(files, /^main-.*\.css$/).key}" />`,
    ...chunksOf(script, files).map(({ key }) => `<link rel="modulepreload" href="/${key}" />`),
    `<script type="module" src="/${script.key}"></script>`,
  ];
  const page = readFileSync(join(root, "web/index.html"), "utf8");
  return page.replace("<!-- assets -->", () => tags.join("\n    "));
}

function find(files: readonly SiteFile[], name: RegExp): SiteFile {
  const file = files.find(({ key }) => name.test(basename(key)));
  if (!file) {
    throw new Error(`The build of the gallery has no file ${name.source}`);
  }
  return file;
}

/** Chunks that the script imports at once, not later by `import()`, and those that they import. */
function chunksOf(script: SiteFile, files: readonly SiteFile[]): readonly SiteFile[] {
  const found = new Set<SiteFile>();
  const add = ({ path }: SiteFile) => {
    const text = readFileSync(join(root, path), "utf8");
    const imports = text.matchAll(/(?:^|;|\n)(?:import|export)[^"';()]*["']\.\/([^"']+\.js)["']/g);
    for (const [, name] of imports) {
      const file = files.find(({ key }) => key === `assets/${name}`);
      if (file && !found.has(file)) {
        found.add(file);
        add(file);
      }
    }
  };
  add(script);
  return [...found];
}
