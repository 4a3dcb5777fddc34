import type { AnyNode, Program } from "acorn";

import { isFunction, memberName, type Report, walk } from "./nodes.ts";
import { CALLBACK_METHODS } from "./globals.ts";
import { libraryPath } from "./names.ts";
import type { Binding, Scopes } from "./scopes.ts";

/** Functions are values only as callbacks of array methods. They cannot be passed, returned, reassigned, or recursive. */
export function checkCalls(program: Program, scopes: Scopes, report: Report): void {
  walk(program, (node, parent) => {
    if (node.type === "CallExpression") {
      checkCall(node, scopes, report);
    }
    if (node.type === "ReturnStatement" && node.argument) {
      checkReturned(node.argument, scopes, report);
    }
    if (isFunction(node) && node.body.type !== "BlockStatement") {
      checkReturned(node.body, scopes, report);
    }
    if (node.type === "AssignmentExpression" && node.left.type === "Identifier") {
      if (functionOf(node.left, scopes)) {
        report(node, "a function cannot be reassigned");
      }
    }
    checkNamed(node, scopes, report);
    if (node.type === "MemberExpression" && memberName(node) === "toString") {
      const called = parent?.type === "CallExpression" && parent.callee === node;
      if (called && !libraryPath(node, scopes)) {
        report(node, "toString is not supported; use a template literal");
      }
    }
  });
  checkRecursion(scopes, report);
}

function checkCall(node: AnyNode & { type: "CallExpression" }, scopes: Scopes, report: Report): void {
  const { callee } = node;
  const name = memberName(callee);
  const isLibrary = libraryPath(callee, scopes) !== undefined;
  if (name === "sort" && !isLibrary && node.arguments.length > 0) {
    report(node.arguments[0] ?? node, "sort does not accept a comparator");
  }
  const takesFunction = name !== undefined && CALLBACK_METHODS.has(name) && !isLibrary;
  node.arguments.forEach((argument, index) => {
    const isCallback = takesFunction && index === 0;
    if (!isCallback && functionOf(argument, scopes)) {
      report(argument, "a function cannot be passed as an argument");
    }
  });
}

/** A function cannot get a second name (`const b = a`, `b = a`), as in AWS's ESLint plugin. */
function checkNamed(node: AnyNode, scopes: Scopes, report: Report): void {
  const value =
    node.type === "VariableDeclarator" ? node.init : node.type === "AssignmentExpression" ? node.right : null;
  if (value?.type === "Identifier" && functionOf(value, scopes)) {
    report(node, "a function cannot be reassigned");
  }
}

/** `f.call(..)`: AWS saves it, and it faults at run time. */
export function calledAsMethod({ callee }: AnyNode & { type: "CallExpression" }, scopes: Scopes): boolean {
  return (
    callee.type === "MemberExpression" &&
    ["apply", "bind", "call"].includes(memberName(callee) ?? "") &&
    functionOf(callee.object, scopes)
  );
}

function checkReturned(node: AnyNode, scopes: Scopes, report: Report): void {
  if (functionOf(node, scopes)) {
    report(node, "a function cannot be returned");
  }
}

/** True if the expression is a function, or the name of one. */
function functionOf(node: AnyNode, scopes: Scopes): boolean {
  if (isFunction(node)) {
    return true;
  }
  if (node.type !== "Identifier") {
    return false;
  }
  const binding = scopes.of(node)?.binding;
  return binding !== undefined && isFunction(binding.value);
}

/** A function that uses its own name, directly or through other functions, is recursive. */
function checkRecursion(scopes: Scopes, report: Report): void {
  const uses = new Map<Binding, Set<Binding>>();
  const owners = scopes.bindings.filter(({ value }) => value !== undefined);
  for (const { node, binding, functions } of scopes.references) {
    if (binding?.value === undefined) {
      continue;
    }
    for (const owner of owners) {
      if (inFunctionOf(owner, node.start, functions)) {
        uses.set(owner, (uses.get(owner) ?? new Set()).add(binding));
      }
    }
  }
  for (const { node, binding, functions } of scopes.references) {
    if (binding?.value === undefined) {
      continue;
    }
    const owner = owners.find(
      (one) => inFunctionOf(one, node.start, functions) && reaches(uses, binding, one),
    );
    if (owner !== undefined) {
      report(node, "recursion is not supported");
    }
  }
}

/** Inside the value of `owner` and inside a function there: an initial value runs once, and is not recursion. */
function inFunctionOf(owner: Binding, position: number, functions: readonly AnyNode[]): boolean {
  const { value } = owner;
  if (value === undefined || position < value.start || position >= value.end) {
    return false;
  }
  return functions.some((one) => one.start >= value.start && one.end <= value.end);
}

function reaches(uses: ReadonlyMap<Binding, ReadonlySet<Binding>>, from: Binding, to: Binding): boolean {
  const seen = new Set([from]);
  for (const binding of seen) {
    if (binding === to) {
      return true;
    }
    for (const next of uses.get(binding) ?? []) {
      seen.add(next);
    }
  }
  return false;
}
