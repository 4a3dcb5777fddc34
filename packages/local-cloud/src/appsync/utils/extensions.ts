import { isMap } from "./dynamodb-values.ts";
import { currentEvaluation } from "./evaluation.ts";
import { EarlyReturn, UtilityFault } from "./signals.ts";

/** Execution decides where each is allowed, and how often, because it knows the operation. */
export const extensions = {
  setSubscriptionFilter(filter: unknown): void {
    currentEvaluation().effects.subscriptionFilter = filter;
  },

  setSubscriptionInvalidationFilter(filter: unknown): void {
    currentEvaluation().effects.invalidationFilter = filter;
  },

  invalidateSubscriptions(invalidation: unknown): void {
    if (!isMap(invalidation) || typeof invalidation["subscriptionField"] !== "string") {
      throw new UtilityFault("invalidateSubscriptions needs { subscriptionField, payload }");
    }
    const { subscriptionField, payload } = invalidation;
    currentEvaluation().effects.invalidations.push({ subscriptionField, payload });
  },

  evictFromApiCache(
    typeName: string,
    fieldName: string,
    keyValuePair: Readonly<Record<string, unknown>>,
  ): void {
    if (typeof typeName !== "string" || typeof fieldName !== "string" || !isMap(keyValuePair)) {
      throw new UtilityFault("evictFromApiCache needs a type's name, a field's name and a map of keys");
    }
    currentEvaluation().effects.evictions.push({ typeName, fieldName, keys: keyValuePair });
  },
};

export const runtime = {
  /** Without `skipTo`, the current function or resolver ends, as with `NEXT`. */
  earlyReturn(value?: unknown, options?: { readonly skipTo?: unknown }): never {
    const skipTo = options?.skipTo ?? "NEXT";
    if (skipTo !== "END" && skipTo !== "NEXT") {
      throw new UtilityFault(`earlyReturn skips to END or NEXT, not ${JSON.stringify(skipTo)}`);
    }
    throw new EarlyReturn(value ?? null, skipTo);
  },
};
