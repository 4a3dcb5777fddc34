import { AwsError } from "../../../base/service.ts";
import type { Context, Operation, Pool } from "../context.ts";
import { attributes, type Input, invalid, limit, optionalText, refused, text } from "../input.ts";
import { sendCode } from "../codes.ts";
import { temporaryPassword } from "../passwords.ts";
import { addressForReset, noAddressForReset, requireResettable } from "../recovery.ts";
import { describeFactors, prefer } from "../second-factor.ts";
import type { GroupSettings } from "../settings.ts";
import type { User } from "../store.ts";
import { askBeforeSignUp } from "../triggers.ts";
import { poolOf } from "../clients.ts";
import { requireEnabled, requireUnconfirmed } from "../user-states.ts";
import {
  addUser,
  describeAttributes,
  describeUser,
  newAccount,
  requireUser,
  setPassword,
  updateUser,
} from "../users.ts";

/** Operations that need a signature and the permission `cognito-idp:<Operation>` on the pool. */
export function adminOperations(context: Context): Readonly<Record<string, Operation>> {
  const forUser =
    (act: (pool: Pool, user: User, input: Input) => object | undefined): Operation =>
    (input) => {
      const pool = poolOf(context, input);
      return act(pool, requireUser(pool, input), input) ?? {};
    };
  const act = (change: (pool: Pool, user: User, input: Input) => unknown): Operation =>
    forUser((pool, user, input) => void change(pool, user, input));
  return {
    AdminCreateUser: (input) => createUser(context, input),
    AdminGetUser: forUser((pool, user) => ({
      ...describeUser(user),
      UserAttributes: describeAttributes(user),
      ...describeFactors(pool, user),
    })),
    AdminSetUserMFAPreference: act((pool, user, input) => prefer(pool, user, input)),
    AdminDeleteUser: act(({ settings, store }, user) => {
      store.deleteUser(user.sub);
      context.mailbox.forget(settings.id, user.username);
    }),
    AdminConfirmSignUp: act((pool, user) => {
      requireUnconfirmed(user);
      updateUser(pool, user, { status: "CONFIRMED" }, context.clock());
    }),
    AdminSetUserPassword: act((pool, user, input) => {
      const status = input["Permanent"] === true ? "CONFIRMED" : "FORCE_CHANGE_PASSWORD";
      setPassword(pool, user, text(input, "Password"), status, context.clock());
    }),
    AdminEnableUser: act((pool, user) => updateUser(pool, user, { enabled: true }, context.clock())),
    AdminDisableUser: act((pool, user) => {
      updateUser(pool, user, { enabled: false }, context.clock());
      pool.store.endSessionsOf(user.sub);
    }),
    AdminResetUserPassword: act((pool, user) => resetPassword(context, pool, user)),
    AdminAddUserToGroup: act((pool, user, input) => pool.store.join(user.sub, groupOf(pool, input).name)),
    AdminRemoveUserFromGroup: act((pool, user, input) =>
      pool.store.leave(user.sub, groupOf(pool, input).name),
    ),
    ListUsers: (input) => listUsers(poolOf(context, input), input),
    ListGroups: (input) => listGroups(poolOf(context, input), input),
  };
}

/** Makes the old password invalid and sends a code for a new one. */
function resetPassword(context: Context, pool: Pool, user: User): void {
  requireEnabled(user);
  if (user.status === "UNCONFIRMED") {
    throw refused("User password cannot be reset in the current state.");
  }
  requireResettable(pool, user);
  const address = addressForReset(pool, user);
  if (address === undefined) {
    throw noAddressForReset();
  }
  updateUser(pool, user, { status: "RESET_REQUIRED" }, context.clock());
  sendCode(context, pool, user, "forgot-password", address);
}

