import type { RaisedError } from "../model/handlers.ts";

/** Thrown by `util.error` and `util.unauthorized` to end the evaluation. Unit tests catch it as an error with AppSync's fields. */
export class ResolverError extends Error implements RaisedError {
  readonly errorType: string | null;
  readonly data: unknown;
  readonly errorInfo: unknown;
  readonly unauthorized: boolean;

  constructor(raised: RaisedError, unauthorized = false) {
    super(raised.message);
    this.name = "ResolverError";
    this.errorType = raised.errorType;
    this.data = raised.data;
    this.errorInfo = raised.errorInfo;
    this.unauthorized = unauthorized;
  }
}

/** Thrown by `runtime.earlyReturn` to end the evaluation with a value. */
export class EarlyReturn extends Error {
  readonly value: unknown;
  readonly skipTo: "END" | "NEXT";

  constructor(value: unknown, skipTo: "END" | "NEXT") {
    super("runtime.earlyReturn ended the evaluation");
    this.name = "EarlyReturn";
    this.value = value;
    this.skipTo = skipTo;
  }
}

/** A utility got arguments that it does not accept. AppSync reports it as a fault of the code. */
export class UtilityFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UtilityFault";
  }
}
