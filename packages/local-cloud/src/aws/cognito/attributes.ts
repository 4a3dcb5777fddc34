import type { Pool } from "./context.ts";
import { invalid, refused } from "./input.ts";
import type { PoolSettings } from "./settings.ts";

/**
 * The attributes of a sign-up. A user may not set its own address as verified: a verified address is an alias, so the
 * user could take over the alias of another account.
 */
export function signUpAttributes(
  { settings }: Pool,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  if (Object.keys(given).some((name) => name.endsWith("_verified"))) {
    throw refused("A client attempted to write unauthorized attribute");
  }
  checkAttributes(settings, given);
  return { ...given };
}

/**
 * The attributes of a created user, with those that it sends with its first password. Throws for an attribute that it
 * may not change: recorded in aws-amplify/aws-sdk-ios#2203 and aws-samples/aws-saas-factory-bootcamp#67.
 */
export function completedAttributes(
  { settings }: Pool,
  before: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  for (const name of Object.keys(given)) {
    const fixed = before[name] && settings.immutableAttributes.includes(name);
    if (fixed || name.endsWith("_verified")) {
      throw invalid(`Cannot modify the non-mutable attribute ${name}`);
    }
    const known = [...settings.requiredAttributes, ...settings.usernameAttributes];
    if (before[name] && known.includes(name)) {
      throw refused(`Cannot modify an already provided ${name}`);
    }
  }
  const unverified = Object.keys(given).map((name) => `${name}_verified`);
  const kept = Object.entries(before).filter(([name]) => !unverified.includes(name));
  const attributes = { ...Object.fromEntries(kept), ...given };
  checkAttributes(settings, attributes);
  const absent = settings.requiredAttributes.find((name) => !attributes[name]);
  if (absent) {
    throw invalid(`Invalid attributes given, ${absent} is missing`);
  }
  return attributes;
}

export function checkAttributes(settings: PoolSettings, given: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(given).find(
    (name) => !standardAttributes.has(name) && !settings.customAttributes.includes(name),
  );
  if (unknown) {
    throw invalid(
      `Attributes did not conform to the schema: ${unknown}: Attribute does not exist in the schema.`,
    );
  }
  for (const [attribute, value] of Object.entries(given)) {
    checkValue(settings, attribute, value);
  }
}

export function checkRequired(settings: PoolSettings, given: Readonly<Record<string, string>>): void {
  const absent = settings.requiredAttributes.find((name) => !given[name]);
  if (absent) {
    throw invalid(`Attributes did not conform to the schema: ${absent}: The attribute ${absent} is required`);
  }
}

export const emailFormat = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
export const phoneFormat = /^\+\d{1,15}$/;

/** An empty value removes an attribute. */
function checkValue({ constraints }: PoolSettings, attribute: string, value: string): void {
  if (value === "") {
    return;
  }
  if (attribute === "email" && !emailFormat.test(value)) {
    throw invalid("Invalid email address format.");
  }
  if (attribute === "phone_number" && !phoneFormat.test(value)) {
    throw invalid("Invalid phone number format.");
  }
  const broken = constraints.get(attribute)?.(value);
  if (broken !== undefined) {
    throw invalid(`Attributes did not conform to the schema: ${attribute}: ${broken}`);
  }
}

const standardAttributes = new Set(
  `address birthdate email email_verified family_name gender given_name locale middle_name name nickname
   phone_number phone_number_verified picture preferred_username profile updated_at website zoneinfo`.split(
    /\s+/,
  ),
);
