import { checkRequired, signUpAttributes } from "../attributes.ts";
import { codeMismatch, describeDelivery, expiredCode, sendCode, useCode } from "../codes.ts";
import type { Context, Operation, Pool } from "../context.ts";
import { attributes, type Input, invalid, optionalText, refused, text } from "../input.ts";
import { checkPassword } from "../passwords.ts";
import { addressForReset, noAddressForReset, requireResettable } from "../recovery.ts";
import { describeFactors } from "../second-factor.ts";
import { callerOf, revoke } from "../sessions.ts";
import { passwordMatches } from "../srp.ts";
import type { User } from "../store.ts";
import { askBeforeSignUp } from "../triggers.ts";
import { checkSecret, clientOf, type ClientOfPool, readUsername } from "../clients.ts";
import { requireEnabled, requireUnconfirmed } from "../user-states.ts";
import {
  addUser,
  describeAttributes,
  findUser,
  identityOf,
  newAccount,
  setPassword,
  updateUser,
} from "../users.ts";
import { AwsError } from "../../../base/service.ts";

/** Operations of users on their own account, before and after they sign in. */
export function accountOperations(context: Context): Readonly<Record<string, Operation>> {
  return {
    SignUp: (input) => signUp(context, input),
    ConfirmSignUp: (input) => confirmSignUp(context, input),
    ResendConfirmationCode: (input) => resendCode(context, input),
    ForgotPassword: (input) => forgotPassword(context, input),
    ConfirmForgotPassword: (input) => confirmForgotPassword(context, input),
    ChangePassword: (input) => changePassword(context, input),
    GetUser: async (input) => {
      const { pool, user } = await callerOf(context, input);
      const UserAttributes = describeAttributes(user);
      return { Username: user.username, UserAttributes, ...describeFactors(pool, user) };
    },
    RevokeToken: (input) => {
      const client = clientOf(context, input);
      checkSecret(client.client, optionalText(input, "ClientSecret"));
      revoke(client, text(input, "Token"));
      return {};
    },
    GlobalSignOut: async (input) => {
      const { pool, user } = await callerOf(context, input);
      pool.store.endSessionsOf(user.sub);
      return {};
    },
  };
}

async function signUp(context: Context, input: Input): Promise<object> {
  const { pool, client } = clientOf(context, input);
  const name = readUsername(client, input);
  if (!pool.settings.selfSignUp) {
    throw refused("SignUp is not permitted for this user pool");
  }
  const given = signUpAttributes(pool, attributes(input, "UserAttributes"));
  const account = newAccount(pool, name, given);
  checkRequired(pool.settings, account.attributes);
  const { confirmed, attributes: all } = await askBeforeSignUp(context, pool, {
    ...{ source: "PreSignUp_SignUp", clientId: client.id, account, input },
  });
  const user = addUser(
    pool,
    { ...account, attributes: all },
    { password: text(input, "Password"), status: confirmed ? "CONFIRMED" : "UNCONFIRMED" },
    context.clock(),
  );
  context.active(user.sub);
  const to = confirmed ? undefined : addressToVerify(pool, user);
  if (to) {
    sendCode(context, pool, user, "sign-up", to.value);
  }
  return {
    UserConfirmed: confirmed,
    UserSub: user.sub,
    ...(to && { CodeDeliveryDetails: describeDelivery(to.value) }),
  };
}

function confirmSignUp(context: Context, input: Input): object {
  const client = clientOf(context, input);
  const user = knownUser(client, readUsername(client.client, input));
  if (!user) {
    throw expiredCode();
  }
  requireUnconfirmed(user);
  useCode(context, client.pool, user, "sign-up", text(input, "ConfirmationCode"));
  const to = addressToVerify(client.pool, user);
  const verified = { ...user.attributes, ...(to && { [`${to.name}_verified`]: "true" }) };
  updateUser(client.pool, user, { attributes: verified, status: "CONFIRMED" }, context.clock());
  return {};
}

function resendCode(context: Context, input: Input): object {
  const client = clientOf(context, input);
  const name = readUsername(client.client, input);
  const user = knownUser(client, name);
  if (!user) {
    return pretendToSend(name);
  }
  if (user.status !== "UNCONFIRMED") {
    throw invalid("User is already confirmed.");
  }
  const to = addressToVerify(client.pool, user);
  if (!to) {
    throw invalid("Cannot resend codes. Auto verification not turned on.");
  }
  sendCode(context, client.pool, user, "sign-up", to.value);
  return { CodeDeliveryDetails: describeDelivery(to.value) };
}

function forgotPassword(context: Context, input: Input): object {
  const client = clientOf(context, input);
  const name = readUsername(client.client, input);
  const user = knownUser(client, name);
  if (!user) {
    return pretendToSend(name);
  }
  requireResettable(client.pool, user);
  const address = addressForReset(client.pool, user);
  if (address === undefined) {
    if (client.client.preventUserExistenceErrors) {
      return pretendToSend(name);
    }
    throw noAddressForReset();
  }
  sendCode(context, client.pool, user, "forgot-password", address);
  return { CodeDeliveryDetails: describeDelivery(address) };
}

function confirmForgotPassword(context: Context, input: Input): object {
  const client = clientOf(context, input);
  const user = knownUser(client, readUsername(client.client, input));
  const password = text(input, "Password");
  if (!user) {
    throw codeMismatch();
  }
  // Before the code is used, so that it remains valid after a weak password.
  checkPassword(client.pool.settings.passwordPolicy, password);
  useCode(context, client.pool, user, "forgot-password", text(input, "ConfirmationCode"));
  setPassword(client.pool, user, password, "CONFIRMED", context.clock());
  return {};
}

async function changePassword(context: Context, input: Input): Promise<object> {
  const { pool, user } = await callerOf(context, input);
  const proposed = text(input, "ProposedPassword");
  const who = `${pool.settings.id}/${user.username}`;
  context.challenges.admit(who);
  if (!passwordMatches(identityOf(pool, user.username), user, text(input, "PreviousPassword"))) {
    context.challenges.failed(who);
    throw refused("Incorrect username or password.");
  }
  setPassword(pool, user, proposed, "CONFIRMED", context.clock());
  return {};
}

/** The address that a confirmation code goes to, and that the code verifies. */
function addressToVerify({ settings }: Pool, user: User): { name: string; value: string } | undefined {
  const name = settings.autoVerifiedAttributes.find((each) => user.attributes[each]);
  return name ? { name, value: user.attributes[name] ?? "" } : undefined;
}

function pretendToSend(name: string): object {
  return { CodeDeliveryDetails: describeDelivery(name.includes("@") ? name : `${name}@example.com`) };
}

/**
 * The user. If the client prevents user existence errors, undefined for a missing or disabled user. Otherwise throws for
 * such a user.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
 */
function knownUser({ pool, client }: ClientOfPool, name: string): User | undefined {
  const user = findUser(pool, name);
  if (client.preventUserExistenceErrors) {
    return user?.enabled ? user : undefined;
  }
  if (!user) {
    throw new AwsError("UserNotFoundException", "Username/client id combination not found.");
  }
  requireEnabled(user);
  return user;
}
