import { isObject } from "../../../base/checks.ts";
import { RequestError } from "../../model/source.ts";

/** A typed value of DynamoDB's JSON protocol: `{"S": "a"}`. */
type Attribute = Readonly<Record<string, unknown>>;
export type Attributes = Readonly<Record<string, Attribute>>;

/**
 * DynamoDB's form of the typed values of a handler. `util.dynamodb` writes numbers as `{"N": 12345}` and null as
 * `{"NULL": null}`. AppSync converts both. Throws `RequestError`.
 */
export function toAttributes(value: unknown, path: string): Attributes {
  if (!isObject(value)) {
    throw new RequestError(`Expected a map of typed values for field '$[${path}]'.`);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, attribute]) => [name, toAttribute(attribute, `${path}.${name}`)]),
  );
}

function toAttribute(value: unknown, path: string): Attribute {
  const [entry, ...others] = isObject(value) ? Object.entries(value) : [];
  const convert = entry && others.length === 0 ? conversions[entry[0]] : undefined;
  if (!entry || !convert) {
    throw new RequestError(`Expected a typed value for field '$[${path}]'.`);
  }
  const [type, content] = entry;
  return { [type]: convert(content, `${path}.${type}`) };
}

type Convert = (content: unknown, path: string) => unknown;

const conversions: Readonly<Record<string, Convert>> = {
  S: text,
  N: number,
  B: text,
  BOOL: (content, path) => {
    if (typeof content !== "boolean") {
      throw wrong(path);
    }
    return content;
  },
  NULL: () => true,
  SS: each(text),
  NS: each(number),
  BS: each(text),
  L: each(toAttribute),
  M: toAttributes,
};

function text(content: unknown, path: string): string {
  if (typeof content !== "string") {
    throw wrong(path);
  }
  return content;
}

function number(content: unknown, path: string): string {
  if (typeof content === "number" && Number.isFinite(content)) {
    return String(content);
  }
  return text(content, path);
}

function each(convert: Convert): Convert {
  return (content, path) => {
    if (!Array.isArray(content)) {
      throw wrong(path);
    }
    return content.map((item: unknown, index) => convert(item, `${path}[${index}]`));
  };
}

function wrong(path: string): RequestError {
  return new RequestError(`Unexpected value for field '$[${path}]'.`);
}

/**
 * An item in the form that resolvers get: sets are lists, binary is base64. Members are sorted by name. The engine writes
 * them in another order each time, and V8 needs a new hidden class for each order: that took half of the time of a query.
 */
export function fromAttributes(attributes: unknown): Record<string, unknown> | null {
  if (!isObject(attributes)) {
    return null;
  }
  const item: Record<string, unknown> = {};
  for (const name of Object.keys(attributes).sort()) {
    const value = fromAttribute(attributes[name]);
    if (name === "__proto__") {
      Object.defineProperty(item, name, { value, enumerable: true, configurable: true, writable: true });
    } else {
      item[name] = value;
    }
  }
  return item;
}

function fromAttribute(attribute: unknown): unknown {
  if (!isObject(attribute)) {
    return undefined;
  }
  const type = Object.keys(attribute)[0] ?? "";
  const content = attribute[type];
  if (type === "N") {
    return Number(content);
  }
  if (type === "NS") {
    return (content as string[]).map(Number);
  }
  if (type === "NULL") {
    return null;
  }
  if (type === "L") {
    return (content as unknown[]).map(fromAttribute);
  }
  return type === "M" ? fromAttributes(content) : content;
}
