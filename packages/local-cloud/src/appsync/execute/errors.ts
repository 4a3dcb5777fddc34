import {
  getLocation,
  getNamedType,
  GraphQLError,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
} from "graphql";
import type { Log } from "../../base/service.ts";
import type { RaisedError } from "../model/handlers.ts";
import type { ErrorLocation, ResponseError } from "../model/execution.ts";
import { ScalarError } from "../schema/scalars.ts";

/** An error of one field, with the members that AppSync reports. */
export class FieldError extends Error {
  readonly errorType: string | null;
  readonly data: unknown;
  readonly errorInfo: unknown;

  constructor(message: string, errorType: string | null, data: unknown = null, errorInfo: unknown = null) {
    super(message);
    this.name = "FieldError";
    this.errorType = errorType;
    this.data = data;
    this.errorInfo = errorInfo;
  }
}

/** Maximum of entries, of characters of one message, and of characters of all messages and paths. */
export const errorLimits = { entries: 10_000, message: 10_000, all: 1_000_000 };

/**
 * The errors of a response, within the limits. Messages repeat text of the request, and a small document can cause many
 * of them: without limits 1 MB of request makes gigabytes of response. The last entry counts the errors left out.
 */
export function boundErrors(errors: readonly ResponseError[]): readonly ResponseError[] {
  const kept: ResponseError[] = [];
  let left = errorLimits.all;
  for (const error of errors.slice(0, errorLimits.entries)) {
    const message = cut(error.message, errorLimits.message);
    left -= message.length + lengthOf(error.path ?? []);
    if (left < 0) {
      break;
    }
    kept.push(message === error.message ? error : { ...error, message });
  }
  const dropped = errors.length - kept.length;
  if (dropped === 0) {
    return kept;
  }
  return [...kept, { path: null, locations: null, message: `${dropped} more errors are not shown.` }];
}

const lengthOf = (path: readonly (string | number)[]): number =>
  path.reduce<number>((length, key) => length + String(key).length, 0);

/** At most `max` characters of a text, and the number of the others. */
export function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}... (${text.length - max} more characters)`;
}

/** The response's entry for an error that was raised at a field. */
export function fieldError(raised: RaisedError, info: GraphQLResolveInfo): ResponseError {
  const { loc } = info.fieldNodes[0] ?? {};
  const { line, column } = loc ? getLocation(loc.source, loc.start) : { line: 1, column: 1 };
  const path: (string | number)[] = [];
  for (let step: typeof info.path | undefined = info.path; step; step = step.prev) {
    path.unshift(step.key);
  }
  return inOrder(raised, path, [{ line, column, sourceName: null }]);
}

/** An error of graphql-js's execution, in AppSync's wording. Errors of the local cloud are logged and not shown. */
export function responseError(error: GraphQLError, schema: GraphQLSchema, log: Log): ResponseError {
  const { originalError, path = [] } = error;
  const locations = (error.locations ?? []).map(({ line, column }) => ({ line, column, sourceName: null }));
  if (originalError instanceof FieldError) {
    return inOrder(originalError, path, locations);
  }
  const missing = /^Cannot return null for non-nullable field (\w+)\.(\w+)\.$/.exec(error.message);
  if (missing) {
    return { path, locations: null, message: nullMessage(schema, missing, path) };
  }
  const unreadable = serializeMessage(error);
  if (unreadable) {
    return { path, locations: null, message: `Can't serialize value (${join(path)}) : ${unreadable}` };
  }
  if (error.message.startsWith("Expected Iterable")) {
    return {
      path,
      locations: null,
      message: `Can't resolve value (${join(path)}) : type mismatch error, expected type LIST`,
    };
  }
  // An error that graphql-js found, such as an argument whose variable is absent.
  if (!originalError || originalError instanceof GraphQLError) {
    return { path, locations, message: error.message };
  }
  log.error("a field failed by an error of the local cloud", { path, error: originalError });
  const message = "An internal failure occurred while resolving this field.";
  return inOrder({ message, errorType: "InternalFailure", data: null, errorInfo: null }, path, locations);
}

function inOrder(
  { message, errorType, data, errorInfo }: RaisedError,
  path: readonly (string | number)[],
  locations: readonly ErrorLocation[],
): ResponseError {
  return { path, data, errorType, errorInfo, locations, message };
}

function nullMessage(schema: GraphQLSchema, match: RegExpExecArray, path: ResponseError["path"]): string {
  const [, parent = "", field = ""] = match;
  const type = schema.getType(parent);
  const holder = isObjectType(type) || isInterfaceType(type) ? type.getFields()[field] : undefined;
  const name = holder ? getNamedType(holder.type).name : "";
  return `Cannot return null for non-nullable type: '${name}' within parent '${parent}' (${join(path ?? [])})`;
}

function serializeMessage({ originalError, message }: GraphQLError): string | undefined {
  if (originalError instanceof ScalarError) {
    return originalError.message;
  }
  // graphql-java names the Java type: aws/aws-appsync-community#21.
  if (message.startsWith("Int cannot represent non 32-bit signed integer value: ")) {
    return "Expected type 'Int' but was 'Long'.";
  }
  const builtIn = /^(Int|Float|String|Boolean|ID) cannot represent/.exec(message);
  if (builtIn) {
    return `Expected type '${builtIn[1] ?? ""}' but the value was not one.`;
  }
  const choice = /^Enum "(\w+)" cannot represent value: (.*)$/.exec(message);
  return choice ? `Invalid input for Enum '${choice[1] ?? ""}'. Unknown value ${choice[2] ?? ""}` : undefined;
}

/** `/syncOrders/items[32]/orderDate` */
function join(path: readonly (string | number)[]): string {
  return path.map((key) => (typeof key === "number" ? `[${key}]` : `/${key}`)).join("");
}
