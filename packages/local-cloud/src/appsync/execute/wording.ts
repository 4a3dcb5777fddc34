import {
  type ArgumentNode,
  type ASTNode,
  BREAK,
  type DocumentNode,
  type GraphQLError,
  Kind,
  type ValueNode,
  visit,
} from "graphql";
import { cut, errorLimits } from "./errors.ts";
import type { ResponseError } from "../model/execution.ts";

/**
 * The validation errors of one document with the messages of graphql-java, which AppSync uses:
 * `Validation error of type FieldUndefined: Field 'x' in type 'Query' is undefined @ 'x'`.
 */
export function createWording(document: DocumentNode): (error: GraphQLError) => ResponseError {
  // One argument may have many errors, and each repeats its value.
  const printed = new WeakMap<ValueNode, string>();
  const printOnce = (value: ValueNode): string => {
    const text = printed.get(value) ?? cut(print(value), errorLimits.message);
    printed.set(value, text);
    return text;
  };
  return (error) => validationError(error, document, printOnce);
}

function validationError(
  error: GraphQLError,
  document: DocumentNode,
  printOnce: (value: ValueNode) => string,
): ResponseError {
  const node = error.nodes?.[0];
  const place = node ? find(document, node, printOnce) : nowhere;
  const [type, text] = translate(error.message, place);
  const path = place.fields.length > 0 ? ` @ '${place.fields.join("/")}'` : "";
  return {
    path: null,
    locations: (error.locations ?? [])
      .slice(0, 1)
      .map(({ line, column }) => ({ line, column, sourceName: null })),
    message: `Validation error of type ${type}: ${text}${path}`,
  };
}

interface Place {
  /** Names of the fields around the node, outermost first, with its own. */
  readonly fields: readonly string[];
  /** The argument around the node, with its value as graphql-java prints it. */
  readonly argument: { readonly name: string; readonly value: string } | undefined;
}

const nowhere: Place = { fields: [], argument: undefined };

type Translation = readonly [pattern: RegExp, type: string, text: (match: string[], place: Place) => string];

/** By the messages of graphql-js 16. Other messages are not changed. */
const translations: readonly Translation[] = [
  [
    /^Cannot query field "(.+?)" on type "(.+?)"/,
    "FieldUndefined",
    ([, f, t]) => `Field '${f}' in type '${t}' is undefined`,
  ],
  [/^Unknown argument "(.+?)" on field/, "UnknownArgument", ([, a]) => `Unknown field argument ${a}`],
  [/^Unknown argument "(.+?)" on directive/, "UnknownArgument", ([, a]) => `Unknown directive argument ${a}`],
  [/^Field ".+?" argument "(.+?)" of type/, "MissingFieldArgument", ([, a]) => `Missing field argument ${a}`],
  [
    /^Directive ".+?" argument "(.+?)" of type/,
    "MissingDirectiveArgument",
    ([, a]) => `Missing directive argument ${a}`,
  ],
  [/^Unknown type "(.+?)"/, "UnknownType", ([, t]) => `Unknown type ${t}`],
  [/^Unknown directive "@(.+?)"/, "UnknownDirective", ([, d]) => `Unknown directive ${d}`],
  [/^Directive "@(.+?)" may not be used/, "MisplacedDirective", ([, d]) => `Directive ${d} not allowed here`],
  [
    /^Field "(.+?)" of type "(.+?)" must have/,
    "SubSelectionRequired",
    ([, f, t]) => `Sub selection required for type ${t} of field ${f}`,
  ],
  [
    /^Field "(.+?)" must not have a selection since type "(.+?)"/,
    "SubSelectionNotAllowed",
    ([, f, t]) => `Sub selection not allowed on leaf type ${t} of field ${f}`,
  ],
  [/^Unknown fragment "(.+?)"/, "UndefinedFragment", ([, f]) => `Undefined fragment ${f}`],
  [/^Fragment "(.+?)" is never used/, "UnusedFragment", ([, f]) => `Unused fragment ${f}`],
  [/^Cannot spread fragment/, "FragmentCycle", () => "Fragment cycles not allowed"],
  [
    /cannot be spread here as objects of type "(.+?)" can never be of type "(.+?)"/,
    "InvalidFragmentType",
    ([, p, t]) => `Fragment cannot be spread here as objects of type ${p} can never be of type ${t}`,
  ],
  [
    /cannot condition on non composite type/,
    "InlineFragmentTypeConditionInvalid",
    () => "Fragment type condition is invalid, must be on Object/Interface/Union",
  ],
  [/^Variable "\$(.+?)" is not defined/, "UndefinedVariable", ([, v]) => `Undefined variable ${v}`],
  [/^Variable "\$(.+?)" is never used/, "UnusedVariable", ([, v]) => `Unused variable ${v}`],
  [
    /^Variable ".+?" of type "(.+?)" used in position expecting type "(.+?)"/,
    "VariableTypeMismatch",
    ([, t, e]) => `Variable type '${t}' doesn't match expected type '${e}'`,
  ],
  [
    /^Variable "\$(.+?)" cannot be non-input type "(.+?)"/,
    "NonInputTypeOnVariable",
    ([, v, t]) => `Input variable ${v} type ${t} is not an input type`,
  ],
  [
    /^This anonymous operation must be/,
    "LoneAnonymousOperationViolation",
    () => "Anonymous operation with other operations.",
  ],
  [
    /^There can be only one operation named "(.+?)"/,
    "DuplicateOperationName",
    ([, n]) => `There can be only one operation named '${n}'`,
  ],
  [/^Fields "(.+?)" conflict because (.+)\. Use/, "FieldsConflict", ([, n, why]) => `${n}: ${why}`],
  [
    /^Subscription .*must select only one|^Anonymous Subscription/,
    "SubscriptionMultipleRootFields",
    () => "Subscription operations must have exactly one root field",
  ],
  [
    /^Field "(.+?)\.(.+?)" of required type/,
    "WrongType",
    ([, , f], place) => `${wrong(place)} is missing required fields '[${f}]'`,
  ],
  [
    /^Field "(.+?)" is not defined by type "(.+?)"/,
    "WrongType",
    ([, f, t], place) => `${wrong(place)} contains a field not in '${t}': '${f}'`,
  ],
  [
    /^Expected value of type ".+!", found null/,
    "WrongType",
    (_, place) => `${wrong(place)} must not be null`,
  ],
  [
    /^Expected value of type "(.+?)!?", found|^Value ".+?" does not exist in "(.+?)" enum|^(Int|Float|String|Boolean|ID|Enum ".+?") cannot represent/,
    "WrongType",
    ([, a, b, c], place) => `${wrong(place)} is not a valid '${a ?? b ?? c ?? ""}'`,
  ],
];

