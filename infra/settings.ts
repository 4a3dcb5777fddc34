import * as pulumi from "@pulumi/pulumi";

/** How a stack differs from another: Pulumi.<stack>.yaml says it, nothing else does. */
export interface Settings {
  /** Deletion protection on tables and pool; buckets and tables outlive their removal from the program. */
  readonly protectData: boolean;
  /** Whether clients may ask the API for its schema. */
  readonly introspection: boolean;
  readonly fieldLogLevel: "NONE" | "ERROR" | "ALL";
  readonly functionLogLevel: "DEBUG" | "INFO" | "WARN" | "ERROR";
  readonly logRetentionDays: number;
  /** MB for each function. */
  readonly functionMemory: number;
  /** Pictures labelled at once, 2 to 1000. */
  readonly labelConcurrency: number;
  /** Pictures decoded at once, 2 to 1000. */
  readonly thumbnailConcurrency: number;
  /** Batches of S3 events handled at once, 2 to 1000. */
  readonly ingestConcurrency: number;
  /** Batches of callbacks sent at once, 2 to 1000. */
  readonly deliverConcurrency: number;
  /** Whether callbacks may go to this machine over plain http. The local cloud says so; it does not deploy. */
  readonly loopbackCallbacks: boolean;
  /** Whether the audit removes objects that no row wants. False while a table is being restored. */
  readonly auditRemoves: boolean;
  /** After so many days a DELETED asset is purged. 0: never. */
  readonly keepDeletedDays: number;
  /** After so many days a REJECTED or EXPIRED asset is purged. 0: never. */
  readonly keepFailedDays: number;
  /** After so many days events and callbacks are removed from their logs. 0: never. */
  readonly keepEventsDays: number;
  /** Who is told of alarms by mail; absent, whoever subscribes to the topic by other means. */
  readonly alarmEmail?: string;
  /** Origins whose pages may upload and download: `https://app.example.com`, or `*`. */
  readonly allowedOrigins: readonly string[];
}

/** What CloudWatch keeps logs for. */
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 3653,
];

/** A callback is tried for three days. */
const minEventsDays = 7;

/** Ten years. */
const maxDays = 3650;

type Read = (key: string, needed: boolean) => unknown;

/**
 * Reads and checks all settings, so that one message names everything that is missing, wrong or unknown.
 * `given`: the names of the settings that the stack has.
 */
export function readSettings(
  stack = pulumi.getStack(),
  config = new pulumi.Config(),
  given: readonly string[] = settingsOfStack(),
): Settings {
  const problems: string[] = [];
  const known = new Set<string>();
  const read: Read = (key, needed) => {
    known.add(key);
    const text = config.get(key);
    if (text === undefined && needed) {
      problems.push(`${key}: is missing`);
    }
    return text === undefined ? undefined : parse(text);
  };
  const checked = (
    key: string,
    holds: (value: unknown) => boolean,
    expected: string,
    needed = true,
  ): unknown => {
    const value = read(key, needed);
    if (value !== undefined && !holds(value)) {
      problems.push(`${key}: must be ${expected}, not ${JSON.stringify(value)}`);
    }
    return value;
  };
  const flag = (key: string) =>
    checked(key, (value) => typeof value === "boolean", "true or false") as boolean;
  const oneOf = <Value>(key: string, values: readonly Value[]) =>
    checked(key, (value) => values.includes(value as Value), `one of ${values.join(", ")}`) as Value;
  const within = (key: string, least: number, most: number) =>
    checked(
      key,
      (value) => isWithin(value, least, most),
      `a whole number from ${least} to ${most}`,
    ) as number;

  const alarmEmail = checked("alarmEmail", isEmail, "an address to write to", false) as string | undefined;

  const settings: Settings = {
    protectData: flag("protectData"),
    introspection: flag("introspection"),
    fieldLogLevel: oneOf("fieldLogLevel", ["NONE", "ERROR", "ALL"]),
    functionLogLevel: oneOf("functionLogLevel", ["DEBUG", "INFO", "WARN", "ERROR"]),
    logRetentionDays: oneOf("logRetentionDays", retentions),
    functionMemory: within("functionMemory", 128, 10_240),
    labelConcurrency: within("labelConcurrency", 2, 1000),
    thumbnailConcurrency: within("thumbnailConcurrency", 2, 1000),
    ingestConcurrency: within("ingestConcurrency", 2, 1000),
    deliverConcurrency: within("deliverConcurrency", 2, 1000),
    loopbackCallbacks: flag("loopbackCallbacks"),
    auditRemoves: flag("auditRemoves"),
    keepDeletedDays: within("keepDeletedDays", 0, maxDays),
    keepFailedDays: within("keepFailedDays", 0, maxDays),
    keepEventsDays: checked(
      "keepEventsDays",
      (value) => value === 0 || isWithin(value, minEventsDays, maxDays),
      `0, or a whole number from ${minEventsDays} to ${maxDays}`,
    ) as number,
    ...(alarmEmail !== undefined && { alarmEmail }),
    allowedOrigins: checked(
      "allowedOrigins",
      isOrigins,
      "a list of origins such as https://app.example.com",
    ) as string[],
  };
  // A misspelt name would leave the setting at another value, and nobody would notice.
  problems.push(...given.filter((key) => !known.has(key)).map((key) => `${key}: is not a setting`));
  if (problems.length > 0) {
    throw new Error(
      `Pulumi.${stack}.yaml does not fit:\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
    );
  }
  return settings;
}

/** Pulumi keeps settings of the provider (`aws:region`) beside the program's own. */
function settingsOfStack(): string[] {
  const prefix = `${pulumi.getProject()}:`;
  const keys = Object.keys(pulumi.runtime.allConfig());
  return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}

/** The local cloud's account: AWS gives nobody this number. */
const localAccount = "000000000000";

/** The setting for an account: whoever could reach a function's own machine could reach its credentials. */
export function loopbackCallbacks(settings: Pick<Settings, "loopbackCallbacks">, account: string): string {
  if (settings.loopbackCallbacks && account !== localAccount) {
    throw new Error("loopbackCallbacks: is for the local cloud alone, and must not be deployed");
  }
  return String(settings.loopbackCallbacks);
}

/** Pulumi hands every setting over as text; lists, numbers and flags are JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const isWithin = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;

const isEmail = (value: unknown): boolean => typeof value === "string" && /^[^@\s]+@[^@\s]+$/.test(value);

const isOrigins = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every(
    (origin) => origin === "*" || (typeof origin === "string" && /^https?:\/\/[^/]+$/.test(origin)),
  );
