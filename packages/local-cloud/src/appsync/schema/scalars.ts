import { isIP } from "node:net";
import { type GraphQLScalarType, Kind, type ValueNode } from "graphql";

/** A value that its scalar refuses. Execution adds the path or the variable of AppSync's message. */
export class ScalarError extends Error {}

/** The rules of one AWS scalar. They throw `ScalarError`. */
export type ScalarRules = Pick<GraphQLScalarType, "parseValue" | "parseLiteral" | "serialize">;

/** https://docs.aws.amazon.com/appsync/latest/devguide/scalars.html, and reports of clients. */
export const awsScalars: Readonly<Record<string, ScalarRules>> = {
  AWSDate: text("date", isDate),
  AWSTime: text("Time Object", isTime),
  AWSDateTime: text("DateTime Object", isDateTime),
  AWSTimestamp: timestamp(),
  AWSEmail: text("email address", isEmail),
  AWSJSON: json(),
  AWSURL: text("URL", isUrl),
  AWSPhone: text("phone number", isPhone),
  AWSIPAddress: text("IP address", isIpAddress),
};

function text(noun: string, valid: (value: string) => boolean): ScalarRules {
  const check = (verb: string) => (value: unknown) => {
    if (typeof value === "string" && valid(value)) {
      return value;
    }
    throw new ScalarError(`Unable to ${verb} \`${print(value)}\` as a valid ${noun}.`);
  };
  return { parseValue: check("parse"), serialize: check("serialize"), parseLiteral: literal(check("parse")) };
}

function timestamp(): ScalarRules {
  const check = (verb: string) => (value: unknown) => {
    if (Number.isSafeInteger(value)) {
      return value;
    }
    throw new ScalarError(`Unable to ${verb} \`${print(value)}\` as a valid timestamp.`);
  };
  return { parseValue: check("parse"), serialize: check("serialize"), parseLiteral: literal(check("parse")) };
}

/** 64 bits, as in graphql-java. Numbers over 53 bits are refused, because JavaScript cannot represent them. */
export const long: ScalarRules = integer("Long", (value) =>
  typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value,
);

function integer(name: string, read: (value: unknown) => unknown): ScalarRules {
  const check = (value: unknown) => {
    const number = read(value);
    if (Number.isSafeInteger(number)) {
      return number;
    }
    throw new ScalarError(`Expected type '${name}' but was \`${print(value)}\`.`);
  };
  return { parseValue: check, serialize: check, parseLiteral: literal(check) };
}

/** JSON text for clients, and its value for resolvers. */
function json(): ScalarRules {
  const parse = (value: unknown): unknown => {
    const parsed = typeof value === "string" ? parseJson(value) : undefined;
    if (parsed) {
      return parsed.value;
    }
    throw new ScalarError(`Unable to parse \`${print(value)}\` as valid JSON.`);
  };
  // A resolver may return text that is JSON already, such as a stored attribute.
  const serialize = (value: unknown): string =>
    typeof value === "string" && parseJson(value) ? value : JSON.stringify(value);
  return { parseValue: parse, serialize, parseLiteral: literal(parse) };
}

function literal(parse: (value: unknown) => unknown) {
  return (node: ValueNode): unknown => {
    if (node.kind === Kind.STRING) {
      return parse(node.value);
    }
    if (node.kind === Kind.INT) {
      return parse(Number(node.value));
    }
    throw new ScalarError("Expected a string.");
  };
}

function parseJson(value: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(value) };
  } catch {
    return undefined;
  }
}

function print(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

const offset = String.raw`(Z|[+-](?:0\d|1[0-8]):[0-5]\d(?::[0-5]\d)?)`;
const day = String.raw`(\d{4})-(\d\d)-(\d\d)`;
// Seconds may be absent: the service accepts and returns `2021-01-26T16:44Z`.
const time = String.raw`(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?`;
const datePattern = new RegExp(`^${day}${offset}?$`);
const timePattern = new RegExp(`^${time}${offset}?$`);
const dateTimePattern = new RegExp(`^${day}T${time}${offset}$`);

function isDate(value: string): boolean {
  return isDay(datePattern.exec(value));
}

function isTime(value: string): boolean {
  return timePattern.test(value);
}

function isDateTime(value: string): boolean {
  return isDay(dateTimePattern.exec(value));
}

function isDay(match: RegExpExecArray | null): boolean {
  const [, year, month, dayOfMonth] = (match ?? []).map(Number);
  if (year === undefined || month === undefined || dayOfMonth === undefined) {
    return false;
  }
  const date = new Date(Date.UTC(2000, month - 1, dayOfMonth));
  date.setUTCFullYear(year, month - 1, dayOfMonth);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === dayOfMonth;
}

/** RFC 822's `local-part@domain-part`, without its comments and folding. */
function isEmail(value: string): boolean {
  return /^(?:[^\s@"(),:;<>[\\\].]+(?:\.[^\s@"(),:;<>[\\\].]+)*|"[^"\\\r\n]+")@[a-z\d-]+(?:\.[a-z\d-]+)*$/i.test(
    value,
  );
}

function isUrl(value: string): boolean {
  return URL.canParse(value) && !new URL(value).pathname.includes("//");
}

/** Without a country code and for +1: the North American plan. Otherwise: the length of E.164. */
function isPhone(value: string): boolean {
  if (!/^\+?[\d\s().-]+$/.test(value)) {
    return false;
  }
  const digits = value.replace(/\D/g, "");
  const foreign = value.startsWith("+") && !digits.startsWith("1");
  if (foreign) {
    return /^[2-9]\d{6,14}$/.test(digits);
  }
  return /^1?[2-9](?!11)\d{2}[2-9](?!11)\d{2}\d{4}$/.test(digits);
}

function isIpAddress(value: string): boolean {
  const [address = "", bits, ...rest] = value.split("/");
  const version = isIP(address);
  if (version === 0 || address.includes("%") || rest.length > 0) {
    return false;
  }
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