function translate(message: string, place: Place): [type: string, text: string] {
  for (const [pattern, type, text] of translations) {
    const match = pattern.exec(message);
    if (match) {
      return [type, text(match, place)];
    }
  }
  return ["InvalidSyntax", message];
}

function wrong({ argument }: Place): string {
  return `argument '${argument?.name ?? ""}' with value '${argument?.value ?? ""}'`;
}

/** An AST value as graphql-java prints it. */
function print(node: ValueNode): string {
  switch (node.kind) {
    case Kind.NULL:
      return "NullValue{}";
    case Kind.VARIABLE:
      return `VariableReference{name='${node.name.value}'}`;
    case Kind.ENUM:
      return `EnumValue{name='${node.value}'}`;
    case Kind.LIST:
      return `ArrayValue{values=[${node.values.map(print).join(", ")}]}`;
    case Kind.OBJECT: {
      const fields = node.fields.map(
        ({ name, value }) => `ObjectField{name='${name.value}', value=${print(value)}}`,
      );
      return `ObjectValue{objectFields=[${fields.join(", ")}]}`;
    }
    case Kind.STRING:
      return `StringValue{value='${node.value}'}`;
    default:
      return `${node.kind}{value=${node.value}}`;
  }
}

function find(document: DocumentNode, target: ASTNode, printOnce: (value: ValueNode) => string): Place {
  const fields: string[] = [];
  let argument: ArgumentNode | undefined;
  let found = nowhere;
  visit(document, {
    enter(node) {
      if (node.kind === Kind.FIELD) {
        fields.push(node.name.value);
      }
      if (node.kind === Kind.ARGUMENT) {
        argument = node;
      }
      if (node !== target) {
        return undefined;
      }
      found = {
        fields: [...fields],
        argument: argument && { name: argument.name.value, value: printOnce(argument.value) },
      };
      return BREAK;
    },
    leave(node) {
      if (node.kind === Kind.FIELD) {
        fields.pop();
      }
      if (node.kind === Kind.ARGUMENT) {
        argument = undefined;
      }
    },
  });
  return found;
}
