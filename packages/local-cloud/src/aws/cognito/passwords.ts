import { randomInt } from "node:crypto";
import { AwsError } from "../../base/service.ts";
import type { PasswordPolicy } from "./settings.ts";

/** Throws `InvalidPasswordException` with the first rule that the password breaks. */
export function checkPassword(policy: PasswordPolicy, password: string): void {
  const broken = rules.find(({ holds }) => !holds(policy, password));
  if (broken) {
    throw new AwsError("InvalidPasswordException", `Password did not conform with policy: ${broken.message}`);
  }
}

/** 16 characters, with at least two of each kind that a policy can require. */
export function temporaryPassword({ minimumLength }: PasswordPolicy): string {
  const kinds = ["ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789", "!@#%*-_+"];
  const pick = (from: string): string => from.charAt(randomInt(from.length));
  return Array.from({ length: Math.max(16, minimumLength) }, (_, index) => pick(kinds[index % 4] ?? "")).join(
    "",
  );
}

interface Rule {
  readonly message: string;
  readonly holds: (policy: PasswordPolicy, password: string) => boolean;
}

/** The symbols are those of the developer guide, "Adding user pool password requirements". */
const rules: readonly Rule[] = [
  {
    message: "Password not long enough",
    holds: (policy, password) => password.length >= policy.minimumLength,
  },
  rule("Password must have uppercase characters", "requireUppercase", /[A-Z]/),
  rule("Password must have lowercase characters", "requireLowercase", /[a-z]/),
  rule("Password must have numeric characters", "requireNumbers", /[0-9]/),
  rule("Password must have symbol characters", "requireSymbols", /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/),
  {
    message: "Password must not begin or end with a space",
    holds: (_, password) => password.trim() === password,
  },
  { message: "Password is too long", holds: (_, password) => password.length <= 256 },
];

function rule(message: string, asked: Exclude<keyof PasswordPolicy, "minimumLength">, pattern: RegExp): Rule {
  return { message, holds: (policy, password) => !policy[asked] || pattern.test(password) };
}
