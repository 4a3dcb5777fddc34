import { completedAttributes } from "../attributes.ts";
import type { Subject } from "../challenges.ts";
import type { Context, Operation } from "../context.ts";
import { type Input, invalid, map, optionalText, parameter, refused, text } from "../input.ts";
import { checkPassword } from "../passwords.ts";
import { proceed } from "../proceed.ts";
import { resumeSession } from "../sessions.ts";
import { makeEphemeral, parseClientValue, passwordMatches, proves } from "../srp.ts";
import type { User } from "../store.ts";
import { checkSecret, checkSecretHash, clientOf, type ClientOfPool, readUserOf } from "../clients.ts";
import { requireActive } from "../user-states.ts";
import { identityOf, setPassword, subjectOf, updateUser, userOfSubject } from "../users.ts";
import { answerCode, answerSetup } from "./second-factor.ts";

type Step = (
  context: Context,
  client: ClientOfPool,
  parameters: Input,
  input: Input,
) => Promise<object> | object;

/** Sign-in and refresh: `InitiateAuth`, `RespondToAuthChallenge`, `GetTokensFromRefreshToken`. */
export function signInOperations(context: Context): Readonly<Record<string, Operation>> {
  return {
    InitiateAuth: (input) => {
      const name = text(input, "AuthFlow");
      const flow = flows.get(name);
      if (!flow) {
        throw invalid(`AuthFlow ${name} is not supported locally`);
      }
      const client = clientOf(context, input);
      if (!client.client.authFlows.has(flow.permission)) {
        throw invalid(flow.disabled);
      }
      return flow.start(context, client, map(input, "AuthParameters"), input);
    },
    RespondToAuthChallenge: (input) => {
      const name = text(input, "ChallengeName");
      const answer = answers.get(name);
      if (!answer) {
        throw invalid(`ChallengeName ${name} is not supported locally`);
      }
      return answer(context, clientOf(context, input), map(input, "ChallengeResponses"), input);
    },
    GetTokensFromRefreshToken: async (input) => {
      const client = clientOf(context, input);
      checkSecret(client.client, optionalText(input, "ClientSecret"));
      return { AuthenticationResult: await resumeSession(context, client, text(input, "RefreshToken")) };
    },
  };
}

const refresh = {
  permission: "ALLOW_REFRESH_TOKEN_AUTH",
  disabled: "REFRESH_TOKEN_AUTH flow not enabled for this client",
  start: startRefresh,
};
const flows = new Map<string, { permission: string; disabled: string; start: Step }>([
  [
    "USER_SRP_AUTH",
    {
      permission: "ALLOW_USER_SRP_AUTH",
      disabled: "USER_SRP_AUTH is not enabled for the client.",
      start: startSrp,
    },
  ],
  [
    "USER_PASSWORD_AUTH",
    {
      permission: "ALLOW_USER_PASSWORD_AUTH",
      disabled: "USER_PASSWORD_AUTH flow not enabled for this client",
      start: startPassword,
    },
  ],
  ["REFRESH_TOKEN_AUTH", refresh],
  ["REFRESH_TOKEN", refresh],
]);

const answers = new Map<string, Step>([
  ["PASSWORD_VERIFIER", answerPasswordVerifier],
  ["NEW_PASSWORD_REQUIRED", answerNewPassword],
  ["SOFTWARE_TOKEN_MFA", answerCode],
  ["MFA_SETUP", answerSetup],
]);

function startSrp({ challenges }: Context, client: ClientOfPool, parameters: Input): object {
  const username = readUsername(client, parameters);
  const clientValue = parseClientValue(parameter(parameters, "SRP_A"));
  if (clientValue === undefined) {
    throw invalid("SRP_A is not a valid public value");
  }
  const subject = subjectOf(client, username);
  const server = makeEphemeral(subject.verifier);
  const secretBlock = challenges.open(
    { name: "PASSWORD_VERIFIER", client: client.client.id, subject, clientValue, server },
    client.client.challengeValidity,
  );
  return {
    ChallengeName: "PASSWORD_VERIFIER",
    ChallengeParameters: {
      SALT: subject.salt,
      SRP_B: server.value.toString(16),
      SECRET_BLOCK: secretBlock,
      USER_ID_FOR_SRP: subject.userId,
      USERNAME: subject.userId,
    },
  };
}

