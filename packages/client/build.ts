// Makes dist/, the package as it is published: JavaScript, types, and a package.json of its own. Pack it with
// `npm pack ./packages/client/dist`. A folder may be given instead of dist/.
import { execFileSync } from "node:child_process";
import { copyFileSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

interface Manifest extends Record<string, unknown> {
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const here = import.meta.dirname;
const dist = resolve(process.argv[2] ?? join(here, "dist"));
const compiled = (path: string): string => path.replace(/^\.\/src\//, "./").replace(/\.ts$/, ".js");

function compile(): void {
  rmSync(dist, { recursive: true, force: true });
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const project = join(here, "tsconfig.build.json");
  execFileSync(process.execPath, [tsc, "-p", project, "--outDir", dist], { stdio: "inherit" });
  // TypeScript leaves these names as they are in declarations, and older versions do not find them.
  for (const file of globSync("**/*.d.ts", { cwd: dist })) {
    const path = join(dist, file);
    writeFileSync(path, readFileSync(path, "utf8").replaceAll(/(["']\.{1,2}\/[^"']*)\.ts(["'])/g, "$1.js$2"));
  }
}

/** The same package, without what only its development needs. */
function manifest(): object {
  const source = JSON.parse(readFileSync(join(here, "package.json"), "utf8")) as Manifest;
  const development = ["private", "scripts", "devDependencies"];
  const kept = Object.entries(source).filter(([name]) => !development.includes(name));
  const entries = Object.entries(source.exports).map(([name, path]) => {
    const file = compiled(path);
    return [name, { types: file.replace(/\.js$/, ".d.ts"), default: file }] as const;
  });
  const inner = Object.entries(source.imports).map(([name, conditions]) => {
    const files = Object.entries(conditions).map(([condition, path]) => [condition, compiled(path)] as const);
    return [name, Object.fromEntries(files)] as const;
  });
  return {
    ...Object.fromEntries(kept),
    exports: { ...Object.fromEntries(entries), "./package.json": "./package.json" },
    imports: Object.fromEntries(inner),
    engines: { node: ">=20.3" },
  };
}

compile();
writeFileSync(join(dist, "package.json"), `${JSON.stringify(manifest(), null, 2)}\n`);
copyFileSync(join(here, "README.md"), join(dist, "README.md"));
copyFileSync(join(here, "..", "..", "LICENSE"), join(dist, "LICENSE"));
