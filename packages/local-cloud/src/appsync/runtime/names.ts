import type { AnyNode, Identifier, Program } from "acorn";

import { REFUSED } from "../utils/refused.ts";
import { memberName, type Report, walk } from "./nodes.ts";
import { FORBIDDEN_KEYS, GLOBALS, LIBRARY_GLOBALS, RESERVED_PREFIX } from "./globals.ts";
import { libraryMember, MODULES } from "./library.ts";
import type { Scopes } from "./scopes.ts";

/** Checks globals, members of known objects, and keys by allow-lists. AWS type-checks them when it saves the code. */
export function checkNames(program: Program, scopes: Scopes, report: Report): void {
  for (const { name } of scopes.bindings) {
    if (name.startsWith(RESERVED_PREFIX) || name === "arguments") {
      report(program, `the name ${name} is reserved`);
    }
  }
  for (const { node, binding } of scopes.references) {
    if (binding === undefined && !isGlobal(node.name)) {
      report(node, `${node.name} is not defined in APPSYNC_JS`);
    }
  }
  walk(program, (node, parent) => {
    checkKey(node, report);
    checkMember(node, parent, scopes, report);
  });
}

/** The library object or global that an expression names, such as `util.time`; undefined for other expressions. */
export function libraryPath(node: AnyNode, scopes: Scopes): readonly string[] | undefined {
  if (node.type === "ChainExpression") {
    return libraryPath(node.expression, scopes);
  }
  if (node.type === "Identifier") {
    return rootPath(node, scopes);
  }
  if (node.type !== "MemberExpression") {
    return undefined;
  }
  const object = libraryPath(node.object, scopes);
  const name = memberName(node);
  return object === undefined || name === undefined ? undefined : [...object, name];
}

const UTILS = "@aws-appsync/utils";

function rootPath(node: Identifier, scopes: Scopes): readonly string[] | undefined {
  const reference = scopes.of(node);
  if (reference === undefined) {
    return undefined;
  }
  const { binding } = reference;
  if (binding === undefined) {
    return isLibraryGlobal(node.name) ? [UTILS, node.name] : [node.name];
  }
  if (binding.kind !== "import" || binding.module === undefined || binding.imported === undefined) {
    return undefined;
  }
  return binding.imported === "*" ? [binding.module] : [binding.module, binding.imported];
}

function checkMember(node: AnyNode, parent: AnyNode | undefined, scopes: Scopes, report: Report): void {
  if (node.type === "Identifier" || node.type === "MemberExpression") {
    const path = libraryPath(node, scopes);
    const [root = "", ...rest] = path ?? [];
    const isObject = parent?.type === "MemberExpression" && parent.object === node;
    if (path !== undefined) {
      checkPath(node, root, rest, isObject, report);
    }
  }
  if (
    node.type === "MemberExpression" &&
    memberName(node) === undefined &&
    libraryPath(node.object, scopes)
  ) {
    report(node, "a member of the library needs a name that can be read in the code");
  }
  if (node.type === "TaggedTemplateExpression" && libraryPath(node.tag, scopes)?.join(".") !== "String.raw") {
    report(node, "tagged templates other than String.raw are not supported");
  }
}

function checkPath(
  node: AnyNode,
  root: string,
  rest: readonly string[],
  isObject: boolean,
  report: Report,
): void {
  const library = MODULES[root];
  if (library === undefined) {
    const members = Object.hasOwn(GLOBALS, root) ? GLOBALS[root] : undefined;
    if (members === undefined || members === null) {
      return;
    }
    const [name] = rest;
    if (name === undefined && !isObject) {
      report(node, `${root} itself is not a value in APPSYNC_JS; use ${list(root, members)}`);
    }
    if (rest.length === 1 && !members.includes(name ?? "")) {
      report(node, `${root} has no ${name} in APPSYNC_JS`);
    }
    return;
  }
  const shown = root === UTILS ? rest.join(".") : ["ddb", ...rest].join(".");
  const refused = REFUSED[root === UTILS ? shown : `${root}.${rest.join(".")}`];
  if (refused !== undefined) {
    report(node, `${shown} is not supported: ${refused}`);
  } else if (
    libraryMember(library, rest) === undefined &&
    libraryMember(library, rest.slice(0, -1)) !== undefined
  ) {
    const owner = shown.split(".").slice(0, -1).join(".");
    if (typeof libraryMember(library, rest.slice(0, -1)) === "object") {
      report(node, `Property '${rest.at(-1)}' does not exist on '${owner}'`);
    }
  }
}

/** Literal keys only: the `key` hook checks computed keys when they are evaluated. */
function checkKey(node: AnyNode, report: Report): void {
  const key =
    node.type === "MemberExpression"
      ? memberName(node)
      : node.type === "Property" && node.key.type === (node.computed ? "Literal" : node.key.type)
        ? propertyKey(node.key)
        : undefined;
  if (key !== undefined && FORBIDDEN_KEYS.includes(key)) {
    report(node, `the key ${key} is not supported`);
  }
}

function propertyKey(key: AnyNode): string | undefined {
  return key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : undefined;
}

function isGlobal(name: string): boolean {
  return Object.hasOwn(GLOBALS, name) || isLibraryGlobal(name);
}

function isLibraryGlobal(name: string): boolean {
  return LIBRARY_GLOBALS.some((known) => known === name);
}

function list(root: string, members: readonly string[]): string {
  return members.map((name) => `${root}.${name}`).join(", ");
}