function startPassword(context: Context, client: ClientOfPool, parameters: Input): Promise<object> {
  const username = readUsername(client, parameters);
  const password = parameter(parameters, "PASSWORD");
  const subject = subjectOf(client, username);
  return finish(context, client, subject, () =>
    passwordMatches(identityOf(client.pool, subject.userId), subject, password),
  );
}

async function startRefresh(context: Context, client: ClientOfPool, parameters: Input): Promise<object> {
  if (client.client.rotationGrace !== undefined) {
    throw refused("Refresh token rotation is on for this client: use GetTokensFromRefreshToken");
  }
  const token = parameter(parameters, "REFRESH_TOKEN");
  const hash = optionalText(parameters, "SECRET_HASH");
  const owner = ({ username }: User): void => checkSecretHash(client.client, username, hash);
  return { AuthenticationResult: await resumeSession(context, client, token, owner) };
}

function answerPasswordVerifier(context: Context, client: ClientOfPool, responses: Input): Promise<object> {
  const claim = {
    secretBlock: parameter(responses, "PASSWORD_CLAIM_SECRET_BLOCK"),
    signature: parameter(responses, "PASSWORD_CLAIM_SIGNATURE"),
    timestamp: parameter(responses, "TIMESTAMP"),
  };
  if (!/^[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d\d:\d\d:\d\d UTC \d{4}$/.test(claim.timestamp)) {
    throw invalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.");
  }
  const username = readUsername(client, responses);
  const opened = context.challenges.find(claim.secretBlock, "PASSWORD_VERIFIER", client.client.id);
  const { subject, clientValue, server } = opened;
  // Used once, for a right or a wrong proof.
  context.challenges.spend(claim.secretBlock);
  const identity = identityOf(client.pool, subject.userId);
  return finish(
    context,
    client,
    subject,
    () => proves(claim, identity, subject.verifier, clientValue, server) && username === subject.userId,
  );
}

function answerNewPassword(
  context: Context,
  client: ClientOfPool,
  responses: Input,
  input: Input,
): Promise<object> {
  const { pool } = client;
  const session = text(input, "Session");
  const password = parameter(responses, "NEW_PASSWORD");
  const { subject } = context.challenges.find(session, "NEW_PASSWORD_REQUIRED", client.client.id);
  const user = userOfSubject(pool, subject);
  readUserOf(client, responses, user);
  const given = Object.entries(responses).flatMap(([name, value]) =>
    name.startsWith("userAttributes.")
      ? [[name.slice("userAttributes.".length), String(value)] as const]
      : [],
  );
  const attributes = completedAttributes(pool, user.attributes, Object.fromEntries(given));
  checkPassword(pool.settings.passwordPolicy, password);
  // A refused password leaves the challenge open.
  context.challenges.spend(session);
  const completed = updateUser(pool, user, { attributes }, context.clock());
  return proceed(context, client, setPassword(pool, completed, password, "CONFIRMED", context.clock()));
}

/** Checks the proof of the password and counts failures. */
async function finish(
  context: Context,
  client: ClientOfPool,
  subject: Subject,
  proven: () => boolean,
): Promise<object> {
  const who = `${client.pool.settings.id}/${subject.userId}`;
  context.challenges.admit(who);
  const user = client.pool.store.userBySub(subject.sub ?? "");
  if (!proven() || !user) {
    context.challenges.failed(who);
    throw refused("Incorrect username or password.");
  }
  context.challenges.succeeded(who);
  requireActive(user);
  return proceed(context, client, user);
}

function readUsername({ client }: ClientOfPool, parameters: Input): string {
  const username = parameter(parameters, "USERNAME");
  checkSecretHash(client, username, optionalText(parameters, "SECRET_HASH"));
  return username;
}
