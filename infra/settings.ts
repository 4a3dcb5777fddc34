import * as pulumi from "@pulumi/pulumi";
import { localAccount, problemsOfPlace } from "./place.ts";
import { limitsInputFields } from "../domain/schema.ts";
import type { LimitValues } from "../domain/usage.ts";
import {
  firewallRule,
  isEmail,
  isFirewall,
  isLimits,
  isOrigins,
  isSender,
  isSignUp,
  isWithin,
} from "./setting-values.ts";

/** The settings of a stack, from Pulumi.<stack>.yaml. Stacks differ in nothing else. */
export interface Settings {
  /** Protects tables and user pool from deletion, and keeps buckets and tables that the program no longer declares. */
  readonly protectData: boolean;
  /** Whether clients may ask the API for its schema. */
  readonly introspection: boolean;
  readonly fieldLogLevel: "NONE" | "ERROR" | "ALL";
  readonly functionLogLevel: "DEBUG" | "INFO" | "WARN" | "ERROR";
  /** The part of the assets whose ordinary work functions log, 0 to 1. All else is always logged. */
  readonly logSampleRate: number;
  readonly logRetentionDays: number;
  /** MB for each function. */
  readonly functionMemory: number;
  /** Events of one owner that are published by one request, 1 to 25. */
  readonly publishTogether: number;
  /** Pictures labelled concurrently, 2 to 1000. */
  readonly labelConcurrency: number;
  /** Pictures decoded at the same time, 2 to 1000. */
  readonly thumbnailConcurrency: number;
  /** Batches of S3 events handled concurrently, 2 to 1000. */
  readonly ingestConcurrency: number;
  /** Batches of callbacks sent concurrently, 2 to 1000. */
  readonly deliverConcurrency: number;
  /** Whether callbacks may go to this machine over plain http. Only for the local cloud: it cannot be deployed. */
  readonly loopbackCallbacks: boolean;
  /** Whether the audit removes objects without a row. False while a table is being restored. */
  readonly auditRemoves: boolean;
  /** Days after which a DELETED asset is purged. 0: never. */
  readonly keepDeletedDays: number;
  /** Days after which a REJECTED or EXPIRED asset is purged. 0: never. */
  readonly keepFailedDays: number;
  /** Days after which events and callbacks are removed from their logs. 0: never. */
  readonly keepEventsDays: number;
  /** Days in which the erasure of a user can be cancelled. May be a fraction. */
  readonly eraseGraceDays: number;
  /** Whether the stack has alarms and a dashboard, which cost about $40 a month. */
  readonly alarms: boolean;
  /** The address that alarms are mailed to. If absent, only other subscribers of the topic get them. */
  readonly alarmEmail?: string;
  /** The address that is written to when users are affected. If absent, only other subscribers of its topic get it. */
  readonly urgentEmail?: string;
  /** Who may create an account: nobody without an invitation, anyone, or owners of addresses of these domains. */
  readonly signUp: SignUp;
  /** Whether users may or must sign in with a code of an app (TOTP) as well. */
  readonly mfa: "off" | "optional" | "required";
  /** Whether clients may send passwords. If not, they prove that they know them (SRP). */
  readonly passwordSignIn: boolean;
  /** The sender of Cognito's mails, by SES. Without it, Cognito itself sends at most 50 mails a day. */
  readonly mailFrom?: string;
  /** Requests to the API and to the user pool in five minutes. If absent, there is no firewall. */
  readonly firewall?: Firewall;
  /** Whether a bucket keeps who has asked for which object. */
  readonly accessLogs: boolean;
  /** The limits of users until an admin sets others; see `Limits` in schema.graphql. */
  readonly limits: LimitValues;
  /** Origins whose pages may upload and download: `https://app.example.com`, or `*`. */
  readonly allowedOrigins: readonly string[];
}

export type SignUp = "invited" | "anyone" | readonly string[];

export interface Firewall {
  readonly maxRequestsOfAddress: number;
  readonly maxRequestsOfToken: number;
  readonly maxSignUpsOfAddress: number;
  readonly maxSignUps: number;
}

/** The retention times of CloudWatch, in days. */
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 3653,
];

/** Events with fifty labels each then stay far below a megabyte, the limit of a request. */
const maxTogether = 25;

/** A callback is tried for three days. */
const minEventsDays = 7;

const maxGraceDays = 30;

