import type { RaisedError } from "../model/handlers.ts";
import { currentEvaluation } from "./evaluation.ts";
import { ResolverError } from "./signals.ts";

export const errors = {
  error(message: string, errorType?: string, data?: unknown, errorInfo?: unknown): never {
    throw new ResolverError(raised(message, errorType, data, errorInfo));
  },

  appendError(message: string, errorType?: string, data?: unknown, errorInfo?: unknown): void {
    currentEvaluation().appended.push(raised(message, errorType, data, errorInfo));
  },

  /** Execution writes the message, because it knows the field. */
  unauthorized(): never {
    throw new ResolverError(raised("Unauthorized", "Unauthorized"), true);
  },

  /** Derived from the shape of `ctx.identity`, as in EvaluateCode. An incomplete shape counts as an API key. */
  authType(): string {
    const identity = currentEvaluation().identity;
    if (typeof identity !== "object" || identity === null) {
      return "API Key Authorization";
    }
    const has = (...keys: string[]) => keys.every((key) => isSet(identity, key));
    if (Object.keys(identity).length === 0 || has("resolverContext")) {
      return "Lambda Authorization";
    }
    if (has("accountId", "userArn", "username", "sourceIp")) {
      return "IAM Authorization";
    }
    if (has("sub", "issuer", "username", "claims", "sourceIp", "defaultAuthStrategy")) {
      return "User Pool Authorization";
    }
    if (has("sub", "issuer", "claims") && !has("username")) {
      return "Open ID Connect Authorization";
    }
    return "API Key Authorization";
  },
};

function raised(message: string, errorType?: string, data?: unknown, errorInfo?: unknown): RaisedError {
  return { message, errorType: errorType ?? null, data: data ?? null, errorInfo: errorInfo ?? null };
}

function isSet(object: object, key: string): boolean {
  const value: unknown = Reflect.get(object, key);
  return value !== undefined && value !== null;
}
