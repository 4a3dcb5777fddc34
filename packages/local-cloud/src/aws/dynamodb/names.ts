import { isObject } from "../../base/checks.ts";
import { AwsError } from "../../base/service.ts";
import type { Item } from "./client.ts";
import { type Place, tableArn } from "./tables.ts";

/** A request with the names of its tables in place of their ARNs. */
export interface Named {
  readonly input: Item;
  /** Puts the ARNs of the request into its answer. */
  readonly answer: (result: Record<string, unknown>) => Record<string, unknown>;
}

/**
 * A request may name a table by its ARN. The ARN of a table of another account or region stays: no policy and no declared
 * table matches it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
 */
export function nameTables(input: Item, place: Place): Named {
  const name = (given: unknown) => nameOf(given, place);
  const asGiven = new Map<string, string>();
  const { TableName, RequestItems, TransactItems } = input;
  const named = {
    ...input,
    ...(TableName !== undefined && { TableName: name(TableName) }),
    ...(isObject(RequestItems) && {
      RequestItems: Object.fromEntries(
        Object.entries(RequestItems).map(([given, requests]) => {
          const short = name(given) as string;
          if (asGiven.has(short)) {
            throw new AwsError("ValidationException", "Provided list of item keys contains duplicates");
          }
          asGiven.set(short, given);
          return [short, requests];
        }),
      ),
    }),
    ...(Array.isArray(TransactItems) && { TransactItems: TransactItems.map((part) => namePart(part, name)) }),
  };
  return { input: named, answer: (result) => renamed(result, asGiven) };
}

function nameOf(given: unknown, place: Place): unknown {
  const prefix = tableArn(place, "");
  return typeof given === "string" && given.startsWith(prefix) ? given.slice(prefix.length) : given;
}

function namePart(part: unknown, name: (given: unknown) => unknown): unknown {
  if (!isObject(part)) {
    return part;
  }
  return Object.fromEntries(
    Object.entries(part).map(([kind, request]) => [
      kind,
      isObject(request) && "TableName" in request
        ? { ...request, TableName: name(request["TableName"]) }
        : request,
    ]),
  );
}

/** Members of answers that are maps by table. Their keys are as in the request. */
const byTable = ["Responses", "UnprocessedKeys", "UnprocessedItems", "ItemCollectionMetrics"];

function renamed(
  result: Record<string, unknown>,
  asGiven: ReadonlyMap<string, string>,
): Record<string, unknown> {
  if ([...asGiven].every(([short, given]) => short === given)) {
    return result;
  }
  const maps = byTable.flatMap((key) => {
    const map = result[key];
    if (!isObject(map)) {
      return [];
    }
    const entries = Object.entries(map).map(([short, value]) => [asGiven.get(short) ?? short, value]);
    return [[key, Object.fromEntries(entries) as Item] as const];
  });
  return { ...result, ...Object.fromEntries(maps) };
}