/** Ten years. */
const maxDays = 3650;

/**
 * Reads and checks all settings, so that one message names all that are missing, wrong or unknown.
 * `given`: the names of the settings that the stack has.
 */
export function readSettings(
  stack = pulumi.getStack(),
  config = new pulumi.Config(),
  given: readonly string[] = settingsOfStack(),
): Settings {
  const { checked, flag, oneOf, within, number, problems, known } = readerOf(config);
  const address = (key: string) =>
    checked(key, isEmail, "an address to write to", false) as string | undefined;
  const [alarmEmail, urgentEmail] = [address("alarmEmail"), address("urgentEmail")];

  const mailFrom = checked("mailFrom", isSender, "a sender such as Darkroom <no-reply@example.com>", false);
  const firewall = checked("firewall", isFirewall, firewallRule, false);

  const settings: Settings = {
    protectData: flag("protectData"),
    introspection: flag("introspection"),
    fieldLogLevel: oneOf("fieldLogLevel", ["NONE", "ERROR", "ALL"]),
    functionLogLevel: oneOf("functionLogLevel", ["DEBUG", "INFO", "WARN", "ERROR"]),
    logSampleRate: number("logSampleRate", 0, 1),
    logRetentionDays: oneOf("logRetentionDays", retentions),
    functionMemory: within("functionMemory", 128, 10_240),
    publishTogether: within("publishTogether", 1, maxTogether),
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
    eraseGraceDays: number("eraseGraceDays", 0, maxGraceDays),
    alarms: flag("alarms"),
    ...(alarmEmail !== undefined && { alarmEmail }),
    ...(urgentEmail !== undefined && { urgentEmail }),
    signUp: checked(
      "signUp",
      isSignUp,
      "invited, anyone, or a list of domains such as example.com",
    ) as SignUp,
    mfa: oneOf("mfa", ["off", "optional", "required"]),
    passwordSignIn: flag("passwordSignIn"),
    ...(mailFrom !== undefined && { mailFrom: mailFrom as string }),
    ...(firewall !== undefined && { firewall: firewall as Firewall }),
    accessLogs: flag("accessLogs"),
    limits: checked(
      "limits",
      isLimits,
      `an object with ${limitsInputFields.join(", ")}, and nothing else`,
    ) as LimitValues,
    allowedOrigins: checked(
      "allowedOrigins",
      isOrigins,
      "a list of origins such as https://app.example.com",
    ) as string[],
  };
  if (settings.alarms && settings.fieldLogLevel === "NONE") {
    problems.push("fieldLogLevel: must be ERROR or ALL with alarms, because one of them reads the API's log");
  }
  problems.push(...problemsOfPlace(stack));
  // A misspelt optional setting would be ignored silently.
  problems.push(...given.filter((key) => !known.has(key)).map((key) => `${key}: is not a setting`));
  if (problems.length > 0) {
    throw new Error(
      `Pulumi.${stack}.yaml does not fit:\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
    );
  }
  return settings;
}

/** Reads one setting at a time. Collects what is wrong, and the names of all settings that exist. */
function readerOf(config: pulumi.Config) {
  const problems: string[] = [];
  const known = new Set<string>();
  const read = (key: string, needed: boolean): unknown => {
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
  const within = (key: string, min: number, max: number) =>
    checked(key, (value) => isWithin(value, min, max), `a whole number from ${min} to ${max}`) as number;
  const number = (key: string, min: number, max: number) =>
    checked(
      key,
      (value) => typeof value === "number" && value >= min && value <= max,
      `a number from ${min} to ${max}`,
    ) as number;
  return { checked, flag, oneOf, within, number, problems, known };
}

/** Without the settings of the provider, such as `aws:region`. */
function settingsOfStack(): string[] {
  const prefix = `${pulumi.getProject()}:`;
  const keys = Object.keys(pulumi.runtime.allConfig());
  return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}

/** The setting for an account. On AWS, a callback to the function's own machine could reach its credentials. */
export function loopbackCallbacks(settings: Pick<Settings, "loopbackCallbacks">, account: string): string {
  if (settings.loopbackCallbacks && account !== localAccount) {
    throw new Error("loopbackCallbacks: is for the local cloud alone, and must not be deployed");
  }
  return String(settings.loopbackCallbacks);
}

/** Pulumi passes settings as text. Lists, numbers and flags are JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
