import { isDeepStrictEqual } from "node:util";

export type Fields = Readonly<Record<string, unknown>>;

/** True if an item matches a DynamoDB filter object: a plain implementation, without an expression. */
export function holds(filter: Fields, item: Fields): boolean {
  return Object.entries(filter).every(([name, part]) => {
    if (name === "and") {
      return (part as Fields[]).every((one) => holds(one, item));
    }
    if (name === "or") {
      return (part as Fields[]).some((one) => holds(one, item));
    }
    if (name === "not") {
      return !holds(part as Fields, item);
    }
    return Object.entries(part as Fields).every(([operator, value]) => test(operator, item[name], value));
  });
}

/** `found` is undefined if the item has no such attribute. */
function test(operator: string, found: unknown, value: unknown): boolean {
  switch (operator) {
    case "eq":
      return isDeepStrictEqual(found, value);
    case "ne":
      return !isDeepStrictEqual(found, value);
    case "lt":
      return compare(found, value) < 0;
    case "le":
      return compare(found, value) <= 0;
    case "gt":
      return compare(found, value) > 0;
    case "ge":
      return compare(found, value) >= 0;
    case "between": {
      const [least, most] = value as unknown[];
      return compare(found, least) >= 0 && compare(found, most) <= 0;
    }
    case "in":
      return (value as unknown[]).some((one) => isDeepStrictEqual(found, one));
    case "contains":
      return contains(found, value);
    case "notContains":
      return !contains(found, value);
    case "beginsWith":
      return typeof found === "string" && found.startsWith(value as string);
    case "attributeExists":
      return (found !== undefined) === value;
    case "attributeType":
      return typeOf(found) === value;
    case "size":
      return Object.entries(value as Fields).every(([inner, wanted]) => test(inner, sizeOf(found), wanted));
    default:
      throw new Error(`no meaning is known of ${operator}`);
  }
}

/** NaN unless both are numbers, or both are texts. */
function compare(found: unknown, value: unknown): number {
  if (typeof found === "number" && typeof value === "number") {
    return found - value;
  }
  if (typeof found !== "string" || typeof value !== "string") {
    return NaN;
  }
  return found < value ? -1 : Number(found > value);
}

function contains(found: unknown, value: unknown): boolean {
  if (typeof found === "string") {
    return typeof value === "string" && found.includes(value);
  }
  return Array.isArray(found) && found.includes(value);
}

function typeOf(found: unknown): string | undefined {
  if (found === null) {
    return "_null";
  }
  if (Array.isArray(found)) {
    return "list";
  }
  return typeof found === "object" ? "map" : found === undefined ? undefined : typeof found;
}

/** The characters of a text, or the members of a list or map. Other values have no size. */
function sizeOf(found: unknown): number | undefined {
  if (typeof found === "string" || Array.isArray(found)) {
    return found.length;
  }
  return typeof found === "object" && found !== null ? Object.keys(found).length : undefined;
}
