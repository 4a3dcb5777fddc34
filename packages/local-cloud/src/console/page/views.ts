import type { Line } from "../../record/index.ts";
import { ask, type Open } from "./client.ts";
import { button, choice, element, empty, table, time } from "./dom.ts";

const all = "All functions";

/** What functions write, newest last. */
export async function logsView(open: Open, only: string): Promise<HTMLElement> {
  const { lines } = await ask<{ lines: readonly Line[] }>("logs");
  const functions = [...new Set(lines.map((line) => line.function))].sort();
  const functionChoice = choice("Function", [all, ...functions], only === "" ? all : only, (name) =>
    open(name === all ? "logs" : `logs/${name}`),
  );
  const shown = lines.filter((line) => only === "" || line.function === only);
  const text = shown.map((line) => `${time(line.at)} ${line.function} ${line.text}`).join("\n");
  return element(
    "section",
    {},
    element("div", { class: "bar" }, functionChoice),
    shown.length === 0
      ? empty("No function has written a line yet.")
      : element("pre", { class: "tail" }, text),
  );
}

interface Resources extends Readonly<Record<string, unknown>> {
  readonly faults: {
    readonly isConfigured: boolean;
    readonly isOn: boolean;
    readonly counts: Readonly<Record<string, number>>;
  };
}

type Named = string | { readonly name: string };

const kinds: Readonly<Record<string, string>> = {
  apis: "APIs",
  functions: "Functions",
  tables: "Tables",
  queues: "Queues",
  buckets: "Buckets",
  schedules: "Schedules",
  userPools: "User pools",
};

const nameOf = (one: Named): string => (typeof one === "string" ? one : one.name);

/** The names of what runs, and the faults that are injected. */
export async function resourcesView(again: () => void): Promise<HTMLElement> {
  const { faults, ...others } = await ask<Resources>("resources");
  return element(
    "section",
    {},
    element("h2", {}, "What runs"),
    table(
      ["Kind", "Names"],
      Object.entries(kinds).map(([kind, label]) => [
        label,
        ((others[kind] ?? []) as readonly Named[]).map(nameOf).join(", "),
      ]),
    ),
    element("h2", {}, "Faults"),
    ...faultsOf(faults, again),
  );
}

function faultsOf({ isConfigured, isOn, counts }: Resources["faults"], again: () => void): HTMLElement[] {
  if (!isConfigured) {
    return [empty("None. Start with --faults FILE to inject some.")];
  }
  const toggle = button(isOn ? "Stop injecting" : "Inject again", async () => {
    await ask("faults", { on: String(!isOn) }, "POST");
    again();
  });
  const rows = Object.entries(counts).map(([kind, count]) => [kind, String(count)]);
  return [
    element("p", {}, isOn ? "The configured faults are injected. " : "No faults are injected now. ", toggle),
    table(["Kind", "Injected so far"], rows),
  ];
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
