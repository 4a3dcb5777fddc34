import type { Principal } from "./service.ts";

/** What is known of a call when it begins. */
export interface About {
  /** `dynamodb`, `lambda`, `appsync`. */
  readonly service: string;
  /** `PutItem`, or the function's run. */
  readonly operation: string;
  /** The table, queue, function or key. */
  resource: string;
  readonly principal: Principal | undefined;
  /** JSON or text. Long ones are cut off. */
  input: string | (() => string);
  /** Of `X-Amzn-Trace-Id`: the run of a function that makes the call. */
  readonly trace?: string | undefined;
  /** True for calls that say nothing, such as a poll without messages. They are not kept. */
  readonly isEmpty?: (result: unknown) => boolean;
}

/** What the parts of a call add to it while it runs. */
export interface Notes {
  /** The trace id that the function's calls carry. */
  trace?: string;
  /** The role whose session the function has. */
  runsAs?: string;
  lines?: readonly string[];
  /** Set for errors that are answered and not thrown. */
  error?: { readonly code: string; readonly message: string } | undefined;
  operation?: string;
  input?: string;
  /** Who calls, if that is known only after the beginning. */
  principal?: Principal | undefined;
  caller?: string;
}

/** Keeps the last calls, with those that they made. */
export interface Recorder {
  /** Runs a call. Its result may be a promise. */
  call<Result>(about: About, work: () => Result): Result;
  /** Adds to the call that runs now. */
  note(notes: Notes): void;
  /** A line that a function writes. */
  line(functionName: string, requestId: string | undefined, text: string): void;
}

/** For services that run without one. */
export const noRecorder: Recorder = {
  call: (_, work) => work(),
  note: () => undefined,
  line: () => undefined,
};
