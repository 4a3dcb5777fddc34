import {
  type InfiniteData,
  type UseInfiniteQueryResult,
  useInfiniteQuery,
  useQuery,
  type UseQueryResult,
} from "@tanstack/react-query";
import type { DarkroomError } from "../api.ts";
import { getAsset, listAssets, listLabels, searchAssets } from "../operations.ts";
import type { Operation } from "../operation.ts";
import { isPassing } from "../persist.ts";
import type {
  Asset,
  AssetInclude,
  AssetMatch,
  LabelCount,
  ListAssetsArguments,
  ListLabelsArguments,
  SearchAssetsArguments,
} from "../schema.ts";
import { keyOf } from "./keys.ts";
import { useDarkroom } from "./provider.ts";

export interface QueryOptions<Include extends object = object> {
  /** Fields that are read only if they are named. */
  readonly include?: Include;
  /** False: nothing is read. */
  readonly enabled?: boolean;
  /** Milliseconds for which an answer is not read again. */
  readonly staleTime?: number;
  /** Milliseconds after which an answer is read again. */
  readonly refetchInterval?: number;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken: string | null;
}

type WithoutToken<Variables> = Omit<Variables, "nextToken">;

/** Only what another attempt may not meet is tried again. */
const retry = (failures: number, error: unknown): boolean => failures < 3 && isPassing(error);

/** One query of the API, such as `useOperation(listDeliveries, { assetId })`. */
export function useOperation<Variables extends object, Result, Include extends object>(
  operation: Operation<Variables, Result, Include>,
  variables: Variables,
  { include, ...options }: QueryOptions<Include> = {},
): UseQueryResult<Result, DarkroomError> {
  const { endpoint, ownerId } = useDarkroom();
  return useQuery<Result, DarkroomError>({
    queryKey: keyOf(ownerId, operation.operationName, variables, include ?? {}),
    queryFn: ({ signal }) => call(operation, endpoint, variables, { include, signal }),
    retry,
    ...options,
  });
}

/** A list of the API, page by page: `data` has the items of all pages that were read. */
export function useList<Variables extends object, Item, Include extends object>(
  operation: Operation<Variables, Page<Item>, Include>,
  variables: WithoutToken<Variables>,
  { include, ...options }: QueryOptions<Include> = {},
): UseInfiniteQueryResult<readonly Item[], DarkroomError> {
  const { endpoint, ownerId } = useDarkroom();
  return useInfiniteQuery<Page<Item>, DarkroomError, readonly Item[], readonly unknown[], string | null>({
    queryKey: keyOf(ownerId, operation.operationName, variables, include ?? {}),
    queryFn: ({ signal, pageParam: nextToken }) =>
      call(operation, endpoint, { ...variables, nextToken } as unknown as Variables, { include, signal }),
    initialPageParam: null,
    getNextPageParam: ({ nextToken }) => nextToken,
    select: itemsOf,
    // Pages that did not change are the same objects already.
    structuralSharing: false,
    retry,
    ...options,
  });
}

const call = <Variables extends object, Result, Include extends object>(
  operation: Operation<Variables, Result, Include>,
  ...given: [Parameters<typeof operation>[0], Variables, Parameters<typeof operation>[2]]
): Promise<Result> => (operation as (...all: typeof given) => Promise<Result>)(...given);

const itemsOf = <Item>({ pages }: InfiniteData<Page<Item>>): readonly Item[] =>
  pages.flatMap(({ items }) => items);

/** Events keep the owner's own assets as they are: they are not read again. */
function useFreshness(owner: string | null | undefined): { readonly staleTime?: number } {
  const { isLive, ownerId } = useDarkroom();
  return isLive && (owner ?? ownerId) === ownerId ? { staleTime: Infinity } : {};
}

/** The owner's assets, live: new ones appear in their place, and those that leave the state disappear. */
export function useAssets(
  variables: WithoutToken<ListAssetsArguments> = {},
  options: QueryOptions<AssetInclude> = {},
): UseInfiniteQueryResult<readonly Asset[], DarkroomError> {
  return useList(listAssets, variables, { ...useFreshness(variables.ownerId), ...options });
}

/** One asset with its labels, live. Null once it is gone. */
export function useAsset(
  id: string,
  { include = { labels: true }, ...options }: QueryOptions<AssetInclude> = {},
): UseQueryResult<Asset | null, DarkroomError> {
  return useOperation(getAsset, { id }, { include, ...useFreshness(null), ...options });
}

/** The assets that show a label, highest confidence first. Nothing is read for an empty label. */
export function useSearch(
  variables: WithoutToken<SearchAssetsArguments>,
  { enabled = true, ...options }: QueryOptions<AssetInclude> = {},
): UseInfiniteQueryResult<readonly AssetMatch[], DarkroomError> {
  return useList(searchAssets, variables, {
    ...useFreshness(variables.ownerId),
    ...options,
    enabled: enabled && variables.label !== "",
  });
}

/** The labels that the owner's assets have, in alphabetical order: those with a prefix, or all. */
export function useLabels(
  variables: WithoutToken<ListLabelsArguments> = {},
  options: QueryOptions = {},
): UseInfiniteQueryResult<readonly LabelCount[], DarkroomError> {
  return useList(listLabels, variables, { ...useFreshness(variables.ownerId), ...options });
}
