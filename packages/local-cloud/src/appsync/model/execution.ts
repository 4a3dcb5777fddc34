import type { Caller } from "./caller.ts";
import type { Deadline } from "./deadline.ts";
import type { Effects } from "./handlers.ts";
import type { Headers } from "./request.ts";

/** One operation while it runs: its request, and the effects of its resolvers. */
export interface Execution {
  readonly operation: "query" | "mutation" | "subscription";
  readonly caller: Caller;
  readonly request: { readonly headers: Headers; readonly domainName: null };
  readonly variables: Readonly<Record<string, unknown>>;
  /** False if no field of the document is past the depth limit. */
  readonly tooDeep: boolean;
  readonly deadline: Deadline;
  resolversRun: number;
  readonly appended: ResponseError[];
  readonly responseHeaders: Record<string, string>;
  readonly invalidations: Effects["invalidations"][number][];
  /** Number of entries removed from the API's cache. */
  evicted: number;
  readonly registration: Registration;
  /** Invocations that wait to be sent in one batch, by step. */
  readonly batches: Map<object, unknown>;
}

/** A subscription's settings for all its events, set once by its resolver. */
interface Registration {
  field: string;
  arguments: Readonly<Record<string, unknown>>;
  filter?: unknown;
  invalidationFilter?: unknown;
}

export interface ErrorLocation {
  readonly line: number;
  readonly column: number;
  readonly sourceName: null;
}

/** One entry of `errors`, its keys in AppSync's order. */
export interface ResponseError {
  readonly path: readonly (string | number)[] | null;
  readonly data?: unknown;
  readonly errorType?: string | null;
  readonly errorInfo?: unknown;
  readonly locations: readonly ErrorLocation[] | null;
  readonly message: string;
}
