import { EvaluationError } from "./error.ts";

/** Values between program and engine: JSON in which a signature marks special objects. */
export type Wire = Readonly<Record<string, unknown>>;

export interface Decoded {
  readonly value: Record<string, unknown>;
  /** Paths of what was secret, such as `environment.variables.KEY` or `rules[0].token`. */
  readonly secrets: readonly string[];
}

// Source: sdk/go/common/resource/properties.go and asset.go of pulumi/pulumi.
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

/** The value of an output that is unknown in preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Makes the program treat a value, and all that it derives from it, as secret. */
export function wireSecret(value: unknown): Wire {
  return { [SIGNATURE]: SECRET, value };
}

/** Plain JSON: secrets are unwrapped and listed, assets and archives lose their signature, nulls are left out. */
export function decode(wire: Wire): Decoded {
  const secrets: string[] = [];
  return { value: decodeObject(wire, "", secrets), secrets };
}

/**
 * Refuses the text that an `Output` becomes in a plain string or in `JSON.stringify`.
 *
 * @throws `EvaluationError` OutputAsText, naming `owner` and the path.
 */
export function refuseOutputText(owner: string, value: unknown, path = ""): void {
  if (typeof value === "string" && /Calling \[to(String|JSON)\] on an \[Output<T>\]/.test(value)) {
    throw new EvaluationError(
      "OutputAsText",
      `${owner}: "${path}" contains an Output that was converted to text. Build it with pulumi.interpolate, pulumi.jsonStringify or .apply.`,
    );
  }
  if (typeof value !== "object" || value === null) {
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    refuseOutputText(owner, item, step(path, key, Array.isArray(value)));
  }
}

/** `path` followed by `key`: `a.b`, or `a[0]` in an array. */
export function step(path: string, key: string, inArray: boolean): string {
  if (inArray) {
    return `${path}[${key}]`;
  }
  return path === "" ? key : `${path}.${key}`;
}

function decodeValue(wire: unknown, path: string, secrets: string[]): unknown {
  if (Array.isArray(wire)) {
    return wire.map((item, index) => decodeValue(item, step(path, String(index), true), secrets));
  }
  if (!isObject(wire)) {
    return wire;
  }
  const { [SIGNATURE]: signature, ...rest } = wire;
  switch (signature) {
    case undefined:
      return decodeObject(rest, path, secrets);
    case ASSET:
    case ARCHIVE:
      delete rest["__pulumiAsset"];
      delete rest["__pulumiArchive"];
      return decodeObject(rest, path, secrets);
    case SECRET:
      secrets.push(path);
      return decodeValue(rest["value"], path, secrets);
    default:
      throw new EvaluationError(
        "Unsupported",
        `"${path}" is a value of the unknown kind ${String(signature)}.`,
      );
  }
}

function decodeObject(wire: Wire, path: string, secrets: string[]): Record<string, unknown> {
  const entries = Object.entries(wire)
    .map(([key, item]) => [key, decodeValue(item, step(path, key, false), secrets)] as const)
    .filter(([, item]) => item !== null);
  return Object.fromEntries(entries);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
