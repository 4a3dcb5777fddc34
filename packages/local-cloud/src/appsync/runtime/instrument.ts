import type { AnyNode } from "acorn";
import MagicString, { type SourceMapSegment } from "magic-string";

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
  const edits = new MagicString(code);
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
  const originalColumn = columnsOf(edits);
  return {
    source: `${opening}${edits.toString()}\nreturn { ${handlers} }; }; })`,
    originalColumn: (line, column) => originalColumn(line, line === 1 ? column - opening.length : column),
  };
}

/** Imports and exports become spaces: the imported names are parameters. */
function editModule(node: AnyNode, edits: MagicString): void {
  if (node.type === "ImportDeclaration") {
    blank(node.start, node.end, edits);
  }
  if (node.type === "ExportNamedDeclaration") {
    blank(node.start, node.declaration?.start ?? node.end, edits);
  }
}

function editSteps(node: AnyNode, edits: MagicString): void {
  const isLoop = node.type === "ForOfStatement" || node.type === "ForInStatement";
  if (!isLoop && !isFunction(node)) {
    return;
  }
  const { body } = node;
  if (body.type === "BlockStatement") {
    edits.appendRight(body.start + 1, ` ${STEP}(); `);
  } else if (isLoop) {
    surround(body, `{ ${STEP}(); `, " }", edits);
  } else {
    surround(body, `(${STEP}(), `, ")", edits);
  }
}

function editGuards(node: AnyNode, edits: MagicString): void {
  if (node.type === "ArrayExpression" || node.type === "CallExpression") {
    const items = node.type === "ArrayExpression" ? node.elements : node.arguments;
    for (const item of items) {
      if (item?.type === "SpreadElement") {
        surround(item.argument, `${SPREAD}(`, ")", edits);
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
    surround(key, `${KEY}(`, ")", edits);
  }
}

function editLog(node: AnyNode, { scopes }: Checked, edits: MagicString): void {
  if (node.type !== "CallExpression" || node.loc == null) {
    return;
  }
  const [root, level] = libraryPath(node.callee, scopes) ?? [];
  if (root !== "console") {
    return;
  }
  const place = `${node.loc.start.line}:${node.loc.start.column + 1}`;
  surround(node.callee, `${LOG}("${level ?? ""}", "${place}", `, ")", edits);
}

/**
 * Where AWS's runtime differs from JavaScript: `a ?? b` always evaluates b (aws-appsync-community#403); a switch over an
 * optional chain always runs the default case (#411); a for-of loop goes through at most 1,000 items (#371), of those
 * that the list had when the loop started; and `f.call` faults at run time.
 */
function editQuirks(node: AnyNode, { scopes }: Checked, edits: MagicString): void {
  if (node.type === "LogicalExpression" && node.operator === "??" && !isPlain(node.right)) {
    surround(node, `${BOTH}(`, ")", edits);
    replaceOperator(node.left.end, node.right.start, "??", ", ", edits);
  }
  if (node.type === "SwitchStatement" && node.discriminant.type === "ChainExpression") {
    surround(node.discriminant, `${UNMATCHED}(`, ")", edits);
  }
  if (node.type === "ForOfStatement") {
    surround(node.right, `${EACH}(`, ")", edits);
  }
  if (node.type === "CallExpression" && calledAsMethod(node, scopes)) {
    surround(node.callee, `${INVALID}("${memberName(node.callee)}", `, ")", edits);
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

/** Imports and exports keep their place, so that lines stay as they are. */
function blank(start: number, end: number, edits: MagicString): void {
  if (end > start) {
    edits.update(start, end, edits.original.slice(start, end).replace(/[^\n\r]/gu, " "));
  }
}

/** Replaces an operator by text of the same length. Between its operands are only spaces, brackets and comments. */
function replaceOperator(
  start: number,
  end: number,
  operator: string,
  text: string,
  edits: MagicString,
): void {
  const bare = edits.original
    .slice(start, end)
    .replace(/\/\*[^]*?\*\/|\/\/.*/gu, (comment) => " ".repeat(comment.length));
  const at = start + bare.indexOf(operator);
  edits.update(at, at + operator.length, text);
}

/** The tree is walked from the outside in. At one place, inner nodes start last and end first. */
function surround(node: AnyNode, before: string, after: string, edits: MagicString): void {
  edits.appendRight(node.start, before).prependLeft(node.end, after);
}

/** Maps a column of the edited code. The map is made for the first fault, because most codes have none. */
function columnsOf(edits: MagicString): Instrumented["originalColumn"] {
  let lines: SourceMapSegment[][] | undefined;
  return (line, column) => {
    lines ??= edits.generateDecodedMap({ hires: true }).mappings;
    const nearest = lines[line - 1]?.findLast(([edited]) => edited < column);
    if (nearest === undefined) {
      return column;
    }
    const [edited, , , original = 0] = nearest;
    // Inserted text has the place of the character after it.
    return original + (edited === column - 1 ? 1 : 2);
  };
}
