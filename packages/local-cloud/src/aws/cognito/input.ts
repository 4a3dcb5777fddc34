import { AwsError } from "../../base/service.ts";

export type Input = Readonly<Record<string, unknown>>;

/** Readers of one member of a request. Each throws `InvalidParameterException`, naming the member. */
export function text(input: Input, name: string): string {
  const value = optionalText(input, name);
  if (value === undefined || value === "") {
    throw missing(name);
  }
  return value;
}

export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== "string") {
    throw invalid(`${name} must be a string`);
  }
  return value;
}

/** A whole number from `min` to `max`. `max` if it is missing. */
export function limit(input: Input, name: string, min: number, max: number): number {
  const value = input[name] ?? max;
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
    throw invalid(`${name} must be a whole number from ${min} to ${max}`);
  }
  return value;
}

/** A map such as `AuthParameters`. `parameter` reads its members. */
export function map(input: Input, name: string): Input {
  const value = input[name];
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw missing(name);
  }
  return value as Input;
}

export function parameter(parameters: Input, name: string): string {
  const value = optionalText(parameters, name);
  if (!value) {
    throw invalid(`Missing required parameter ${name}`);
  }
  return value;
}

/** `[{Name, Value}]` as a record. */
export function attributes(input: Input, name: string): Record<string, string> {
  const list: unknown = input[name] ?? [];
  if (!Array.isArray(list)) {
    throw invalid(`${name} must be a list`);
  }
  return Object.fromEntries(
    list.map((entry: Input) => [text(entry, "Name"), optionalText(entry, "Value") ?? ""]),
  );
}

export function refused(message: string): AwsError {
  return new AwsError("NotAuthorizedException", message);
}

export function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}

/** In this message Cognito writes members in lower camel case. */
function missing(name: string): AwsError {
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  return invalid(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}
