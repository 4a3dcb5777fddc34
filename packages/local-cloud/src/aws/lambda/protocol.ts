/** What the sandbox and its worker thread tell each other. Events and results travel as JSON text, as on AWS. */

/** `workerData` of the thread. */
export interface Boot {
  /** Folder that holds the function's code, links resolved. */
  readonly taskRoot: string;
  /** `index.handler` */
  readonly handler: string;
  /** The program's folder, whose packages come first where code asks for the SDK that Lambda's runtime brings. */
  readonly program: string;
  /** Whether the handler may take a callback, as up to nodejs22.x. */
  readonly callbacks: boolean;
  /** Certificates in PEM that the function trusts beside the public ones. */
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
  /** The worker crashes during this run: at 2n as it makes its call n, at 2n + 1 as that is answered, or at the end. */
  readonly crashAt?: number | undefined;
}

/** The error object that Lambda makes of whatever was thrown. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** From the worker. `crashed` comes before the thread ends: a failed import, or an error that no handler caught. */
export type Reply =
  | { readonly kind: "ready" }
  | { readonly kind: "crashed"; readonly error: FunctionError }
  | { readonly kind: "returned"; readonly payload: string }
  | { readonly kind: "threw"; readonly error: FunctionError }
  | { readonly kind: "wrote"; readonly stream: "stdout" | "stderr"; readonly text: string };
