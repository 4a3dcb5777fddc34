import { ask, type Open } from "./client.ts";
import { choice, element, empty, moreButton, pretty, searchForm, shortened, table } from "./dom.ts";

interface Page {
  readonly keys: readonly string[];
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly next?: string;
}

/** The items of one table, by page, all or those of one partition key. */
export async function tablesView(open: Open, argument: string): Promise<HTMLElement> {
  const { tables } = await ask<{ tables: readonly string[] }>("resources");
  const [chosen = "", ...rest] = argument.split("/");
  const name = chosen === "" ? (tables[0] ?? "") : chosen;
  const key = rest.join("/");
  if (name === "") {
    return empty("The program declares no table.");
  }
  const first = await ask<Page>("items", { table: name, key });
  const form = searchForm(
    { label: "Partition key", placeholder: `A value of ${first.keys[0] ?? "the key"}`, value: key },
    (text) => open(`tables/${name}/${text}`),
  );
  const list = element("div");
  show(list, first, { table: name, key });
  const tablesChoice = choice("Table", tables, name, (next) => open(`tables/${next}`));
  return element("section", {}, element("div", { class: "bar" }, tablesChoice, form), list);
}

type Asked = Readonly<Record<"table" | "key", string>>;

function show(list: HTMLElement, { keys, items, next }: Page, asked: Asked): void {
  const rows = items.map((item) => {
    const others = Object.fromEntries(Object.entries(item).filter(([name]) => !keys.includes(name)));
    const text = JSON.stringify(others);
    const whole = element("details", {}, element("summary", {}, element("code", {}, shortened(text))));
    // Only on request: an item may be long, and a page has many.
    whole.addEventListener("toggle", () => whole.append(element("pre", {}, pretty(text))), { once: true });
    return [...keys.map((key) => element("code", {}, String(item[key]))), whole];
  });
  if (rows.length === 0) {
    list.append(empty(asked.key === "" ? "The table is empty." : "No item has this key."));
    return;
  }
  list.append(table([...keys, "Attributes"], rows));
  if (next !== undefined) {
    const load = () => ask<Page>("items", { ...asked, after: next });
    list.append(moreButton(load, (page) => show(list, page, asked)));
  }
}
