import { ask } from "./client.ts";
import { button, date, element, tableOr, time } from "./dom.ts";

interface Subscription {
  readonly field: string;
  readonly caller: string;
  readonly arguments: object;
  readonly since: number;
}

/** What clients listen to now. */
export async function subscriptionsView(): Promise<HTMLElement> {
  const { subscriptions } = await ask<{ subscriptions: readonly Subscription[] }>("subscriptions");
  return element(
    "section",
    {},
    tableOr(
      "Nobody is subscribed.",
      ["Since", "Subscription", "Caller", "Arguments"],
      subscriptions.map(({ since, field, caller, arguments: args }) => [
        ...[time(since), field, caller],
        element("code", {}, JSON.stringify(args)),
      ]),
    ),
  );
}

interface User {
  readonly pool: string;
  readonly username: string;
  readonly status: string;
  readonly enabled: boolean;
  readonly created: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The users of the pools, who can be confirmed without a code, disabled and enabled. */
export async function usersView(again: () => void): Promise<HTMLElement> {
  const { users } = await ask<{ users: readonly User[] }>("users");
  const change = (label: string, { pool, username }: User) =>
    button(label, async () => {
      await ask("user", { pool, username, change: label.toLowerCase() }, "POST");
      again();
    });
  const rows = users.map((user) => [
    ...[user.username, user.attributes["email"] ?? "", user.enabled ? user.status : "DISABLED"],
    element("code", {}, user.attributes["sub"] ?? ""),
    ...[user.pool, date(user.created)],
    element(
      "span",
      { class: "actions" },
      user.status === "UNCONFIRMED" ? change("Confirm", user) : undefined,
      change(user.enabled ? "Disable" : "Enable", user),
    ),
  ]);
  return element(
    "section",
    {},
    tableOr(
      "No user pool has a user.",
      ["User", "Email", "Status", "sub", "Pool", "Created", "Actions"],
      rows,
    ),
  );
}

interface Mail {
  readonly at: string;
  readonly to: string | null;
  readonly username: string;
  readonly subject: string;
  readonly secret: string;
}

/** What Cognito would have sent. */
export async function mailView(): Promise<HTMLElement> {
  const { mail } = await ask<{ mail: readonly Mail[] }>("mail");
  return element(
    "section",
    {},
    tableOr(
      "Cognito has sent no codes and no passwords yet.",
      ["Time", "To", "User", "About", "Code or password"],
      mail.map(({ at, to, username, subject, secret }) => [
        ...[time(Date.parse(at)), to ?? "", username, subject],
        element("code", {}, secret),
      ]),
    ),
  );
}
