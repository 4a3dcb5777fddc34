import type { AnyNode } from "acorn";

/** Reports that `node` is not supported, and why. */
export type Report = (node: AnyNode, reason: string) => void;

export type FunctionNode = Extract<
  AnyNode,
  { type: "FunctionDeclaration" | "FunctionExpression" | "ArrowFunctionExpression" }
>;

/** The nodes directly under `node`, in source order. */
export function children(node: AnyNode): AnyNode[] {
  const found: AnyNode[] = [];
  // A loop, because every boot calls this for each node of each resolver several times.
  for (const value of Object.values(node) as unknown[]) {
    if (isNode(value)) {
      found.push(value);
    } else if (Array.isArray(value)) {
      found.push(...value.filter(isNode));
    }
  }
  return found;
}

/** Visits `node` and all under it, each with its parent. */
export function walk(node: AnyNode, visit: (node: AnyNode, parent?: AnyNode) => void): void {
  const descend = (at: AnyNode, parent?: AnyNode) => {
    visit(at, parent);
    for (const child of children(at)) {
      descend(child, at);
    }
  };
  descend(node);
}

export function isFunction(node: AnyNode | null | undefined): node is FunctionNode {
  return (
    node?.type === "FunctionDeclaration" ||
    node?.type === "FunctionExpression" ||
    node?.type === "ArrowFunctionExpression"
  );
}

/** The name after the dot, or of a literal between brackets; undefined where it is known only at run time. */
export function memberName(node: AnyNode): string | undefined {
  if (node.type !== "MemberExpression") {
    return undefined;
  }
  const { property, computed } = node;
  if (!computed && property.type === "Identifier") {
    return property.name;
  }
  if (property.type === "Literal") {
    return String(property.value);
  }
  if (property.type !== "TemplateLiteral" || property.expressions.length > 0) {
    return undefined;
  }
  return property.quasis.map((quasi) => quasi.value.cooked ?? "").join("");
}

/** The names that a pattern binds. */
export function boundNames(pattern: AnyNode): (AnyNode & { type: "Identifier" })[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern];
    case "ObjectPattern":
      return pattern.properties.flatMap((property) =>
        boundNames(property.type === "Property" ? property.value : property),
      );
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element === null ? [] : boundNames(element)));
    case "AssignmentPattern":
      return boundNames(pattern.left);
    case "RestElement":
      return boundNames(pattern.argument);
    default:
      return [];
  }
}

function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    typeof value.type === "string" &&
    "start" in value
  );
}
