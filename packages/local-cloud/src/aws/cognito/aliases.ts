import { emailFormat, phoneFormat } from "./attributes.ts";
import { invalid } from "./input.ts";
import type { PoolSettings } from "./settings.ts";
import type { User } from "./store.ts";

/** Throws for a username that has the format of an alias. */
export function refuseAliasAsName({ aliasAttributes }: PoolSettings, name: string): void {
  for (const [attribute, format, what] of [
    ["email", emailFormat, "email"],
    ["phone_number", phoneFormat, "phone number"],
  ] as const) {
    if (aliasAttributes.includes(attribute) && format.test(name)) {
      throw invalid(`Username cannot be of ${what} format, since user pool is configured for ${what} alias.`);
    }
  }
}

/** The attributes by which the user can sign in, with their folded values. */
export function aliasesOf(settings: PoolSettings, { attributes }: User): [string, string][] {
  const verified = (name: string): boolean =>
    name === "preferred_username" || attributes[`${name}_verified`] === "true";
  return [...settings.usernameAttributes, ...settings.aliasAttributes.filter(verified)].flatMap((name) =>
    attributes[name] ? [[name, fold(settings, attributes[name])]] : [],
  );
}

/** The attribute that the username is a value of. Throws `InvalidParameterException`. */
export function attributeFor(settings: PoolSettings, name: string): string {
  const kind = name.includes("@") ? "email" : /^\+\d{4,15}$/.test(name) ? "phone_number" : "";
  if (settings.usernameAttributes.includes(kind)) {
    return kind;
  }
  const wanted = settings.usernameAttributes.map((each) =>
    each === "email" ? "an email" : "a phone number",
  );
  throw invalid(`Username should be ${wanted.join(" or ")}.`);
}

export function isAlias(settings: PoolSettings, name: string): boolean {
  return (
    settings.usernameAttributes.length > 0 || (settings.aliasAttributes.length > 0 && /^\+|@/.test(name))
  );
}

/** A username or alias as the store looks it up. */
export function fold({ caseSensitive }: PoolSettings, name: string): string {
  return caseSensitive ? name : name.toLowerCase();
}
