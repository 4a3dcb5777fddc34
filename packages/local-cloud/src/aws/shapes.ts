import { AwsError } from "../base/service.ts";

/** What a member of a request in an AWS JSON protocol must look like. */
export type Shape =
  | {
      readonly type: "string";
      readonly min?: number;
      readonly max?: number;
      /** Of the whole text, as the API reference writes it. */
      readonly pattern?: string;
      readonly values?: readonly string[];
      /** Its value is not repeated in an error. */
      readonly sensitive?: true;
    }
  | { readonly type: "integer"; readonly min?: number; readonly max?: number }
  | { readonly type: "float"; readonly min?: number; readonly max?: number }
  | { readonly type: "boolean" }
  /** Base64. Lengths are those of its bytes. */
  | { readonly type: "blob"; readonly min?: number; readonly max?: number }
  | { readonly type: "list"; readonly of: Shape; readonly min?: number; readonly max?: number }
  /** Of strings, unless another shape is given. */
  | { readonly type: "map"; readonly of?: Shape }
  | { readonly type: "structure"; readonly members: Members };

export type Members = Readonly<Record<string, Shape & { readonly required?: true }>>;

type Input = Readonly<Record<string, unknown>>;

/**
 * Every constraint that is broken, in AWS's words, or undefined. Throws `SerializationException` for a value of another
 * type. Members that the API does not know are ignored, as AWS ignores them.
 */
export function brokenConstraints(members: Members, input: Input): string | undefined {
  const broken = violations(members, input, "");
  if (broken.length === 0) {
    return undefined;
  }
  return `${broken.length} validation ${broken.length === 1 ? "error" : "errors"} detected: ${broken.join("; ")}`;
}

function violations(members: Members, input: Input, path: string): string[] {
  return Object.entries(members).flatMap(([name, shape]) => {
    const at = `${path}${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    const value = input[name] ?? undefined;
    if (value !== undefined) {
      return broken(shape, value, at);
    }
    return shape.required ? [`Value at '${at}' failed to satisfy constraint: Member must not be null`] : [];
  });
}

function broken(shape: Shape, value: unknown, at: string): string[] {
  switch (shape.type) {
    case "string":
      return brokenText(shape, value, at);
    case "integer":
      if (typeof value !== "number" || !Number.isInteger(value)) {
        throw notScalar(value, "an Integer");
      }
      return brokenRange(shape, value, at);
    case "float":
      if (typeof value !== "number") {
        throw notScalar(value, "a Float");
      }
      return brokenRange(shape, value, at);
    case "boolean":
      if (typeof value !== "boolean") {
        throw notScalar(value, "a Boolean");
      }
      return [];
    case "blob":
      if (typeof value !== "string") {
        throw notScalar(value, "a Blob");
      }
      return brokenLength(shape, bytesIn(value), at);
    case "list":
      if (!Array.isArray(value)) {
        throw notCollection(value, "Expected list or null");
      }
      return [
        ...brokenLength(shape, value.length, at),
        ...value.flatMap((item: unknown, index) => broken(shape.of, item, `${at}.${index + 1}.member`)),
      ];
    case "map":
      return Object.entries(objectOf(value, "Expected map or null")).flatMap(([key, item]) =>
        item === null ? [] : broken(shape.of ?? { type: "string" }, item, `${at}.${key}.member`),
      );
    case "structure":
      return violations(shape.members, objectOf(value, "Expected null"), `${at}.`);
  }
}

function brokenText(shape: Shape & { type: "string" }, value: unknown, at: string): string[] {
  if (typeof value !== "string") {
    throw notScalar(value, "a String");
  }
  const { min = 0, max = Infinity, pattern, values } = shape;
  const rules: [boolean, string][] = [
    [value.length >= min, `have length greater than or equal to ${min}`],
    [value.length <= max, `have length less than or equal to ${max}`],
    [pattern === undefined || matches(pattern, value), `satisfy regular expression pattern: ${pattern}`],
    [values?.includes(value) ?? true, `satisfy enum value set: [${values?.join(", ")}]`],
  ];
  return brokenRules(rules, shape.sensitive ? "Value" : `Value '${value}'`, at);
}

interface Range {
  readonly min?: number;
  readonly max?: number;
}

function brokenRange({ min = -Infinity, max = Infinity }: Range, value: number, at: string): string[] {
  const rules: [boolean, string][] = [
    [value >= min, `have value greater than or equal to ${min}`],
    [value <= max, `have value less than or equal to ${max}`],
  ];
  return brokenRules(rules, `Value '${value}'`, at);
}

function brokenLength({ min = 0, max = Infinity }: Range, length: number, at: string): string[] {
  const rules: [boolean, string][] = [
    [length >= min, `have length greater than or equal to ${min}`],
    [length <= max, `have length less than or equal to ${max}`],
  ];
  return brokenRules(rules, "Value", at);
}

function brokenRules(rules: readonly [boolean, string][], value: string, at: string): string[] {
  return rules.flatMap(([holds, rule]) =>
    holds ? [] : [`${value} at '${at}' failed to satisfy constraint: Member must ${rule}`],
  );
}

const matches = (pattern: string, value: string): boolean => new RegExp(`^(?:${pattern})$`, "u").test(value);

function bytesIn(text: string): number {
  // One pass for what does not belong: a pattern of the whole would exhaust the stack on a large picture.
  if (text.length % 4 !== 0 || /[^A-Za-z0-9+/]/.test(text.replace(/={1,2}$/, ""))) {
    throw serialization("Invalid Base64 encoding.");
  }
  return Buffer.byteLength(text, "base64");
}

function objectOf(value: unknown, scalar: string): Input {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw notCollection(value, scalar);
  }
  return value as Input;
}

function notScalar(value: unknown, wanted: string): AwsError {
  return notCollection(value, `${kindOf(value)}_VALUE can not be converted to ${wanted}`);
}

/** `scalar`: what AWS says of a value that is neither a list nor a structure. */
function notCollection(value: unknown, scalar: string): AwsError {
  if (Array.isArray(value)) {
    return serialization("Start of list found where not expected");
  }
  return serialization(
    typeof value === "object" && value !== null
      ? "Start of structure or map found where not expected."
      : scalar,
  );
}

function kindOf(value: unknown): string {
  if (value === null) {
    return "NULL";
  }
  return typeof value === "boolean" ? String(value).toUpperCase() : (typeof value).toUpperCase();
}

function serialization(message: string): AwsError {
  return new AwsError("SerializationException", message);
}
