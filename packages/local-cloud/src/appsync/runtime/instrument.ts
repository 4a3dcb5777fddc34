import type { AnyNode } from "acorn";

import type { Checked } from "./check.ts";
import { GLOBALS, LIBRARY_GLOBALS, RESERVED_PREFIX } from "./globals.ts";
import { calledAsMethod } from "./calls.ts";
import { libraryPath } from "./names.ts";
import { isFunction, memberName, walk } from "./nodes.ts";

/** The code as a function of its globals. Lines stay as they are. */
export interface Instrumented {
  /**
   * An expression: a function of `PARAMETERS`, which returns a function of the imported values, which evaluates the
   * module and returns its handlers.
   */
  readonly source: string;
  /** The column in the code of a place in `source`. Lines and columns start at 1. */
  originalColumn(line: number, column: number): number;
}

const STEP = `${RESERVED_PREFIX}step`;
const SPREAD = `${RESERVED_PREFIX}spread`;
const KEY = `${RESERVED_PREFIX}key`;
const LOG = `${RESERVED_PREFIX}log`;
const BOTH = `${RESERVED_PREFIX}both`;
const UNMATCHED = `${RESERVED_PREFIX}unmatched`;
const EACH = `${RESERVED_PREFIX}each`;
const INVALID = `${RESERVED_PREFIX}invalid`;

/** Parameters of the code, by their names in `Realm.globals`. `undefined` cannot be a parameter, and need not be. */
export const PARAMETERS = [
  ...[STEP, SPREAD, KEY, LOG, BOTH, UNMATCHED, EACH, INVALID],
  ...Object.keys(GLOBALS).filter((name) => name !== "undefined"),
  ...LIBRARY_GLOBALS,
];

/** Counts steps in functions and loops, guards computed keys and spreads, gives the log the place of each call, and adds AWS's deviations from JavaScript. */
export function instrument(code: string, checked: Checked): Instrumented {
  const edits = new Edits(code);
  const imports: string[] = [];
  walk(checked.program, (node) => {
    editModule(node, edits);
    editSteps(node, edits);
    editGuards(node, edits);
    editLog(node, checked, edits);
    editQuirks(node, checked, edits);
  });
  for (const binding of checked.scopes.bindings) {
    if (binding.kind === "import") {
      imports.push(binding.name);
    }
  }
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
  if (node.type === "ImportDeclaration") {
    edits.blank(node.start, node.end);
  }
  if (node.type === "ExportNamedDeclaration") {
    edits.blank(node.start, node.declaration?.start ?? node.end);
  }
}

function editSteps(node: AnyNode, edits: Edits): void {
  const isLoop = node.type === "ForOfStatement" || node.type === "ForInStatement";
  if (!isLoop && !isFunction(node)) {
    return;
  }
  const { body } = node;
  if (body.type === "BlockStatement") {
    edits.insert(body.start + 1, ` ${STEP}(); `);
  } else if (isLoop) {
    edits.surround(body, `{ ${STEP}(); `, " }");
  } else {
    edits.surround(body, `(${STEP}(), `, ")");
  }
}

function editGuards(node: AnyNode, edits: Edits): void {
  if (node.type === "ArrayExpression" || node.type === "CallExpression") {
    const items = node.type === "ArrayExpression" ? node.elements : node.arguments;
    for (const item of items) {
      if (item?.type === "SpreadElement") {
        edits.surround(item.argument, `${SPREAD}(`, ")");
      }
    }
  }
  const key =
    node.type === "MemberExpression" && node.computed
      ? node.property
      : node.type === "Property" && node.computed
        ? node.key
        : undefined;
  if (key !== undefined && key.type !== "Literal") {
    edits.surround(key, `${KEY}(`, ")");
  }
}

function editLog(node: AnyNode, { scopes }: Checked, edits: Edits): void {
  if (node.type !== "CallExpression" || node.loc == null) {
    return;
  }
  const [root, level] = libraryPath(node.callee, scopes) ?? [];
  if (root !== "console") {
    return;
  }
  const place = `${node.loc.start.line}:${node.loc.start.column + 1}`;
  edits.surround(node.callee, `${LOG}("${level ?? ""}", "${place}", `, ")");
}

/**
 * Where AWS's runtime differs from JavaScript: `a ?? b` always evaluates b (aws-appsync-community#403); a switch over an
 * optional chain always runs the default case (#411); a for-of loop goes through at most 1,000 items (#371), of those
 * that the list had when the loop started; and `f.call` faults at run time.
 */
function editQuirks(node: AnyNode, { scopes }: Checked, edits: Edits): void {
  if (node.type === "LogicalExpression" && node.operator === "??" && !isPlain(node.right)) {
    edits.surround(node, `${BOTH}(`, ")");
    edits.replaceBetween(node.left.end, node.right.start, "??", ", ");
  }
  if (node.type === "SwitchStatement" && node.discriminant.type === "ChainExpression") {
    edits.surround(node.discriminant, `${UNMATCHED}(`, ")");
  }
  if (node.type === "ForOfStatement") {
    edits.surround(node.right, `${EACH}(`, ")");
  }
  if (node.type === "CallExpression" && calledAsMethod(node, scopes)) {
    edits.surround(node.callee, `${INVALID}("${memberName(node.callee)}", `, ")");
  }
}

/** True if evaluating the expression has no effect. */
function isPlain(node: AnyNode): boolean {
  if (node.type === "ArrayExpression") {
    return node.elements.length === 0;
  }
  if (node.type === "ObjectExpression") {
    return node.properties.length === 0;
  }
  return node.type === "Literal" || node.type === "Identifier";
}

class Edits {
  readonly #code: string;
  readonly #insertions: { at: number; text: string; opens: boolean }[] = [];
  readonly #replacements: { start: number; end: number; text: string }[] = [];

  constructor(code: string) {
    this.#code = code;
  }

  blank(start: number, end: number): void {
    const text = this.#code.slice(start, end).replace(/[^\n\r]/gu, " ");
    this.#replacements.push({ start, end, text });
  }

  /** Replaces an operator by text of the same length. Between its operands are only spaces, brackets and comments. */
  replaceBetween(start: number, end: number, operator: string, text: string): void {
    const bare = this.#code
      .slice(start, end)
      .replace(/\/\*[^]*?\*\/|\/\/.*/gu, (comment) => " ".repeat(comment.length));
    const at = start + bare.indexOf(operator);
    this.#replacements.push({ start: at, end: at + operator.length, text });
  }

  insert(at: number, text: string): void {
    this.#insertions.push({ at, text, opens: true });
  }

  surround(node: AnyNode, before: string, after: string): void {
    this.#insertions.push({ at: node.start, text: before, opens: true });
    this.#insertions.push({ at: node.end, text: after, opens: false });
  }

  apply(): { text: string; originalColumn: (line: number, column: number) => number } {
    const code = this.#replacements.reduce(
      (whole, { start, end, text }) => whole.slice(0, start) + text + whole.slice(end),
      this.#code,
    );
    // The tree is walked from the outside in. At one place, inner nodes end first, and all ends come before any start.
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
