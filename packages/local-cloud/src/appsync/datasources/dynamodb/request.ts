import { RequestError } from "../../model/source.ts";
import { missing } from "../request.ts";
import { type Attributes, toAttributes } from "./attributes.ts";

/** The members of a request object, or of an object inside it. */
export type Fields = Readonly<Record<string, unknown>>;

/** The input of a DynamoDB operation. */
export type Input = Record<string, unknown>;

/** Throws `RequestError` with AppSync's message if the member is absent. */
export function required(fields: Fields, name: string): Fields {
  const value = fields[name];
  if (value === undefined || value === null) {
    throw missing(name);
  }
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new RequestError(`Expected an object for field '$[${name}]'.`);
  }
  return value as Fields;
}

export function optional(fields: Fields, name: string): Fields | undefined {
  return fields[name] === undefined || fields[name] === null ? undefined : required(fields, name);
}

export function list(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (value === undefined || value === null) {
    throw missing(name);
  }
  if (!Array.isArray(value)) {
    throw new RequestError(`Expected a list for field '$[${name}]'.`);
  }
  return value;
}

export function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (value === undefined || value === null) {
    throw missing(name);
  }
  if (typeof value !== "string") {
    throw new RequestError(`Expected a string for field '$[${name}]'.`);
  }
  return value;
}

export function key(fields: Fields): Attributes {
  return toAttributes(required(fields, "key"), "key");
}

/** Refuses all other members by name: those that do not run here, and those that AppSync does not know. */
export function allow(fields: Fields, ...names: readonly string[]): void {
  for (const [name, value] of Object.entries(fields)) {
    if (!names.includes(name) && value !== undefined && value !== null) {
      throw new RequestError(`Unsupported field '$[${name}]'.`);
    }
  }
}

/** Options with their names in DynamoDB. Absent options and null are omitted. */
export function options(fields: Fields, names: Readonly<Record<string, string>>): Input {
  return Object.fromEntries(
    Object.entries(names).flatMap(([from, to]) =>
      fields[from] === undefined || fields[from] === null ? [] : [[to, fields[from]]],
    ),
  );
}

/** In DynamoDB all expressions share one set of names and values. In AppSync's requests each has its own. */
export function expressions(parts: Readonly<Record<string, Fields | undefined>>): Input {
  const input: Input = {};
  const names = new Map<string, unknown>();
  const values = new Map<string, unknown>();
  for (const [name, part] of Object.entries(parts)) {
    if (!part) {
      continue;
    }
    input[name] = text(part, "expression");
    merge(names, optional(part, "expressionNames") ?? {});
    merge(values, toAttributes(optional(part, "expressionValues") ?? {}, "expressionValues"));
  }
  if (names.size > 0) {
    input["ExpressionAttributeNames"] = Object.fromEntries(names);
  }
  if (values.size > 0) {
    input["ExpressionAttributeValues"] = Object.fromEntries(values);
  }
  return input;
}

function merge(all: Map<string, unknown>, more: Fields): void {
  for (const [name, value] of Object.entries(more)) {
    const other = all.get(name);
    if (other !== undefined && JSON.stringify(other) !== JSON.stringify(value)) {
      throw new RequestError(`Two expressions give '${name}' different meanings.`);
    }
    all.set(name, value);
  }
}
