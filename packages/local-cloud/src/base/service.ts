import type { IncomingMessage, ServerResponse } from "node:http";

/** Who calls: a role's session, or an AWS service acting for itself (`s3.amazonaws.com`). */
export type Principal =
  | { readonly kind: "role"; readonly roleArn: string; readonly sessionArn: string }
  | { readonly kind: "service"; readonly service: string };

/** One request at the front door without a signature, and so without a principal. */
export interface AnonymousCall {
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The whole body. Throws `RequestEntityTooLarge` past `limit` bytes. */
  body(limit?: number): Promise<Buffer>;
}

/** One request at the front door whose signature has been verified. */
export interface Call extends AnonymousCall {
  readonly principal: Principal;
  /** From the credential scope. */
  readonly service: string;
  readonly region: string;
  /** True for a signature in the query string. */
  readonly presigned: boolean;
  readonly signedAt: Date;
  /** Hex SHA-256 of the body as signed, `UNSIGNED-PAYLOAD`, or a `STREAMING-...` scheme. */
  readonly payloadHash: string;
  /** The whole body, checked against `payloadHash`. Throws `RequestEntityTooLarge` past `limit` bytes. */
  body(limit?: number): Promise<Buffer>;
}

/** One emulated service, as the front door sees it. */
export interface Service {
  /** Names in the credential scope that lead here: `dynamodb`, `s3`, `sqs`. */
  readonly scopes: readonly string[];
  /** Answers the call; an `AwsError` thrown becomes the service's error document. */
  handle(call: Call): Promise<void>;
  /** Writes an error in this service's format, also that of a failed signature. */
  fail(response: ServerResponse, error: AwsError, url: URL): void;
  /** Requests that this service answers without a signature: a CORS preflight, a sign-in, public keys. */
  readonly anonymous?: {
    /** Whether this unsigned request is for this service and open to everyone. Must depend on its arguments only. */
    accepts(request: IncomingMessage, url: URL): boolean;
    handle(call: AnonymousCall): Promise<void>;
  };
}

/** A part of the local cloud that works from its start to its stop. `start` and `stop` are called at most once. */
export interface Part {
  /** Continues what an earlier run left, and begins. The front door is open then. */
  start?(): void;
  /** Settles when nothing waits for delivery. May be called at any time between start and stop. */
  idle?(): Promise<void>;
  /** How much work has begun and ended so far. Work can give other parts something to deliver. */
  work?(): number;
  /** Ends what is under way or leaves it to the next run, and closes what is open. */
  stop?(): unknown;
}

/** An error as AWS answers it: a stable code, a message, an HTTP status. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

/** Where a service keeps its state. With `memory` the folder is temporary, and removed at the stop. */
export interface Storage {
  readonly folder: string;
  readonly memory: boolean;
}

/** Milliseconds since the epoch. Injected, so that tests control the time. */
export type Clock = () => number;

/** Levelled, structured log of the local cloud. */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A JSON-protocol service as other services call it in process: authorised, but not signed. */
export interface Executor {
  /** Checks the principal's policies, then runs one operation, such as `PutItem` or `ReceiveMessage`. Throws `AwsError`. */
  execute(
    principal: Principal,
    operation: string,
    input: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
  ): Promise<Record<string, unknown>>;
}

/** A function's answer: its JSON result, or the error object that Lambda makes of a thrown error. */
export type Invocation =
  | { readonly payload: unknown }
  | {
      readonly error: {
        readonly errorType: string;
        readonly errorMessage: string;
        readonly trace?: readonly string[];
      };
    };

/** Lambda, as AppSync and event source mappings call it. */
export interface Invoker {
  /**
   * Checks `lambda:InvokeFunction`, waits for a free worker, runs the function. `sourceArn` is the resource for which a
   * service principal acts. Throws `AwsError` for failures of Lambda itself, not for those of the function.
   */
  invoke(principal: Principal, functionArn: string, event: unknown, sourceArn?: string): Promise<Invocation>;
}
