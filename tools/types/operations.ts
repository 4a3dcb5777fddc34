import { print } from "graphql";
import { includable } from "./client.ts";
import { argumentsIn, type Contract, extrasOf, type OperationField, operationFields } from "./contract.ts";
import { typeName } from "./read.ts";
import { defaultSelection } from "./selection.ts";
import { argumentsName, comment, lowerFirst, typeText } from "./text.ts";

/** A function for each operation. */
export function operations(contract: Contract): string {
  const found = operationFields(contract);
  const withExtras = new Set(found.flatMap(({ field }) => includable(contract, typeName(field.type))));
  const texts = [
    ...[...withExtras].map((name) => extrasConstant(contract, name)),
    ...found.map((operation) => operationConstant(contract, operation)),
  ].join("\n\n");
  const used = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(texts.replaceAll(/"[^"]*"/g, ""));
  const types = [
    ...contract.types.keys(),
    ...[...withExtras].map((name) => `${name}Include`),
    ...found.map(({ field }) => argumentsName(field.name.value)),
  ].filter(used);
  return `import { type Operation, operation } from "./operation.ts";
    import type { ${types.sort().join(", ")} } from "./schema.ts";

    ${texts}`;
}

const extrasName = (type: string): string => `${lowerFirst(type)}Extras`;

function extrasConstant(contract: Contract, type: string): string {
  const extras = extrasOf(contract, type).map((field) => {
    const inner = defaultSelection(contract, typeName(field.type)).replaceAll(/ ?\*\w+/g, "");
    return `${field.name.value}: { arguments: ${variablesOf(field)}, selection: "${inner}" }`;
  });
  return `const ${extrasName(type)} = { ${extras.join(", ")} };`;
}

function operationConstant(contract: Contract, { kind, field }: OperationField): string {
  const name = field.name.value;
  const included = includable(contract, typeName(field.type));
  const types = [
    argumentsIn(field).length > 0 ? argumentsName(name) : "object",
    typeText(field.type, { readonly: true }),
    ...(included.length > 0 ? [included.map((type) => `${type}Include`).join(" & ")] : []),
  ];
  const extras = included.map((type) => `${type}: ${extrasName(type)}`).join(", ");
  return `${comment(field)}export const ${name}: Operation<${types.join(", ")}> = /* @__PURE__ */ operation({
    kind: "${kind}",
    name: "${name}",
    variables: ${variablesOf(field)},
    selection: "${defaultSelection(contract, typeName(field.type))}",
    ${extras ? `extras: { ${extras} },` : ""}
  });`;
}

/** The arguments' types by their names. */
const variablesOf = (field: OperationField["field"]): string =>
  `{ ${argumentsIn(field)
    .map(({ name, type }) => `${name.value}: "${print(type)}"`)
    .join(", ")} }`;
