import type { Caching } from "../caching/index.ts";
import type { Effects } from "../model/handlers.ts";
import type { Execution } from "../model/execution.ts";
import type { Headers } from "../model/request.ts";
import { FieldError } from "./errors.ts";

export function startExecution(
  fixed: Pick<Execution, "operation" | "caller" | "variables" | "tooDeep" | "deadline"> & {
    headers: Headers;
  },
): Execution {
  const { operation, caller, variables, tooDeep, deadline, headers } = fixed;
  return {
    ...{ operation, caller, variables, tooDeep, deadline },
    request: { headers, domainName: null },
    resolversRun: 0,
    appended: [],
    responseHeaders: {},
    invalidations: [],
    evicted: 0,
    registration: { field: "", arguments: {} },
    batches: new Map(),
  };
}

/** Applies the calls of `extensions` and `util.http` of a handler. Throws `FieldError` where one is not allowed. */
export function applyEffects(
  execution: Execution,
  effects: Effects,
  handler: string,
  evict: Caching["evict"],
): void {
  Object.assign(execution.responseHeaders, effects.responseHeaders);
  const { subscriptionFilter, invalidationFilter, invalidations, evictions } = effects;
  const isSubscription = execution.operation === "subscription";
  // The manual names the response handler only, but a sample of AWS sets it in the request handler.
  if (subscriptionFilter !== undefined && !isSubscription) {
    throw new FieldError("A subscription filter is set only by a subscription's resolver.", "Code");
  }
  if (invalidationFilter !== undefined && !(isSubscription && handler === "response")) {
    throw new FieldError("An invalidation filter is set only by a subscription's response handler.", "Code");
  }
  if (subscriptionFilter !== undefined) {
    execution.registration.filter = subscriptionFilter;
  }
  if (invalidationFilter !== undefined) {
    execution.registration.invalidationFilter = invalidationFilter;
  }
  if (evictions.length > 0 && execution.operation !== "mutation") {
    throw new FieldError("The cache's entries are evicted only by a mutation.", "Code");
  }
  execution.evicted += evictions.filter(evict).length;
  if (invalidations.length > 0) {
    noteInvalidations(execution, invalidations, handler);
  }
}

function noteInvalidations(execution: Execution, wanted: Effects["invalidations"], handler: string): void {
  if (execution.operation !== "mutation" || handler !== "response") {
    throw new FieldError("Subscriptions are invalidated only by a mutation's response handler.", "Code");
  }
  const known = new Set(execution.invalidations.map((one) => JSON.stringify(one)));
  execution.invalidations.push(...wanted.filter((one) => !known.has(JSON.stringify(one))));
  if (execution.invalidations.length > 5) {
    throw new FieldError("A request may invalidate at most 5 subscriptions.", "Code");
  }
}
