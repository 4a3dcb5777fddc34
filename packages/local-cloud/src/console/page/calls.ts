import type { Call } from "../../record/index.ts";
import type { Step } from "../way.ts";
import { ask, type Open } from "./client.ts";
import { button, element, empty, perMillion, pretty, searchForm, tableOr, time } from "./dom.ts";

type Summary = Omit<Call, "input" | "lines"> & { readonly lines: number };

/** The last calls, newest first, those without a parent only: each opens with all that it made. */
export async function callsView(open: Open, failedOnly: boolean): Promise<HTMLElement> {
  const { calls } = await ask<{ calls: readonly Summary[] }>("calls");
  const ids = new Set(calls.map(({ id }) => id));
  const failed = calls.filter(({ error }) => error);
  const failures = failuresInside(calls);
  const shown = failedOnly ? failed : calls.filter(({ parent }) => parent === undefined || !ids.has(parent));
  const toggle = button(failedOnly ? "All calls" : `Failed only (${failed.length})`, () =>
    open(failedOnly ? "calls" : "calls/failed"),
  );
  const rows = [...shown]
    .reverse()
    .map((call) => [
      time(call.at),
      button(`${call.service} ${call.operation}`, () => open(`call/${call.id}`)),
      call.resource,
      call.caller,
      element("span", { class: "unbroken" }, `${call.ms.toFixed(0)} ms`),
      outcomeOf(call, failures.get(call.id)),
    ]);
  const list = tableOr(
    failedOnly ? "No call has failed." : "No calls yet. Use the API, and they appear here.",
    ["Time", "Call", "For", "Caller", "Took", "Outcome"],
    rows,
  );
  return element("section", {}, element("div", { class: "bar" }, search(open), toggle), list);
}

function search(open: Open, value = ""): HTMLElement {
  const what = "Find by id, key or any text";
  return searchForm({ label: what, placeholder: what, value }, (text) => open(`way/${text}`));
}

export const findWay = (open: Open, text: string): Promise<HTMLElement> =>
  wayView(open, { text }, `What mentions ${text}`, search(open, text));

export const callWay = (open: Open, call: string): Promise<HTMLElement> =>
  wayView(open, { call }, "One request or run, with all that it made", search(open));

async function wayView(
  open: Open,
  parameters: Readonly<Record<string, string>>,
  heading: string,
  form: HTMLElement,
): Promise<HTMLElement> {
  const { steps } = await ask<{ steps: readonly Step[] }>("way", parameters);
  const denied = steps.filter((step) => step.denied);
  const sum = steps.reduce((all, { usd }) => all + usd, 0);
  const start = Math.min(...steps.map(({ at }) => at));
  return element(
    "section",
    {},
    element("div", { class: "bar" }, form),
    element("h2", {}, heading),
    ...denied.map(deniedBox),
    steps.length === 0
      ? empty("Nothing of the last calls mentions it.")
      : element("p", {}, `${steps.length} calls; a million times the same costs ${perMillion(sum) || "$0"}.`),
    element("ol", { class: "way" }, ...steps.map((step) => stepItem(step, start, open))),
  );
}

/** What a newcomer has to change. */
function deniedBox({ denied, resource, service }: Step): HTMLElement {
  return element(
    "div",
    { class: "denied", role: "alert" },
    element("strong", {}, "A permission is missing"),
    element(
      "dl",
      {},
      ...[
        ["Role", denied?.principal ?? ""],
        ["Action", denied?.action ?? ""],
        ["Resource", denied?.resource ?? ""],
        ["In the call", `${service} ${resource}`],
      ].flatMap(([term, value]) => [element("dt", {}, term), element("dd", {}, value)]),
    ),
  );
}

function stepItem(step: Step, start: number, open: Open): HTMLElement {
  const { service, operation, resource, caller, role, at, ms, depth, error, lines, input, deliveries } = step;
  const facts = [
    `+${at - start} ms`,
    `took ${ms.toFixed(0)} ms`,
    ...(caller ? [`by ${caller}`] : []),
    ...(role ? [`with role ${role}`] : []),
    ...(deliveries > 0 ? [`${deliveries} real-time messages`] : []),
    ...(step.usd > 0 ? [`${perMillion(step.usd)} a million`] : []),
  ];
  const details = element(
    "details",
    {},
    element(
      "summary",
      {},
      element("span", { class: `service ${service}` }, service),
      ` ${operation} `,
      element("code", {}, resource),
      element("span", { class: "facts" }, facts.join(" · ")),
      error && element("span", { class: "error" }, error.code),
    ),
    error && element("pre", { class: "error" }, error.message),
    input ? element("pre", {}, pretty(input)) : undefined,
    lines.length > 0 ? element("pre", { class: "lines" }, lines.join("\n")) : undefined,
    button("All of this request or run", () => open(`call/${step.id}`)),
  );
  const item = element("li", { class: error ? "failed" : "" }, details);
  item.style.setProperty("--depth", String(depth));
  return item;
}

/** The first failure among the calls that a call made, by the call's id. */
function failuresInside(calls: readonly Summary[]): ReadonlyMap<number, Summary> {
  const byId = new Map(calls.map((call) => [call.id, call]));
  const failures = new Map<number, Summary>();
  for (const call of calls.filter(({ error }) => error)) {
    for (let at = parentIn(byId, call); at && !failures.has(at.id); at = parentIn(byId, at)) {
      failures.set(at.id, call);
    }
  }
  return failures;
}

const parentIn = (byId: ReadonlyMap<number, Summary>, { parent }: Summary): Summary | undefined =>
  parent === undefined ? undefined : byId.get(parent);

function outcomeOf(call: Summary, inside: Summary | undefined): HTMLElement {
  const { error, denied } = call.denied || !inside ? call : inside;
  if (denied) {
    return element("span", { class: "error" }, `${denied.principal} lacks ${denied.action}`);
  }
  return error ? element("span", { class: "error" }, error.code) : element("span", { class: "ok" }, "ok");
}
