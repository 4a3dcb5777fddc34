/**
 * The interface between GraphQL execution and the APPSYNC_JS runtime. Execution compiles the deployed code once, and
 * runs its handlers. The runtime does not depend on GraphQL, HTTP or data sources.
 */

/** The result of `compile(code, name)`. */
export interface CompiledCode {
  readonly handlers: readonly Handler[];
  /** Where AWS runs the code otherwise than its author may expect, each with its place. */
  readonly warnings: readonly string[];
  /** Runs one handler on a JSON copy of the context. Errors of the code are in the outcome, not thrown. */
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

/** The outcome of one run of a handler. */
export interface Outcome {
  readonly end:
    | { readonly kind: "value"; readonly value: unknown }
    /** runtime.earlyReturn: `END` ends the pipeline, `NEXT` skips this function's data source. */
    | { readonly kind: "early"; readonly value: unknown; readonly skipTo: "END" | "NEXT" }
    /** util.error, util.unauthorized, or an uncaught fault (`errorType: "Code"`). With `unauthorized`, execution writes the message. */
    | { readonly kind: "error"; readonly error: RaisedError; readonly unauthorized: boolean };
  /** The stash at the end of the run. */
  readonly stash: Readonly<Record<string, unknown>>;
  readonly appended: readonly RaisedError[];
  /** Lines that the code logged, in order. */
  readonly logs: readonly string[];
  /** Items that the run left out, as AWS does without an error, each with its place. */
  readonly warnings: readonly string[];
  readonly effects: Effects;
}

/** The effects of `extensions` and `util.http`. */
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