async function createUser(context: Context, input: Input): Promise<object> {
  const { clock, mailbox } = context;
  const pool = poolOf(context, input);
  const action = optionalText(input, "MessageAction");
  if (action === "RESEND") {
    throw invalid("MessageAction RESEND is not supported locally");
  }
  const name = text(input, "Username");
  const password =
    optionalText(input, "TemporaryPassword") ?? temporaryPassword(pool.settings.passwordPolicy);
  const given = attributes(input, "UserAttributes");
  const account = newAccount(pool, name, given);
  const { attributes: all } = await askBeforeSignUp(context, pool, {
    ...{ source: "PreSignUp_AdminCreateUser", clientId: "CLIENT_ID_NOT_APPLICABLE", account, input },
  });
  const user = addUser(
    pool,
    { ...account, attributes: all },
    { password, status: "FORCE_CHANGE_PASSWORD" },
    clock(),
  );
  if (action !== "SUPPRESS") {
    const to = addressOfInvitation(user, input["DesiredDeliveryMediums"] as string[] | undefined);
    const at = new Date(clock()).toISOString();
    mailbox.send({
      at,
      userPoolId: pool.settings.id,
      username: name,
      to,
      subject: "invitation",
      secret: password,
    });
  }
  return { User: { ...describeUser(user), Attributes: describeAttributes(user) } };
}

/** The address for one of the requested media, or null. */
function addressOfInvitation({ attributes: { email, phone_number: phone } }: User, media = ["SMS", "EMAIL"]) {
  return (media.includes("SMS") ? phone : undefined) ?? (media.includes("EMAIL") ? email : undefined) ?? null;
}

/** `Filter` is `<attribute> = "value"`, or `^=` for a prefix. */
function listUsers({ settings, store }: Pool, input: Input): object {
  const max = limit(input, "Limit", 0, 60) || 60;
  const matches = readFilter(optionalText(input, "Filter") ?? "");
  const wanted = input["AttributesToGet"] as readonly string[] | undefined;
  const after = readToken("ListUsers", settings.id, optionalText(input, "PaginationToken"));
  const found = store.usersAfter(after).filter(matches);
  const page = found.slice(0, max);
  const last = found.length > max && page.at(-1);
  return {
    Users: page.map((user) => ({
      ...describeUser(user),
      Attributes: describeAttributes(user).filter(({ Name }) => wanted?.includes(Name) ?? true),
    })),
    ...(last && { PaginationToken: writeToken("ListUsers", settings.id, last.sub) }),
  };
}

function listGroups({ settings }: Pool, input: Input): object {
  const max = limit(input, "Limit", 0, 60) || 60;
  const after = readToken("ListGroups", settings.id, optionalText(input, "NextToken"));
  const found = [...settings.groups.values()]
    .filter(({ name }) => name > after)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const page = found.slice(0, max);
  const last = found.length > max && page.at(-1);
  return {
    Groups: page.map(({ name, description, precedence, roleArn }) => ({
      GroupName: name,
      UserPoolId: settings.id,
      Description: description,
      Precedence: precedence,
      RoleArn: roleArn,
    })),
    ...(last && { NextToken: writeToken("ListGroups", settings.id, last.name) }),
  };
}

function groupOf({ settings }: Pool, input: Input): GroupSettings {
  const group = settings.groups.get(text(input, "GroupName"));
  if (!group) {
    throw new AwsError("ResourceNotFoundException", "Group not found.");
  }
  return group;
}

function readFilter(filter: string): (user: User) => boolean {
  if (filter === "") {
    return () => true;
  }
  const [, name = "", operator, quoted = ""] =
    /^\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(filter) ?? [];
  const value = quoted.replace(/\\(.)/g, "$1");
  const read = filterable.get(name);
  if (!read) {
    throw invalid(`Error while parsing filter: ${filter}`);
  }
  return (user) => (operator === "=" ? read(user) === value : (read(user) ?? "").startsWith(value));
}

const filterable = new Map<string, (user: User) => string | undefined>([
  ["username", ({ username }) => username],
  ["sub", ({ sub }) => sub],
  ["cognito:user_status", ({ status }) => status],
  ["status", ({ enabled }) => (enabled ? "Enabled" : "Disabled")],
  ...["email", "phone_number", "name", "given_name", "family_name", "preferred_username"].map(
    (name) => [name, ({ attributes: values }: User) => values[name]] as const,
  ),
]);

/** A token is valid for its own operation and pool only. Throws `InvalidParameterException`. */
function readToken(operation: string, pool: string, token: string | undefined): string {
  if (token === undefined) {
    return "";
  }
  const [, after] = Buffer.from(token, "base64url").toString().split("\n");
  if (after === undefined || writeToken(operation, pool, after) !== token) {
    throw invalid("Invalid pagination token.");
  }
  return after;
}

function writeToken(operation: string, pool: string, after: string): string {
  return Buffer.from(`${operation} ${pool}\n${after}`).toString("base64url");
}
