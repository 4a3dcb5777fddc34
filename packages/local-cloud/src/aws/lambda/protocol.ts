/** The messages between a sandbox and its worker thread. Events and results are JSON text, as on AWS. */

/** `workerData` of the thread. */
export interface Boot {
  /** The folder with the function's code, as a real path. */
  readonly taskRoot: string;
  /** `index.handler` */
  readonly handler: string;
  /** The program's folder. Its packages are searched first for the SDK that Lambda's runtime provides. */
  readonly program: string;
  /** Whether the handler may take a callback, as up to nodejs22.x. */
  readonly callbacks: boolean;
  /** A PEM file of certificates that the function trusts in addition to the public ones. */
  readonly caFile?: string | undefined;
}

/** To the worker: run the handler once. */
export interface Request {
  readonly requestId: string;
  /** The event, as JSON. */
  readonly event: string;
  readonly functionArn: string;
  readonly timeoutMs: number;
  /** JSON of `X-Amz-Client-Context`. */
  readonly clientContext?: string | undefined;
  readonly traceId: string;
  /** The worker crashes in this run: for 2n at its call n, for 2n + 1 at the answer to call n, or else at the end. */
  readonly crashAt?: number | undefined;
}

/** The error object that Lambda makes of a thrown value. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** What a function has logged. */
export interface Line {
  /** As CloudWatch stores it. A call of the console is one event, also with several lines. */
  readonly event: string;
  /** Without the time, request and level that Lambda adds. */
  readonly message: string;
  readonly level: "debug" | "info" | "warn" | "error";
}

/** From the worker. `crashed`, before the thread ends: a failed import, or an uncaught error. */
export type Reply =
  | { readonly kind: "ready" }
  | { readonly kind: "crashed"; readonly error: FunctionError }
  | { readonly kind: "returned"; readonly payload: string }
  | { readonly kind: "threw"; readonly error: FunctionError }
  | { readonly kind: "logged"; readonly line: Line }
  | { readonly kind: "wrote"; readonly stream: "stdout" | "stderr"; readonly text: string };
