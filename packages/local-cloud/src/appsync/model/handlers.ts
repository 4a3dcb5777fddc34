/**
 * Between GraphQL execution and the APPSYNC_JS runtime: execution compiles the code that the program deploys,
 * once, and runs its handlers; the runtime knows nothing of GraphQL, HTTP or data sources.
 */

/** `compile(code, name)` gives this, or throws `CodeError`. */
export interface CompiledCode {
  readonly handlers: readonly Handler[];
  /** What the code does that AWS does otherwise than its author may expect, each with its place. */
  readonly warnings: readonly string[];
  /** Runs one handler on a JSON copy of the context. Never throws for what the code does. */
  run(handler: Handler, context: ResolverContext): Outcome;
}

export type Handler = "request" | "response";

/** ctx as AppSync documents it; `arguments` is the same object as `args`. */
export interface ResolverContext {
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly identity: unknown;
  readonly source: unknown;
  readonly request: {
    readonly headers: Readonly<Record<string, unknown>>;
    readonly domainName: string | null;
  };
  readonly info: ResolverInfo;
  readonly stash: Readonly<Record<string, unknown>>;
  /** Null in a unit resolver. */
  readonly prev: { readonly result: unknown } | null;
  readonly result?: unknown;
  readonly error?: { readonly message: string; readonly type: string };
  readonly env: Readonly<Record<string, string>>;
}

export interface ResolverInfo {
  readonly fieldName: string;
  readonly parentTypeName: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly selectionSetList: readonly string[];
  readonly selectionSetGraphQL: string;
}

/** An error that a handler raised or appended. */
export interface RaisedError {
  readonly message: string;
  readonly errorType: string | null;
  readonly data: unknown;
  readonly errorInfo: unknown;
}

/** What one run of a handler came to. */
export interface Outcome {
  readonly end:
    | { readonly kind: "value"; readonly value: unknown }
    /** runtime.earlyReturn: `END` leaves the pipeline, `NEXT` skips this function's data source. */
    | { readonly kind: "early"; readonly value: unknown; readonly skipTo: "END" | "NEXT" }
    /** util.error, util.unauthorized, or an uncaught fault (`errorType: "Code"`). `unauthorized` asks execution for its wording. */
    | { readonly kind: "error"; readonly error: RaisedError; readonly unauthorized: boolean };
  /** The stash as the handler left it. */
  readonly stash: Readonly<Record<string, unknown>>;
  readonly appended: readonly RaisedError[];
  /** What the console was given, in order. */
  readonly logs: readonly string[];
  /** What the run left out, as AWS does in silence, each with its place. */
  readonly warnings: readonly string[];
  readonly effects: Effects;
}

/** What `extensions` and `util.http` asked for. */
export interface Effects {
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly subscriptionFilter?: unknown;
  readonly invalidationFilter?: unknown;
  readonly invalidations: readonly { readonly subscriptionField: string; readonly payload: unknown }[];
  readonly evictions: readonly {
    readonly typeName: string;
    readonly fieldName: string;
    readonly keys: Readonly<Record<string, unknown>>;
  }[];
}
