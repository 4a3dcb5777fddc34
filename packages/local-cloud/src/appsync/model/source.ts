import type { ResolverContext } from "./handlers.ts";
import type { Execution } from "./execution.ts";

/** One declared data source. */
export interface DataSource {
  /**
   * Runs what a request handler returned. A failure of the source is an answer with `error`, which the response
   * handler gets as ctx.error. A malformed request throws `RequestError`.
   */
  run(request: unknown, call: SourceCall): Promise<Answer>;
  /** Runs a step that has no code. Only Lambda functions take one. */
  readonly runDirectly?: RunDirectly;
}

export type RunDirectly = (context: ResolverContext, call: SourceCall) => Promise<DirectAnswer>;

export interface Answer {
  readonly result: unknown;
  readonly error?: { readonly message: string; readonly type: string };
}

/** With `error` the field fails, and `result` is the data of the error. */
export interface DirectAnswer {
  readonly result: unknown;
  readonly error?: { readonly message: string; readonly type: string | null };
}

export interface SourceCall {
  readonly execution: Execution;
  /** The step that calls. Invocations of one step may go out as a batch. */
  readonly step: { readonly maxBatchSize: number };
}

/** The data source does not take the request object. */
export class RequestError extends Error {
  readonly code = "MappingTemplate";
  override readonly name = "RequestError";
}
