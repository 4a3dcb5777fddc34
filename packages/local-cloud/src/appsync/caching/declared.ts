import type { ResourceOf } from "../../base/graph.ts";
import { refuse } from "../../base/refusal.ts";
import type { PartsOf } from "../declared/parts.ts";

const behaviors = ["FULL_REQUEST_CACHING", "PER_RESOLVER_CACHING", "OPERATION_LEVEL_CACHING"] as const;

export interface DeclaredCache {
  readonly behavior: (typeof behaviors)[number];
  /** Seconds. */
  readonly ttl: number;
}

/** How one resolver's results are cached. */
export interface DeclaredCaching {
  /** Seconds. */
  readonly ttl: number;
  /** Such as `$context.arguments.id`. If empty, the key is the arguments, the source and the identity. */
  readonly keys: readonly string[];
}

/** The API's cache, if it has one. Its size and its encryption have no effect here. */
export function readCache(parts: PartsOf): DeclaredCache | undefined {
  const [cache, other] = parts("aws:appsync/apiCache:ApiCache");
  if (!cache) {
    return undefined;
  }
  if (other) {
    refuse(other, "apiId", `is ${other.inputs.apiId}, which has another cache; AWS takes one`);
  }
  const { apiCachingBehavior, ttl, type } = cache.inputs;
  const behavior = behaviors.find((one) => one === apiCachingBehavior);
  if (!behavior) {
    refuse(cache, "apiCachingBehavior", `is ${apiCachingBehavior}; AWS takes ${behaviors.join(", ")}`);
  }
  if (!isTtl(ttl)) {
    refuse(cache, "ttl", `is ${ttl}; AWS takes 1 to 3600`);
  }
  if (!instance.test(type)) {
    refuse(cache, "type", `is ${type}; AWS takes a size such as SMALL or LARGE_2X`);
  }
  return { behavior, ttl };
}

export function readCaching(
  resolver: ResourceOf<"aws:appsync/resolver:Resolver">,
): DeclaredCaching | undefined {
  const { cachingConfig } = resolver.inputs;
  if (!cachingConfig) {
    return undefined;
  }
  const { ttl = 0, cachingKeys: keys = [] } = cachingConfig;
  if (!isTtl(ttl)) {
    refuse(resolver, "cachingConfig.ttl", `is ${ttl}; AWS takes 1 to 3600`);
  }
  if (keys.length > 25) {
    refuse(resolver, "cachingConfig.cachingKeys", `has ${keys.length} keys; AWS takes 25`);
  }
  const unknown = keys.find((key) => !cachingKey.test(key));
  if (unknown !== undefined) {
    refuse(
      resolver,
      "cachingConfig.cachingKeys",
      `has ${unknown}; AWS takes keys in $context.arguments, $context.identity and $context.source`,
    );
  }
  return { ttl, keys };
}

/** https://docs.aws.amazon.com/appsync/latest/devguide/enabling-caching.html */
const cachingKey = /^\$context\.(?:args|arguments|source|identity)(?:\.[\w-]+)*$/;

const instance =
  /^(?:SMALL|MEDIUM|X?LARGE|LARGE_(?:2|4|8|12)X|T2_(?:SMALL|MEDIUM)|R4_(?:LARGE|[248]?XLARGE))$/;

/** AWS takes 1 to 3,600 seconds. */
function isTtl(seconds: number): boolean {
  return seconds >= 1 && seconds <= 3_600;
}
