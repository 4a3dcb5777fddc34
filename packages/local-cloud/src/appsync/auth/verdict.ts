import type { Invocation } from "../../base/service.ts";
import type { DeclaredApi } from "../declared/index.ts";

/** The answer of a Lambda authorizer. */
export interface Verdict {
  readonly isAuthorized: boolean;
  readonly resolverContext?: Readonly<Record<string, unknown>>;
  /** `Type.field` */
  readonly deniedFields: readonly string[];
  /** Seconds. */
  readonly ttlOverride?: number;
}

/** The function failed, or AppSync does not accept its answer. */
export class VerdictError extends Error {
  override readonly name = "VerdictError";
}

const maxContextBytes = 5 * 1_048_576;

/** Throws `VerdictError` with the reason. */
export function readVerdict(invocation: Invocation, api: Pick<DeclaredApi, "arn">): Verdict {
  if ("error" in invocation) {
    throw new VerdictError(invocation.error.errorMessage);
  }
  const { isAuthorized, resolverContext, deniedFields, ttlOverride } = record(
    invocation.payload,
    "the answer",
  );
  if (typeof isAuthorized !== "boolean") {
    throw new VerdictError("isAuthorized is not a boolean");
  }
  if (
    ttlOverride !== undefined &&
    ttlOverride !== null &&
    !(typeof ttlOverride === "number" && ttlOverride >= 0)
  ) {
    throw new VerdictError("ttlOverride is not a number of seconds");
  }
  return {
    isAuthorized,
    deniedFields: readDenied(deniedFields ?? [], api.arn),
    ...((resolverContext ?? null) !== null && { resolverContext: readContext(resolverContext) }),
    ...(typeof ttlOverride === "number" && { ttlOverride }),
  };
}

function readContext(value: unknown): Readonly<Record<string, unknown>> {
  const context = record(value, "resolverContext");
  const nested = Object.keys(context).find(
    (key) => typeof context[key] === "object" && context[key] !== null,
  );
  if (nested !== undefined) {
    throw new VerdictError(`resolverContext.${nested}: nested values are not supported`);
  }
  if (Buffer.byteLength(JSON.stringify(context)) > maxContextBytes) {
    throw new VerdictError("resolverContext is over 5 MB");
  }
  return context;
}

/** `Type.field`, also from ARNs of this API. ARNs of other APIs have no effect. */
function readDenied(value: unknown, apiArn: string): string[] {
  if (!Array.isArray(value)) {
    throw new VerdictError("deniedFields is not a list");
  }
  return value.flatMap((field: unknown) => {
    if (typeof field !== "string") {
      throw new VerdictError("deniedFields has an entry that is not a string");
    }
    const [, api, type, name] = /^(arn:.+)\/types\/(\w+)\/fields\/(\w+)$/.exec(field) ?? [];
    if (api !== undefined) {
      return api === apiArn ? `${type ?? ""}.${name ?? ""}` : [];
    }
    if (/^\w+\.\w+$/.test(field)) {
      return field;
    }
    throw new VerdictError(`deniedFields: ${field} is neither Type.field nor an ARN`);
  });
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new VerdictError(`${what} is not an object`);
  }
  return value as Readonly<Record<string, unknown>>;
}
