import { ask, type Open } from "./client.ts";
import { bytes, button, choice, date, element, empty, moreButton, searchForm, table } from "./dom.ts";

interface Objects {
  readonly objects: readonly {
    readonly key: string;
    readonly version: string;
    readonly modified: number;
    readonly latest: boolean;
    /** Undefined for a delete marker. */
    readonly size?: number;
  }[];
  readonly next?: string;
}

/** Keys of one bucket, with all their versions. */
export async function bucketsView(open: Open, argument: string): Promise<HTMLElement> {
  const { buckets } = await ask<{ buckets: readonly string[] }>("resources");
  const [chosen = "", ...rest] = argument.split("/");
  const name = chosen === "" ? (buckets[0] ?? "") : chosen;
  const prefix = rest.join("/");
  if (name === "") {
    return empty("The program declares no bucket.");
  }
  const form = searchForm({ label: "Prefix", placeholder: "Keys that begin with", value: prefix }, (text) =>
    open(`buckets/${name}/${text}`),
  );
  const list = element("div");
  show(list, await ask<Objects>("objects", { bucket: name, prefix }), { bucket: name, prefix }, open);
  const bucketsChoice = choice("Bucket", buckets, name, (next) => open(`buckets/${next}`));
  return element("section", {}, element("div", { class: "bar" }, bucketsChoice, form), list);
}

type Asked = Readonly<Record<"bucket" | "prefix", string>>;

function show(list: HTMLElement, { objects, next }: Objects, asked: Asked, open: Open): void {
  if (objects.length === 0) {
    list.append(empty("No key is here."));
    return;
  }
  const rows = objects.map(({ key, version, modified, latest, size }) => [
    button(key, () => open(`way/${encodeURIComponent(key)}`)),
    size === undefined ? "Delete marker" : bytes(size),
    date(modified),
    element("code", {}, version === "null" ? "" : version),
    latest ? "Yes" : "No",
  ]);
  list.append(table(["Key", "Size", "Modified", "Version", "Latest"], rows));
  if (next !== undefined) {
    const load = () => ask<Objects>("objects", { ...asked, after: next });
    list.append(moreButton(load, (page) => show(list, page, asked, open)));
  }
}
