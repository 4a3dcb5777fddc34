import type { AnyNode, Identifier, Program } from "acorn";

import { boundNames, children, type FunctionNode, isFunction } from "./nodes.ts";

/** One declared name. */
export interface Binding {
  readonly name: string;
  readonly kind: "import" | "function" | "parameter" | "variable";
  /** The function or initial value, if there is one. */
  readonly value?: AnyNode;
  /** The module, such as `"@aws-appsync/utils"`, and the name in it; `*` for the whole module. */
  readonly module?: string;
  readonly imported?: string;
}

/** One use of a name. */
interface Reference {
  readonly node: Identifier;
  /** Undefined for a global. */
  readonly binding: Binding | undefined;
  /** Outermost first. */
  readonly functions: readonly FunctionNode[];
}

export interface Scopes {
  readonly references: readonly Reference[];
  readonly bindings: readonly Binding[];
  of(node: Identifier): Reference | undefined;
}

/** Resolves every name of the program. */
export function resolveNames(program: Program): Scopes {
  const references: Reference[] = [];
  const bindings: Binding[] = [];

  const enter = (node: AnyNode, scopes: readonly Scope[], functions: readonly FunctionNode[]): void => {
    if (node.type === "Identifier") {
      const binding = scopes.findLast((scope) => scope.has(node.name))?.get(node.name);
      references.push({ node, binding, functions });
      return;
    }
    const own = declared(node);
    bindings.push(...own.values());
    const inner = own.size > 0 ? [...scopes, own] : scopes;
    const within = isFunction(node) ? [...functions, node] : functions;
    for (const child of usedNames(node)) {
      enter(child, inner, within);
    }
  };

  enter(program, [], []);
  const byNode = new Map(references.map((reference) => [reference.node, reference]));
  return { references, bindings, of: (node) => byNode.get(node) };
}

type Scope = ReadonlyMap<string, Binding>;

/** The names of the scope that `node` opens. */
function declared(node: AnyNode): Scope {
  if (isFunction(node)) {
    const own =
      node.type === "FunctionExpression" && node.id ? [binding(node.id.name, "function", node)] : [];
    const parameters = node.params.flatMap(boundNames).map(({ name }) => binding(name, "parameter"));
    return scope([...own, ...parameters, ...hoisted(node.body)]);
  }
  switch (node.type) {
    case "Program":
      return scope([...hoisted(node), ...node.body.flatMap(lexical)]);
    case "BlockStatement":
      return scope(node.body.flatMap(lexical));
    case "SwitchStatement":
      return scope(node.cases.flatMap((one) => one.consequent).flatMap(lexical));
    case "ForOfStatement":
    case "ForInStatement":
      return scope(lexical(node.left));
    default:
      return scope([]);
  }
}

/** The block-scoped names that a statement declares: `let`, `const`, functions and imports. */
function lexical(node: AnyNode): Binding[] {
  switch (node.type) {
    case "VariableDeclaration":
      return node.kind === "var" ? [] : variables(node);
    case "FunctionDeclaration":
      return node.id === null ? [] : [binding(node.id.name, "function", node)];
    case "ClassDeclaration":
      return node.id === null ? [] : [binding(node.id.name, "variable")];
    case "ExportNamedDeclaration":
      return node.declaration ? lexical(node.declaration) : [];
    case "ImportDeclaration":
      return node.specifiers.map((specifier) => ({
        name: specifier.local.name,
        kind: "import" as const,
        module: String(node.source.value),
        imported: specifier.type === "ImportSpecifier" ? exportName(specifier.imported) : "*",
      }));
    default:
      return [];
  }
}

/** The `var` names declared anywhere under `node`, except in inner functions. */
function hoisted(node: AnyNode): Binding[] {
  return children(node).flatMap((child) => {
    if (isFunction(child)) {
      return [];
    }
    const own = child.type === "VariableDeclaration" && child.kind === "var" ? variables(child) : [];
    return [...own, ...hoisted(child)];
  });
}

function variables(node: AnyNode & { type: "VariableDeclaration" }): Binding[] {
  return node.declarations.flatMap(({ id, init }) => {
    const value = id.type === "Identifier" ? (init ?? undefined) : undefined;
    return boundNames(id).map(({ name }) => binding(name, "variable", value));
  });
}

function binding(name: string, kind: Binding["kind"], value?: AnyNode): Binding {
  return value === undefined ? { name, kind } : { name, kind, value };
}

function scope(bindings: readonly Binding[]): Scope {
  return new Map(bindings.map((one) => [one.name, one]));
}

/** The children of a node in which an identifier is a use of a name. Keys and labels are left out. */
function usedNames(node: AnyNode): AnyNode[] {
  switch (node.type) {
    case "MemberExpression":
      return node.computed ? children(node) : [node.object];
    case "Property":
      return node.computed ? children(node) : [node.value];
    case "ExportSpecifier":
      return [node.local];
    case "ImportDeclaration":
    case "MetaProperty":
    // Classes are refused whole: their names need not be reported as well.
    case "ClassDeclaration":
    case "ClassExpression":
      return [];
    case "ExportNamedDeclaration":
      return node.source ? [] : children(node);
    case "VariableDeclarator":
      return [...usedInPattern(node.id), ...(node.init ? [node.init] : [])];
    default:
      return isFunction(node) ? [...node.params.flatMap(usedInPattern), node.body] : children(node);
  }
}

/** The default values and computed keys of a declaring pattern: what it uses, not what it declares. */
function usedInPattern(pattern: AnyNode): AnyNode[] {
  switch (pattern.type) {
    case "Identifier":
      return [];
    case "AssignmentPattern":
      return [...usedInPattern(pattern.left), pattern.right];
    case "Property":
      return [...(pattern.computed ? [pattern.key] : []), ...usedInPattern(pattern.value)];
    default:
      return children(pattern).flatMap(usedInPattern);
  }
}

/** An imported or exported name, which may be a string. */
export function exportName(
  node: Identifier | { readonly type: "Literal"; readonly value?: unknown },
): string {
  return node.type === "Identifier" ? node.name : String(node.value);
}
