import type { ClientOfPool } from "./clients.ts";
import type { Context } from "./context.ts";
import { refused } from "./input.ts";
import { factorOf } from "./second-factor.ts";
import { startSession } from "./sessions.ts";
import type { User } from "./store.ts";
import { describeAttributes, subjectFrom } from "./users.ts";

/** What follows a right password: a new password, a second factor, or the tokens. */
export async function proceed(context: Context, client: ClientOfPool, user: User): Promise<object> {
  if (user.status === "FORCE_CHANGE_PASSWORD") {
    return demandNewPassword(context, client, user);
  }
  const factor = factorOf(client.pool, user);
  if (factor === "SOFTWARE_TOKEN_MFA") {
    const { device } = client.pool.store.softwareToken(user.sub) ?? {};
    const parameters = { USER_ID_FOR_SRP: user.username, ...(device && { FRIENDLY_DEVICE_NAME: device }) };
    return challenge(context, client, user, { name: factor }, parameters);
  }
  if (factor === "MFA_SETUP") {
    const parameters = { MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]', USER_ID_FOR_SRP: user.username };
    return challenge(context, client, user, { name: factor, verified: false }, parameters);
  }
  return { ChallengeParameters: {}, AuthenticationResult: await startSession(context, client, user) };
}

function demandNewPassword(context: Context, client: ClientOfPool, user: User): object {
  const { temporaryPasswordDays, requiredAttributes } = client.pool.settings;
  if (user.modified + temporaryPasswordDays * 86_400_000 <= context.clock()) {
    throw refused("Temporary password has expired and must be reset by an administrator.");
  }
  const required = requiredAttributes.filter((name) => !user.attributes[name]);
  const attributes = describeAttributes(user).filter(({ Name }) => Name !== "sub");
  return challenge(
    context,
    client,
    user,
    { name: "NEW_PASSWORD_REQUIRED" },
    {
      USER_ID_FOR_SRP: user.username,
      requiredAttributes: JSON.stringify(required.map((name) => `userAttributes.${name}`)),
      userAttributes: JSON.stringify(Object.fromEntries(attributes.map(({ Name, Value }) => [Name, Value]))),
    },
  );
}

type Asked =
  | { readonly name: "NEW_PASSWORD_REQUIRED" | "SOFTWARE_TOKEN_MFA" }
  | { readonly name: "MFA_SETUP"; readonly verified: boolean };

function challenge(
  { challenges }: Context,
  { client }: ClientOfPool,
  user: User,
  asked: Asked,
  ChallengeParameters: Readonly<Record<string, string>>,
): object {
  const opened = { ...asked, client: client.id, subject: subjectFrom(user) };
  const Session = challenges.open(opened, client.challengeValidity);
  return { ChallengeName: asked.name, Session, ChallengeParameters };
}
