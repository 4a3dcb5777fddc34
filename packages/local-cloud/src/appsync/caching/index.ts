import type { Clock } from "../../base/service.ts";
import type { DeclaredApi } from "../declared/index.ts";
import type { Effects } from "../model/handlers.ts";
import { type Keyed, keyName, keyOf, valuesOf } from "./keys.ts";
import { type OperationCache, operationCache } from "./operations.ts";
import { Store } from "./store.ts";

/** The caches that the API declares. */
export interface Caching {
  /** By `Type.field`. */
  readonly fields: ReadonlyMap<string, FieldCache>;
  /** Removes an entry for `extensions.evictFromApiCache`. Returns whether there was one. */
  evict(eviction: Effects["evictions"][number]): boolean;
  readonly operations: OperationCache | undefined;
}

/** The results of one field's resolver. */
export interface FieldCache {
  /** Undefined for a context that lacks a value of the key. */
  key(context: Keyed): string | undefined;
  get(key: string): { readonly value: unknown } | undefined;
  set(key: string, value: unknown): void;
}

/**
 * https://docs.aws.amazon.com/appsync/latest/devguide/enabling-caching.html. `queryType` is the name of the root type
 * of queries. Other operations are not cached.
 */
export function createCaching(
  { cache, resolvers }: Pick<DeclaredApi, "cache" | "resolvers">,
  queryType: string | undefined,
  clock: Clock,
): Caching {
  const store = new Store(clock);
  const named = new Map<string, Settings>(
    resolvers.flatMap((resolver) => {
      const settings = cache && settingsOf(cache, resolver, queryType);
      return settings ? [[`${resolver.type}.${resolver.field}`, settings] as const] : [];
    }),
  );
  return {
    fields: new Map([...named].map(([field, settings]) => [field, fieldCache(store, field, settings)])),
    evict({ typeName, fieldName, keys }) {
      const field = `${typeName}.${fieldName}`;
      const given = Object.keys(keys).map(keyName);
      // The manual wants the order of the resolver's keys.
      if (given.join() !== named.get(field)?.names.join()) {
        return false;
      }
      return store.delete(keyOf(field, Object.values(keys)));
    },
    operations: cache?.behavior === "OPERATION_LEVEL_CACHING" ? operationCache(store, cache.ttl) : undefined,
  };
}

interface Settings {
  readonly names: readonly string[];
  /** Seconds. */
  readonly ttl: number;
}

function settingsOf(
  { behavior, ttl }: NonNullable<DeclaredApi["cache"]>,
  { type, caching }: DeclaredApi["resolvers"][number],
  queryType: string | undefined,
): Settings | undefined {
  if (behavior === "PER_RESOLVER_CACHING" && caching) {
    return { ttl: caching.ttl, names: caching.keys.length > 0 ? caching.keys.map(keyName) : everything };
  }
  // The manual names arguments and identity. Below the root these are the same for fields of different parents.
  if (behavior === "FULL_REQUEST_CACHING") {
    return { ttl, names: everything.filter((name) => name !== "source" || type !== queryType) };
  }
  return undefined;
}

const everything = ["arguments", "source", "identity"];

function fieldCache(store: Store, field: string, { names, ttl }: Settings): FieldCache {
  return {
    key(context) {
      const values = valuesOf(names, context);
      return values && keyOf(field, values);
    },
    get: (key) => store.get(key),
    set: (key, value) => store.set(key, JSON.stringify(value ?? null), ttl),
  };
}
