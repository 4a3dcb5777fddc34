import type { Execution } from "./execution.ts";

/** One declared data source. */
export interface DataSource {
  /**
   * Runs what a request handler returned. The source's own failure is an answer with `error`, which goes to the
   * response handler as ctx.error; a request that is malformed throws `RequestError`.
   */
  run(request: unknown, call: SourceCall): Promise<Answer>;
}

export interface Answer {
  readonly result: unknown;
  readonly error?: { readonly message: string; readonly type: string };
}

export interface SourceCall {
  readonly execution: Execution;
  /** What asks: invocations of one step may be gathered. */
  readonly step: { readonly maxBatchSize: number };
}

/** The request object is not one that the data source takes. */
export class RequestError extends Error {
  readonly code = "MappingTemplate";
  override readonly name = "RequestError";
}
