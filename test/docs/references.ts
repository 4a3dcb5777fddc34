import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "../support/program.ts";

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** Paths of files are given from the root, and begin with one of its folders. */
const folders = /^(?:docs|domain|functions|infra|packages|resolvers|test|tools)\/[\w./-]+$/;

/** Everything in a page that names something which does not exist: links, anchors, npm scripts, flags and paths. */
export function problemsOf(file: string, text: string): string[] {
  const prose = text.replace(/```.*?```/gs, "");
  const code = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
  const blocks = [...text.matchAll(/```(?:sh|ts)\n(.*?)```/gs)].map(([, block = ""]) => block);
  return [
    ...linksOf(prose).flatMap((link) => problemOfLink(file, link)),
    ...[...code, ...blocks].flatMap(problemsOfCommands),
    ...code
      .filter((span) => folders.test(span) && !isBuilt(span) && !namesFile(span))
      .map((span) => `no file ${span}`),
    ...code.filter((span) => /^--[a-z]/.test(span)).flatMap(problemsOfFlag),
    ...problemsOfTests(prose),
  ];
}

/** Pages that source files, settings and comments name: `docs/restore.md`. */
export const pagesNamedIn = (source: string): string[] => source.match(/\bdocs\/[\w/-]+\.md\b/g) ?? [];

const linksOf = (prose: string): string[] =>
  [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);

function problemOfLink(file: string, link: string): string[] {
  if (/^https?:/.test(link)) {
    return [];
  }
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? join(root, file) : join(root, dirname(file), path);
  if (!existsSync(target) || relative(root, target).startsWith("..")) {
    return [`no file ${link}`];
  }
  return anchor === undefined || anchorsOf(target).includes(anchor) ? [] : [`no anchor ${link}`];
}

/** As GitHub makes them of headings. */
const anchorsOf = (file: string): string[] =>
  [...readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );

/** `npm start` and `npm run` of scripts, with the flags that their usage names. */
function problemsOfCommands(text: string): string[] {
  const commands = text.matchAll(/\bnpm (?:-\w+ )*(?:(start|test)|run (?:-\w+ )*([\w:]+))([^\n|;>#)]*)/g);
  return [...commands].flatMap(([, short, long, rest = ""]) => {
    const name = short ?? long ?? "";
    const script = scripts[name];
    if (script === undefined) {
      return [`no script ${name}`];
    }
    const known = flagsOf(script);
    const given = rest.match(/(?<= )--[a-z][\w-]*/g) ?? [];
    return given.filter((flag) => !known.includes(flag)).map((flag) => `no flag ${flag} of npm ${name}`);
  });
}

/** The flags in the usage of a program of ours. Those of other programs are not known here. */
function flagsOf(script: string): string[] {
  const [file] = /[\w/-]+\.ts$/.exec(script) ?? [];
  // `npm start` has its usage in a module of its own.
  const files = file === undefined ? [] : [file, join(dirname(file), "start.ts")];
  const usages = files
    .filter((path) => existsSync(join(root, path)))
    .flatMap((path) => /const usage = `(.*?)`;/s.exec(readFileSync(join(root, path), "utf8"))?.[1] ?? []);
  return usages[0]?.match(/--[a-z][\w-]*/g) ?? [];
}

/** A flag that stands alone belongs to a program of ours. */
function problemsOfFlag(span: string): string[] {
  const [flag = ""] = /^--[a-z][\w-]*/.exec(span) ?? [];
  return Object.values(scripts).some((script) => flagsOf(script).includes(flag)) ? [] : [`no flag ${flag}`];
}

/** `npm run build` makes it. */
const isBuilt = (path: string): boolean => path.includes("/dist/");

const namesFile = (path: string): boolean =>
  ["", ".ts", ".test.ts"].some((extension) => existsSync(join(root, path + extension)));

/** Tests are named without their extension in tables: `test/e2e/access`. */
const problemsOfTests = (prose: string): string[] =>
  [...prose.matchAll(/(?<![\w/([`])test\/[\w/.-]*\w/g)]
    .map(([path]) => path)
    .filter((path) => !namesFile(path))
    .map((path) => `no test ${path}`);
