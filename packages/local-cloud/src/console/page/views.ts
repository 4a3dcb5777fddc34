import type { Line } from "../../record/index.ts";
import { ask } from "./client.ts";
import { button, element, empty, table, time } from "./dom.ts";

/** What functions write, newest last. */
export async function logsView(open: (hash: string) => void, only: string): Promise<HTMLElement> {
  const { lines } = await ask<{ lines: readonly Line[] }>("logs");
  const functions = [...new Set(lines.map((line) => line.function))].sort();
  const choice = element(
    "select",
    { "aria-label": "Function" },
    element("option", { value: "" }, "All functions"),
    ...functions.map((name) =>
      element("option", { value: name, ...(name === only && { selected: "" }) }, name),
    ),
  );
  choice.addEventListener("change", () => open(`logs/${choice.value}`));
  const shown = lines.filter((line) => only === "" || line.function === only);
  const text = shown.map((line) => `${time(line.at)} ${line.function} ${line.text}`).join("\n");
  return element(
    "section",
    {},
    element("div", { class: "bar" }, choice),
    shown.length === 0
      ? empty("No function has written a line yet.")
      : element("pre", { class: "tail" }, text),
  );
}

interface Resources extends Readonly<Record<string, unknown>> {
  readonly queues: readonly {
    readonly name: string;
    readonly messages: number;
    readonly inFlight: number;
    readonly delayed: number;
    readonly isDeadLetters: boolean;
  }[];
  readonly faults: Readonly<Record<string, number>>;
}

/** Queues with what is in them, and the names of all else that runs. */
export async function resourcesView(again: () => void): Promise<HTMLElement> {
  const { queues, faults, ...others } = await ask<Resources>("resources");
  const redrive = (queue: string) =>
    button("Redrive", async () => {
      await ask("redrive", { queue }, "POST");
      again();
    });
  const rows = queues.map(({ name, messages, inFlight, delayed, isDeadLetters }) => [
    name,
    String(messages),
    String(inFlight),
    String(delayed),
    isDeadLetters && messages > 0 ? redrive(name) : undefined,
  ]);
  const injected = Object.entries(faults).filter(([, count]) => count > 0);
  return element(
    "section",
    {},
    element("h2", {}, "Queues"),
    table(["Queue", "Messages", "In flight", "Delayed", ""], rows),
    element("h2", {}, "Faults injected"),
    injected.length === 0
      ? empty("None. Start with --faults FILE to inject some.")
      : table(
          ["Kind", "Count"],
          injected.map(([kind, count]) => [kind, String(count)]),
        ),
    element("h2", {}, "What runs"),
    table(
      ["Kind", "Names"],
      Object.entries(others).map(([kind, names]) => [kind, (names as readonly string[]).join(", ")]),
    ),
  );
}

interface Bill {
  readonly usd: number;
  readonly services: readonly (readonly [string, number])[];
  readonly lines: readonly {
    readonly service: string;
    readonly unit: string;
    readonly resource: string;
    readonly quantity: number;
    readonly usd: number;
  }[];
  readonly month: readonly { readonly service: string; readonly unit: string; readonly usd: number }[];
}

/** What AWS would charge so far. */
export async function billView(): Promise<HTMLElement> {
  const { usd, lines, services, month } = await ask<Bill>("bill");
  const dearest = [...lines].sort((one, other) => other.usd - one.usd);
  const dollars = (amount: number) => `$${amount.toFixed(6)}`;
  return element(
    "section",
    {},
    element("p", { class: "sum" }, `AWS would charge ${dollars(usd)} so far, at list prices.`),
    table(
      ["Service", "US dollars"],
      services.map(([service, amount]) => [service, dollars(amount)]),
    ),
    element("h2", {}, "By resource"),
    table(
      ["Service", "Resource", "Quantity", "Unit", "US dollars"],
      dearest.map((line) => [
        ...[line.service, line.resource, String(Number(line.quantity.toFixed(3)))],
        ...[line.unit, dollars(line.usd)],
      ]),
    ),
    element("h2", {}, "A month of what is declared, without use"),
    table(
      ["Service", "For", "US dollars"],
      month.map((line) => [line.service, line.unit, `$${line.usd.toFixed(2)}`]),
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
    mail.length === 0
      ? empty("Cognito has sent no codes and no passwords yet.")
      : table(
          ["Time", "To", "User", "About", "Code or password"],
          mail.map(({ at, to, username, subject, secret }) => [
            ...[time(Date.parse(at)), to ?? "", username, subject],
            element("code", {}, secret),
          ]),
        ),
  );
}
