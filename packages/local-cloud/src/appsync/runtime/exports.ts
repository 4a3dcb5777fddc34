import type { Program } from "acorn";

import { isFunction, type Report } from "./nodes.ts";
import { MODULES } from "./library.ts";
import { type Binding, exportName, type Scopes } from "./scopes.ts";
import type { Handler } from "../model/handlers.ts";
import { REFUSED } from "../utils/refused.ts";

/** The local name of each exported handler. */
export type Exports = ReadonlyMap<Handler, string>;

/** The handlers that the module exports; imports from elsewhere than the library are problems. */
export function checkExports(program: Program, scopes: Scopes, report: Report): Exports {
  const handlers = new Map<Handler, string>();
  const add = (name: string, local: string) => {
    if (name === "request" || name === "response") {
      handlers.set(name, local);
    }
  };
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
    if (node.declaration?.type === "FunctionDeclaration") {
      add(node.declaration.id.name, node.declaration.id.name);
    }
    if (node.declaration?.type === "VariableDeclaration") {
      for (const { id } of node.declaration.declarations) {
        if (id.type === "Identifier") {
          add(id.name, id.name);
        }
      }
    }
    for (const { exported, local } of node.specifiers) {
      add(exportName(exported), exportName(local));
    }
  }
  if (handlers.size === 0) {
    report(program, "the code exports neither request nor response");
  }
  for (const [handler, local] of handlers) {
    checkHandler(
      handler,
      scopes.bindings.find(({ name }) => name === local),
    );
  }
  return handlers;

  function checkHandler(handler: Handler, binding: Binding | undefined): void {
    const value = binding?.value;
    if (value !== undefined && !isFunction(value) && value.type !== "Identifier") {
      report(value, `${handler} is not a function`);
    }
  }
}

function checkImport(node: Program["body"][number] & { type: "ImportDeclaration" }, report: Report): void {
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
