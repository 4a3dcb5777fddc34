import { callsView, callWay, findWay } from "./calls.ts";
import { settings } from "./client.ts";
import { element } from "./dom.ts";
import { billView, logsView, mailView, resourcesView } from "./views.ts";

const views: Readonly<Record<string, string>> = {
  calls: "Calls",
  logs: "Logs",
  resources: "Resources",
  mail: "Mail",
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
      return resourcesView(() => void show());
    case "mail":
      return mailView();
    case "bill":
      return billView();
    default:
      return callsView(open, argument === "failed");
  }
}

const live = /^#?(?:calls|logs|resources|mail|bill|$)/;
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
