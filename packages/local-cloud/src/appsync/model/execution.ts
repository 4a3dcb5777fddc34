import type { Caller } from "./caller.ts";
import type { Deadline } from "./deadline.ts";
import type { Effects } from "./handlers.ts";
import type { Headers } from "./request.ts";

/** One operation under way: what came with it, and what its resolvers leave behind. */
export interface Execution {
  readonly operation: "query" | "mutation" | "subscription";
  readonly caller: Caller;
  readonly request: { readonly headers: Headers; readonly domainName: null };
  readonly variables: Readonly<Record<string, unknown>>;
  /** False where no field of the document lies past the depth limit. */
  readonly tooDeep: boolean;
  readonly deadline: Deadline;
  resolversRun: number;
  readonly appended: ResponseError[];
  readonly responseHeaders: Record<string, string>;
  readonly invalidations: Effects["invalidations"][number][];
  /** Entries that are gone from the API's cache. */
  evicted: number;
  readonly registration: Registration;
  /** Invocations that wait for their siblings, by the step that asks. */
  readonly batches: Map<object, unknown>;
}

/** What a subscription's resolver settled, once, for all that follows. */
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
