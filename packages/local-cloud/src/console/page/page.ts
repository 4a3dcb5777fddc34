import { callsView, callWay, findWay } from "./calls.ts";
import { settings } from "./client.ts";
import { element } from "./dom.ts";
import { bucketsView } from "./buckets.ts";
import { mailView, subscriptionsView, usersView } from "./people.ts";
import { queuesView } from "./queues.ts";
import { schedulesView } from "./schedules.ts";
import { tablesView } from "./tables.ts";
import { billView, logsView, resourcesView } from "./views.ts";

const views: Readonly<Record<string, string>> = {
  calls: "Calls",
  logs: "Logs",
  tables: "Tables",
  queues: "Queues",
  buckets: "Buckets",
  schedules: "Schedules",
  subscriptions: "Subscriptions",
  users: "Users",
  mail: "Mail",
  resources: "Resources",
  bill: "Bill",
};

const main = document.getElementById("main") ?? document.body;
const open = (hash: string): void => {
  location.hash = hash;
};

/** The view of the address, which is live if it shows what goes on. */
function viewOf(hash: string): Promise<HTMLElement> {
  const [name = "", ...rest] = hash.replace(/^#/, "").split("/");
  const argument = decodeURIComponent(rest.join("/"));
  switch (name) {
    case "way":
      return findWay(open, argument);
    case "call":
      return callWay(open, argument);
    case "logs":
      return logsView(open, argument);
    case "resources":
      return resourcesView(again);
    case "tables":
      return tablesView(open, argument);
    case "queues":
      return queuesView(open, argument, again);
    case "buckets":
      return bucketsView(open, argument);
    case "schedules":
      return schedulesView(open, again);
    case "subscriptions":
      return subscriptionsView();
    case "users":
      return usersView(again);
    case "mail":
      return mailView();
    case "bill":
      return billView();
    default:
      return callsView(open, argument === "failed");
  }
}

/** Views of pages that a person reads are not. */
const live = /^#?(?:calls|logs|queues|schedules|subscriptions|users|mail|resources|bill|$)/;
let shown = "";

async function show(): Promise<void> {
  const { hash } = location;
  mark(hash);
  try {
    const view = await viewOf(hash);
    // Another view may have been opened meanwhile, and what a person types or selects must not be lost.
    if (hash === location.hash && (hash !== shown || !isInUse())) {
      main.replaceChildren(view);
      main.dataset["view"] = hash.replace(/^#|\/.*$/g, "") || "calls";
      shown = hash;
    }
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    main.replaceChildren(
      element("p", { class: "denied", role: "alert" }, `The console cannot be read: ${words}`),
    );
    shown = "";
  }
}

/** After a change that the person made. */
function again(): void {
  shown = "";
  void show();
}

const isInUse = (): boolean =>
  main.contains(document.activeElement) || (getSelection()?.toString() ?? "") !== "";

function mark(hash: string): void {
  const links = Object.entries(views).map(([name, label]) => {
    const isCurrent =
      hash.replace(/^#/, "").startsWith(name) || (name === "calls" && /^#?$|^#(?:way|call)/.test(hash));
    return element("a", { href: `#${name}`, ...(isCurrent && { "aria-current": "page" }) }, label);
  });
  const focused = document.activeElement?.getAttribute("href");
  document.getElementById("views")?.replaceChildren(...links);
  links.find((link) => link.getAttribute("href") === focused)?.focus();
}

document.title = `Console: ${settings.title}`;
document.getElementById("title")?.append(settings.title);
addEventListener("hashchange", () => void show());
setInterval(() => {
  if (live.test(location.hash) && !document.hidden) {
    void show();
  }
}, 2000);
void show();
