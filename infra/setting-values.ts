import { limitsInputFields } from "../domain/schema.ts";
import { problemOfLimits } from "../domain/usage.ts";

// What the values of settings must be.

export const isWithin = (value: unknown, min: number, max: number): boolean =>
  Number.isInteger(value) && Number(value) >= min && Number(value) <= max;

export const isEmail = (value: unknown): boolean =>
  typeof value === "string" && /^[^@\s]+@[^@\s]+$/.test(value);

export const isSender = (value: unknown): boolean =>
  typeof value === "string" && isEmail(/<([^<>]*)>$/.exec(value)?.[1] ?? value);

const isDomain = (value: unknown): boolean =>
  typeof value === "string" && /^(?=.{4,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(value);

export const isSignUp = (value: unknown): boolean =>
  value === "invited" ||
  value === "anyone" ||
  (Array.isArray(value) && value.length > 0 && value.every(isDomain));

const firewallLimits = ["maxRequestsOfAddress", "maxRequestsOfToken", "maxSignUps", "maxSignUpsOfAddress"];

export const firewallRule = `an object with ${firewallLimits.join(", ")}, whole numbers from 10 to 2000000000`;

/** https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html */
export const isFirewall = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(value).sort().join() === firewallLimits.join() &&
  Object.values(value).every((limit) => isWithin(limit, 10, 2_000_000_000));

export const isOrigins = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every(
    (origin) => origin === "*" || (typeof origin === "string" && /^https?:\/\/[^/]+$/.test(origin)),
  );

export const isLimits = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(value).sort().join() === [...limitsInputFields].sort().join() &&
  Object.entries(value).every(
    ([name, limit]) => typeof limit === (name === "labellingPaused" ? "boolean" : "number"),
  ) &&
  problemOfLimits(value) === undefined;
