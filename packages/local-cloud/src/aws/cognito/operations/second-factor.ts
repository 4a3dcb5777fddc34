import type { Challenge } from "../challenges.ts";
import { clientById, type ClientOfPool, readUserOf } from "../clients.ts";
import type { Context, Operation } from "../context.ts";
import { type Input, invalid, optionalText, parameter, text } from "../input.ts";
import { associate, enable, prefer, useCodeOfApp, verify } from "../second-factor.ts";
import { callerOf, startSession } from "../sessions.ts";
import type { User } from "../store.ts";
import { userOfSubject } from "../users.ts";

/** How users set up an app that makes codes (TOTP): once they are signed in, or during a sign-in that requires it. */
export function secondFactorOperations(context: Context): Readonly<Record<string, Operation>> {
  return {
    AssociateSoftwareToken: (input) => associateToken(context, input),
    VerifySoftwareToken: (input) => verifyToken(context, input),
    SetUserMFAPreference: async (input) => {
      const { pool, user } = await callerOf(context, input);
      prefer(pool, user, input);
      return {};
    },
  };
}

async function associateToken(context: Context, input: Input): Promise<object> {
  const setup = setupOf(context, input);
  if (!setup) {
    const { pool, user } = await callerOf(context, input);
    return { SecretCode: associate(pool, user) };
  }
  const { session, challenge, client } = setup;
  const SecretCode = associate(client.pool, userOfSubject(client.pool, challenge.subject));
  context.challenges.spend(session);
  return { SecretCode, Session: reopen(context, client, challenge) };
}

async function verifyToken(context: Context, input: Input): Promise<object> {
  const code = text(input, "UserCode");
  const device = optionalText(input, "FriendlyDeviceName");
  const setup = setupOf(context, input);
  if (!setup) {
    const { pool, user } = await callerOf(context, input);
    verify(context, pool, user, code, device);
    return { Status: "SUCCESS" };
  }
  const { session, challenge, client } = setup;
  verify(context, client.pool, userOfSubject(client.pool, challenge.subject), code, device);
  context.challenges.spend(session);
  return { Status: "SUCCESS", Session: reopen(context, client, { ...challenge, verified: true }) };
}

/** The sign-in of the request's `Session`, which must be one that requires a set-up. */
function setupOf(context: Context, input: Input) {
  const session = optionalText(input, "Session");
  if (session === undefined) {
    return undefined;
  }
  const challenge = context.challenges.find(session, "MFA_SETUP");
  return { session, challenge, client: clientById(context, challenge.client) };
}

function reopen({ challenges }: Context, { client }: ClientOfPool, challenge: Challenge): string {
  return challenges.open(challenge, client.challengeValidity);
}

/** The answer to SOFTWARE_TOKEN_MFA. A wrong code leaves the challenge open. */
export async function answerCode(
  context: Context,
  client: ClientOfPool,
  responses: Input,
  input: Input,
): Promise<object> {
  const { session, user } = unanswered(context, client, "SOFTWARE_TOKEN_MFA", responses, input);
  useCodeOfApp(context, client.pool, user, parameter(responses, "SOFTWARE_TOKEN_MFA_CODE"));
  return complete(context, client, session, user);
}

/** The answer to MFA_SETUP, after the first code was verified. */
export async function answerSetup(
  context: Context,
  client: ClientOfPool,
  responses: Input,
  input: Input,
): Promise<object> {
  const { session, challenge, user } = unanswered(context, client, "MFA_SETUP", responses, input);
  if (!challenge.verified) {
    throw invalid("User has not verified software token mfa");
  }
  enable(client.pool, user);
  return complete(context, client, session, user);
}

/** The challenge of the request's `Session`, and its user, whom the responses must name. */
function unanswered<Name extends Challenge["name"]>(
  { challenges }: Context,
  client: ClientOfPool,
  name: Name,
  responses: Input,
  input: Input,
) {
  const session = text(input, "Session");
  const challenge = challenges.find(session, name, client.client.id);
  const user = userOfSubject(client.pool, challenge.subject);
  readUserOf(client, responses, user);
  return { session, challenge, user };
}

async function complete(
  context: Context,
  client: ClientOfPool,
  session: string,
  user: User,
): Promise<object> {
  context.challenges.spend(session);
  return { ChallengeParameters: {}, AuthenticationResult: await startSession(context, client, user) };
}
