import { AwsError } from "../../base/service.ts";
import type { Item } from "./client.ts";

interface Place {
  readonly region: string;
  readonly accountId: string;
}

/** A request whose tables of this account and region are named, and how its answer names them. */
export interface Named {
  readonly input: Item;
  readonly answer: (result: Record<string, unknown>) => Record<string, unknown>;
}

/**
 * Wherever a request names a table its ARN will do as well. A table of another account or region keeps its ARN, which
 * no policy and no declared table matches.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
 */
export function nameTables(input: Item, place: Place): Named {
  const name = (given: unknown) => nameOf(given, place);
  const asGiven = new Map<string, string>();
  const { TableName, RequestItems, TransactItems } = input;
  const named = {
    ...input,
    ...(TableName !== undefined && { TableName: name(TableName) }),
    ...(isMap(RequestItems) && {
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

const isMap = (value: unknown): value is Item =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function nameOf(given: unknown, { region, accountId }: Place): unknown {
  const prefix = `arn:aws:dynamodb:${region}:${accountId}:table/`;
  return typeof given === "string" && given.startsWith(prefix) ? given.slice(prefix.length) : given;
}

function namePart(part: unknown, name: (given: unknown) => unknown): unknown {
  if (!isMap(part)) {
    return part;
  }
  return Object.fromEntries(
    Object.entries(part).map(([kind, request]) => [
      kind,
      isMap(request) && "TableName" in request
        ? { ...request, TableName: name(request["TableName"]) }
        : request,
    ]),
  );
}

/** Maps by table say what the request said. */
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
    if (!isMap(map)) {
      return [];
    }
    const entries = Object.entries(map).map(([short, value]) => [asGiven.get(short) ?? short, value]);
    return [[key, Object.fromEntries(entries) as Item] as const];
  });
  return { ...result, ...Object.fromEntries(maps) };
}
