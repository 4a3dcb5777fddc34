import type { AnyNode, Program } from "acorn";

import { type FunctionNode, isFunction, memberName, type Report, walk } from "./nodes.ts";
import type { Binding, Scopes } from "./scopes.ts";

/** The context and its members are read-only, as in AWS's ESLint plugin; what they contain (`ctx.stash.x`) is not. */
export function checkContext(program: Program, scopes: Scopes, report: Report): void {
  const contexts = new Set(
    scopes.bindings.filter(isHandler).map(({ value }) => (value as FunctionNode).params[0]),
  );
  const isContext = (node: AnyNode) => {
    if (node.type !== "Identifier") {
      return false;
    }
    const reference = scopes.of(node);
    if (reference?.binding?.kind !== "parameter") {
      return false;
    }
    return reference.functions.some(
      ({ params: [first] }) =>
        contexts.has(first) && first?.type === "Identifier" && first.name === node.name,
    );
  };
  walk(program, (node) => {
    const target = written(node);
    if (target === undefined) {
      return;
    }
    if (isContext(target)) {
      report(node, "the context is read-only");
    }
    if (target.type === "MemberExpression" && isContext(target.object)) {
      report(node, `${memberName(target) ?? "a member"} of the context is read-only`);
    }
  });
}

function isHandler({ name, value }: Binding): boolean {
  return (name === "request" || name === "response") && isFunction(value);
}

function written(node: AnyNode): AnyNode | undefined {
  if (node.type === "AssignmentExpression") {
    return node.left;
  }
  if (node.type === "UnaryExpression" && node.operator === "delete") {
    return node.argument;
  }
  if (node.type === "ForOfStatement" || node.type === "ForInStatement") {
    return node.left;
  }
  return undefined;
}
