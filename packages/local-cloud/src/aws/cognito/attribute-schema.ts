import type { InputsOf } from "../../base/graph.ts";

/** One entry of a pool's `schemas`. */
export type Attribute = NonNullable<InputsOf["aws:cognito/userPool:UserPool"]["schemas"]>[number];

/** Returns what is wrong with a value, or undefined. */
export type Constraint = (value: string) => string | undefined;

/** An entry does not say whether its attribute is a standard one or a custom one, so both names are returned. */
export const namesOf = ({ name }: Attribute): string[] => [name, customNameOf({ name })];

export const customNameOf = ({ name }: Pick<Attribute, "name">): string =>
  `custom:${name.replace(/^custom:/, "")}`;

export function readConstraints(entry: Attribute): [string, Constraint][] {
  const constraint = constraintOf(entry);
  return namesOf(entry).map((name) => [name, constraint]);
}

function constraintOf(entry: Attribute): Constraint {
  switch (entry.attributeDataType) {
    case "Boolean":
      return (value) => (/^(true|false)$/.test(value) ? undefined : "The value must be true or false.");
    case "Number":
      return (value) => checkNumber(entry.numberAttributeConstraints, value);
    default:
      return (value) => checkLength(entry.stringAttributeConstraints, value);
  }
}

function checkNumber(
  { minValue = "-Infinity", maxValue = "Infinity" }: Attribute["numberAttributeConstraints"] = {},
  value: string,
): string | undefined {
  if (!/^-?\d+(\.\d+)?$/.test(value)) {
    return "The value must be a number.";
  }
  if (Number(value) < Number(minValue)) {
    return `Number must be at least ${minValue}`;
  }
  return Number(value) > Number(maxValue) ? `Number must be at most ${maxValue}` : undefined;
}

function checkLength(
  { minLength = "0", maxLength = "2048" }: Attribute["stringAttributeConstraints"] = {},
  value: string,
): string | undefined {
  if (value.length < Number(minLength)) {
    return `String must be longer than ${minLength} characters`;
  }
  return value.length > Number(maxLength)
    ? `String must be no longer than ${maxLength} characters`
    : undefined;
}
