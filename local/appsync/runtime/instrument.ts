import type { AnyNode } from "acorn";

import type { Checked } from "./check.ts";
import { GLOBALS, LIBRARY_GLOBALS, RESERVED_PREFIX } from "./globals.ts";
import { libraryPath } from "./names.ts";
import { isFunction, walk } from "./nodes.ts";

/** The code as a function of its globals, on the same lines. */
export interface Instrumented {
  /** An expression: a function of `PARAMETERS`; it gives one of the imported values, which evaluates the module and gives its handlers. */
  readonly source: string;
  /** Where a place in `source` is in the code. Lines start at 1, columns too. */
  originalColumn(line: number, column: number): number;
}

const STEP = `${RESERVED_PREFIX}step`;
const SPREAD = `${RESERVED_PREFIX}spread`;
const KEY = `${RESERVED_PREFIX}key`;
const LOG = `${RESERVED_PREFIX}log`;

/** What the code is a function of, by the names in `Realm.globals`; `undefined` is syntax enough by itself. */
export const PARAMETERS = [
  ...[STEP, SPREAD, KEY, LOG],
  ...Object.keys(GLOBALS).filter((name) => name !== "undefined"),
  ...LIBRARY_GLOBALS,
];

/** Counts steps in functions and loops, guards computed keys and spreads, and tells the log where it is called. */
export function instrument(code: string, checked: Checked): Instrumented {
  const edits = new Edits(code);
  const imports: string[] = [];
  walk(checked.program, (node) => {
    editModule(node, edits);
    editSteps(node, edits);
    editGuards(node, edits);
    editLog(node, checked, edits);
  });
  for (const binding of checked.scopes.bindings) if (binding.kind === "import") imports.push(binding.name);
  const handlers = [...checked.exports].map(([handler, local]) => `${handler}: ${local}`).join(", ");
  const opening = `(function (${PARAMETERS.join(", ")}) { "use strict"; return function (${imports.join(", ")}) { `;
  const { text, originalColumn } = edits.apply();
  return {
    source: `${opening}${text}\nreturn { ${handlers} }; }; })`,
    originalColumn: (line, column) => originalColumn(line, line === 1 ? column - opening.length : column),
  };
}

/** Imports and exports become spaces: the imported names are parameters. */
function editModule(node: AnyNode, edits: Edits): void {
  if (node.type === "ImportDeclaration") edits.blank(node.start, node.end);
  if (node.type === "ExportNamedDeclaration") edits.blank(node.start, node.declaration?.start ?? node.end);
}

function editSteps(node: AnyNode, edits: Edits): void {
  const isLoop = node.type === "ForOfStatement" || node.type === "ForInStatement";
  if (!isLoop && !isFunction(node)) return;
  const { body } = node;
  if (body.type === "BlockStatement") edits.insert(body.start + 1, ` ${STEP}(); `);
  else if (isLoop) edits.surround(body, `{ ${STEP}(); `, " }");
  else edits.surround(body, `(${STEP}(), `, ")");
}

function editGuards(node: AnyNode, edits: Edits): void {
  if (node.type === "ArrayExpression" || node.type === "CallExpression") {
    const items = node.type === "ArrayExpression" ? node.elements : node.arguments;
    for (const item of items)
      if (item?.type === "SpreadElement") edits.surround(item.argument, `${SPREAD}(`, ")");
  }
  const key =
    node.type === "MemberExpression" && node.computed
      ? node.property
      : node.type === "Property" && node.computed
        ? node.key
        : undefined;
  if (key !== undefined && key.type !== "Literal") edits.surround(key, `${KEY}(`, ")");
}

function editLog(node: AnyNode, { scopes }: Checked, edits: Edits): void {
  if (node.type !== "CallExpression" || node.loc == null) return;
  const [root, level] = libraryPath(node.callee, scopes) ?? [];
  if (root !== "console") return;
  const place = `${node.loc.start.line}:${node.loc.start.column + 1}`;
  edits.surround(node.callee, `${LOG}("${level ?? ""}", "${place}", `, ")");
}

class Edits {
  readonly #code: string;
  readonly #insertions: { at: number; text: string; opens: boolean }[] = [];
  readonly #blanks: { start: number; end: number }[] = [];

  constructor(code: string) {
    this.#code = code;
  }

  blank(start: number, end: number): void {
    this.#blanks.push({ start, end });
  }

  insert(at: number, text: string): void {
    this.#insertions.push({ at, text, opens: true });
  }

  surround(node: AnyNode, before: string, after: string): void {
    this.#insertions.push({ at: node.start, text: before, opens: true });
    this.#insertions.push({ at: node.end, text: after, opens: false });
  }

  apply(): { text: string; originalColumn: (line: number, column: number) => number } {
    const code = this.#blanks.reduce((text, { start, end }) => {
      const blank = text.slice(start, end).replace(/[^\n\r]/gu, " ");
      return text.slice(0, start) + blank + text.slice(end);
    }, this.#code);
    // The tree is walked from outside in: what ends at one place ends from inside out, before anything starts.
    const sorted = this.#insertions
      .map((insertion, order) => ({ ...insertion, order: insertion.opens ? order : -order }))
      .sort((a, b) => a.at - b.at || Number(a.opens) - Number(b.opens) || a.order - b.order);
    let text = "";
    let last = 0;
    let line = 1;
    const shifts = new Map<number, { column: number; length: number }[]>();
    for (const { at, text: inserted } of sorted) {
      const between = code.slice(last, at);
      text += between;
      line += between.split("\n").length - 1;
      const column = text.length - text.lastIndexOf("\n");
      shifts.set(line, [...(shifts.get(line) ?? []), { column, length: inserted.length }]);
      text += inserted;
      last = at;
    }
    return {
      text: text + code.slice(last),
      originalColumn: (line, column) =>
        (shifts.get(line) ?? [])
          .filter((shift) => shift.column < column)
          .reduce((original, { length }) => original - length, column),
    };
  }
}
