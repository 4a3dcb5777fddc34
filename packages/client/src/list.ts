import type { Endpoint } from "./api.ts";
import type { Operation, OperationOptions } from "./operation.ts";
import { searchAssets } from "./operations.ts";
import type { AssetInclude, AssetMatch, SearchAssetsArguments } from "./schema.ts";

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken: string | null;
}

interface PageVariables {
  readonly nextToken?: string | null;
}

/** Every item of a list, such as `listAll(listAssets, endpoint, { state: "RECEIVED" })`, page by page as they are read. */
export async function* listAll<Variables extends PageVariables, Item, Include extends object>(
  operation: Operation<Variables, Page<Item>, Include>,
  endpoint: Endpoint,
  variables: Omit<Variables, "nextToken">,
  options: OperationOptions<Include> = {},
): AsyncGenerator<Item, void, undefined> {
  let nextToken = null;
  do {
    const page: Page<Item> = await operation(endpoint, { ...variables, nextToken } as Variables, options);
    yield* page.items;
    nextToken = page.nextToken;
  } while (nextToken !== null);
}

/** Every asset that shows a label, highest confidence first. */
export const search = (
  endpoint: Endpoint,
  variables: Omit<SearchAssetsArguments, "nextToken">,
  options?: OperationOptions<AssetInclude>,
): AsyncGenerator<AssetMatch, void, undefined> => listAll(searchAssets, endpoint, variables, options);
