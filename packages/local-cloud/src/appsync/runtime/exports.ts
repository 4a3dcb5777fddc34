import type { Program } from "acorn";

import { isFunction, type Report } from "./nodes.ts";
import { MODULES } from "./library.ts";
import { type Binding, exportName, type Scopes } from "./scopes.ts";
import type { Handler } from "../model/handlers.ts";
import { REFUSED } from "../utils/refused.ts";

/** The local name of each exported handler. */
export type Exports = ReadonlyMap<Handler, string>;

type Statement = Program["body"][number];

/** The handlers that the module exports. Reports imports that are not from the library. */
export function checkExports(program: Program, scopes: Scopes, report: Report): Exports {
  const handlers = new Map<Handler, string>();
  for (const node of program.body) {
    if (node.type === "ImportDeclaration") {
      checkImport(node, report);
    }
    if (node.type !== "ExportNamedDeclaration") {
      continue;
    }
    if (node.source) {
      report(node, "export from is not supported");
    }
    for (const { name, local } of exportedNames(node)) {
      if (name === "request" || name === "response") {
        handlers.set(name, local);
      }
    }
  }
  if (handlers.size === 0) {
    report(program, "the code exports neither request nor response");
  }
  for (const [handler, local] of handlers) {
    const binding = scopes.bindings.find(({ name }) => name === local);
    checkHandler(handler, binding, report);
  }
  return handlers;
}

function exportedNames({
  declaration,
  specifiers,
}: Statement & { type: "ExportNamedDeclaration" }): { readonly name: string; readonly local: string }[] {
  const declared =
    declaration?.type === "FunctionDeclaration"
      ? [declaration.id]
      : declaration?.type === "VariableDeclaration"
        ? declaration.declarations.map(({ id }) => id)
        : [];
  return [
    ...declared.flatMap((id) => (id.type === "Identifier" ? [{ name: id.name, local: id.name }] : [])),
    ...specifiers.map(({ exported, local }) => ({ name: exportName(exported), local: exportName(local) })),
  ];
}

function checkHandler(handler: Handler, binding: Binding | undefined, report: Report): void {
  const value = binding?.value;
  if (value !== undefined && !isFunction(value) && value.type !== "Identifier") {
    report(value, `${handler} is not a function`);
  }
}

function checkImport(node: Statement & { type: "ImportDeclaration" }, report: Report): void {
  const source = String(node.source.value);
  const library = MODULES[source];
  if (library === undefined) {
    const reason =
      REFUSED[source] ?? "only @aws-appsync/utils and @aws-appsync/utils/dynamodb can be imported";
    report(node.source, `import from ${JSON.stringify(source)} is not supported, as ${reason}`);
    return;
  }
  for (const specifier of node.specifiers) {
    if (specifier.type !== "ImportSpecifier") {
      continue;
    }
    const name = exportName(specifier.imported);
    const refused = REFUSED[`${source}.${name}`];
    if (refused !== undefined) {
      report(specifier, `${name} is not supported: ${refused}`);
    } else if (!Object.hasOwn(library, name)) {
      report(specifier, `${source} exports no ${name}`);
    }
  }
}
