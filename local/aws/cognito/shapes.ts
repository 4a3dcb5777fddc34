import { AwsError } from "../service.ts";
import type { Input } from "./context.ts";
import { invalid } from "./input.ts";

/** What a member of a request must look like. */
export type Shape =
  | {
      readonly type: "string";
      readonly least?: number;
      readonly most?: number;
      /** Of the whole text, as the API reference writes it. */
      readonly pattern?: string;
      readonly values?: readonly string[];
      /** Its value is not repeated in an error. */
      readonly sensitive?: true;
    }
  | { readonly type: "integer"; readonly least: number; readonly most: number }
  | { readonly type: "boolean" }
  | { readonly type: "list"; readonly of: Shape }
  /** Of strings. */
  | { readonly type: "map" }
  | { readonly type: "structure"; readonly members: Members };

export type Members = Readonly<Record<string, Shape & { readonly required?: true }>>;

/**
 * Throws `SerializationException` for a value of another type, and `InvalidParameterException` with every
 * constraint that is broken, in AWS's words. Members that the API does not know are passed over, as AWS does.
 */
export function checkShape(members: Members, input: Input): void {
  const broken = violations(members, input, "");
  if (broken.length === 0) return;
  const errors = broken.length === 1 ? "error" : "errors";
  throw invalid(`${broken.length} validation ${errors} detected: ${broken.join("; ")}`);
}

function violations(members: Members, input: Input, path: string): string[] {
  return Object.entries(members).flatMap(([name, shape]) => {
    const at = `${path}${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    const value = input[name] ?? undefined;
    if (value !== undefined) return broken(shape, value, at);
    return shape.required ? [`Value at '${at}' failed to satisfy constraint: Member must not be null`] : [];
  });
}

function broken(shape: Shape, value: unknown, at: string): string[] {
  switch (shape.type) {
    case "string":
      return brokenText(shape, value, at);
    case "integer":
      return brokenInteger(shape, value, at);
    case "boolean":
      if (typeof value !== "boolean") throw wrongType(value, "a Boolean");
      return [];
    case "list":
      if (!Array.isArray(value)) throw wrongType(value, "a List");
      return value.flatMap((item: unknown, index) => broken(shape.of, item, `${at}.${index + 1}.member`));
    case "map":
      for (const item of Object.values(objectOf(value, "a Map"))) {
        if (typeof item !== "string" && item !== null) throw wrongType(item, "a String");
      }
      return [];
    case "structure":
      return violations(shape.members, objectOf(value, "a Structure"), `${at}.`);
  }
}

function brokenText(shape: Shape & { type: "string" }, value: unknown, at: string): string[] {
  if (typeof value !== "string") throw wrongType(value, "a String");
  const { least = 0, most = Infinity, pattern, values } = shape;
  const rules: [boolean, string][] = [
    [value.length >= least, `have length greater than or equal to ${least}`],
    [value.length <= most, `have length less than or equal to ${most}`],
    [pattern === undefined || matches(pattern, value), `satisfy regular expression pattern: ${pattern}`],
    [values?.includes(value) ?? true, `satisfy enum value set: [${values?.join(", ")}]`],
  ];
  const shown = shape.sensitive ? "Value" : `Value '${value}'`;
  return rules.flatMap(([holds, rule]) =>
    holds ? [] : [`${shown} at '${at}' failed to satisfy constraint: Member must ${rule}`],
  );
}

function brokenInteger(shape: Shape & { type: "integer" }, value: unknown, at: string): string[] {
  if (typeof value !== "number" || !Number.isInteger(value)) throw wrongType(value, "an Integer");
  const rules: [boolean, string][] = [
    [value >= shape.least, `have value greater than or equal to ${shape.least}`],
    [value <= shape.most, `have value less than or equal to ${shape.most}`],
  ];
  return rules.flatMap(([holds, rule]) =>
    holds ? [] : [`Value '${value}' at '${at}' failed to satisfy constraint: Member must ${rule}`],
  );
}

const matches = (pattern: string, value: string): boolean => new RegExp(`^(?:${pattern})$`, "u").test(value);

function objectOf(value: unknown, what: string): Input {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrongType(value, what);
  return value as Input;
}

function wrongType(value: unknown, wanted: string): AwsError {
  const kind = Array.isArray(value) ? "LIST" : typeof value === "object" ? "STRUCTURE" : typeof value;
  return new AwsError(
    "SerializationException",
    `${kind.toUpperCase()}_VALUE can not be converted to ${wanted}`,
  );
}
