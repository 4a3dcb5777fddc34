import type { ResourceOf } from "../../base/graph.ts";
import type { PartsOf } from "../declared/parts.ts";
import { refuseAsAws } from "../unsupported.ts";

const behaviors = ["FULL_REQUEST_CACHING", "PER_RESOLVER_CACHING", "OPERATION_LEVEL_CACHING"] as const;

export interface DeclaredCache {
  readonly behavior: (typeof behaviors)[number];
  /** Seconds. */
  readonly ttl: number;
}

/** How one resolver's results are kept. */
export interface DeclaredCaching {
  /** Seconds. */
  readonly ttl: number;
  /** Such as `$context.arguments.id`; without any, all that the context holds. */
  readonly keys: readonly string[];
}

/** The API's cache, if it has one. Its size and its encryption mean nothing here. */
export function readCache(parts: PartsOf): DeclaredCache | undefined {
  const [cache, other] = parts("aws:appsync/apiCache:ApiCache");
  if (!cache) {
    return undefined;
  }
  if (other) {
    refuseAsAws(other, true, "a second cache");
  }
  const { apiCachingBehavior, ttl, type } = cache.inputs;
  const behavior = behaviors.find((one) => one === apiCachingBehavior);
  refuseAsAws(cache, !behavior, `apiCachingBehavior ${apiCachingBehavior}`);
  refuseAsAws(cache, !isTtl(ttl), `ttl ${ttl}`);
  refuseAsAws(cache, !instance.test(type), `type ${type}`);
  return behavior && { behavior, ttl };
}

export function readCaching(
  resolver: ResourceOf<"aws:appsync/resolver:Resolver">,
): DeclaredCaching | undefined {
  const { cachingConfig } = resolver.inputs;
  if (!cachingConfig) {
    return undefined;
  }
  const { ttl = 0, cachingKeys: keys = [] } = cachingConfig;
  refuseAsAws(resolver, !isTtl(ttl), `cachingConfig with a ttl of ${ttl}`);
  refuseAsAws(resolver, keys.length > 25, "cachingConfig with more than 25 keys");
  for (const key of keys) {
    refuseAsAws(resolver, !cachingKey.test(key), `cachingConfig with the key ${key}`);
  }
  return { ttl, keys };
}

/** "Caching keys need to start with $context.args, $context.arguments, $context.identity, or $context.source." */
const cachingKey = /^\$context\.(?:args|arguments|source|identity)(?:\.[\w-]+)*$/;

const instance =
  /^(?:SMALL|MEDIUM|X?LARGE|LARGE_(?:2|4|8|12)X|T2_(?:SMALL|MEDIUM)|R4_(?:LARGE|[248]?XLARGE))$/;

/** AWS takes 1 to 3,600 seconds. */
function isTtl(seconds: number): boolean {
  return seconds >= 1 && seconds <= 3_600;
}
