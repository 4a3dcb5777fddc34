import type { Item } from "./client.ts";

/** Answers of the engine that differ from those of AWS, made the same. */
export function corrected(operation: string, input: Item, result: Item): Item {
  switch (operation) {
    case "Query":
    case "Scan":
      return { ...result, ...(isFiltered(input) ? {} : { ScannedCount: result["Count"] }) };
    case "TransactGetItems":
      return { ...result, Responses: projected(input["TransactItems"], result["Responses"]) };
    default:
      return result;
  }
}

/** Without a filter, all items of a page are counted. The engine counts the first item beyond a page of 1 MB too. */
const isFiltered = (input: Item): boolean =>
  ["FilterExpression", "QueryFilter", "ScanFilter"].some((name) => input[name] !== undefined);

interface Get {
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
}

/** A transaction gives what is projected. The engine adds the key. */
function projected(gets: unknown, responses: unknown): unknown {
  return (responses as readonly { readonly Item?: Item }[]).map((response, index) => {
    const { Get } = (gets as readonly { readonly Get: Get }[])[index] ?? {};
    if (response.Item === undefined || Get?.ProjectionExpression === undefined) {
      return response;
    }
    const names = Get.ProjectionExpression.split(",").map((path) => {
      const [first = ""] = path.trim().split(/[.[]/);
      return Get.ExpressionAttributeNames?.[first] ?? first;
    });
    const kept = Object.entries(response.Item).filter(([name]) => names.includes(name));
    return { ...response, Item: Object.fromEntries(kept) };
  });
}
