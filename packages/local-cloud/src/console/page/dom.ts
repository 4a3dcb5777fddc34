type Child = Node | string | undefined;

/** An element. Texts are never parsed as HTML. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    made.setAttribute(attribute, value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

export function button(label: string, press: () => unknown): HTMLButtonElement {
  const made = element("button", { type: "button" }, label);
  made.addEventListener("click", () => void press());
  return made;
}

export function table(headings: readonly string[], rows: readonly (readonly Child[])[]): HTMLElement {
  const head = element("tr", {}, ...headings.map((heading) => element("th", { scope: "col" }, heading)));
  const body = rows.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, cell))));
  return element(
    "div",
    { class: "scroll" },
    element("table", {}, element("thead", {}, head), element("tbody", {}, ...body)),
  );
}

/** A table, or what to say if it has no rows. */
export const tableOr = (
  text: string,
  headings: readonly string[],
  rows: readonly (readonly Child[])[],
): HTMLElement => (rows.length === 0 ? empty(text) : table(headings, rows));

/** A phone shows no headings: there such a cell has its own. */
export const labelled = (label: string, child: Node | string): HTMLElement =>
  element("span", { "data-label": label }, child);

export const empty = (text: string): HTMLElement => element("p", { class: "empty" }, text);

export const time = (at: number): string => {
  const date = new Date(at);
  return `${date.toLocaleTimeString("en-GB")}.${String(date.getMilliseconds()).padStart(3, "0")}`;
};

/** JSON with line breaks, or the text itself. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** US dollars for a million times, since one call costs far less than a cent. */
export const perMillion = (usd: number): string => (usd === 0 ? "" : `$${(usd * 1e6).toFixed(2)}`);

export const date = (at: number): string => new Date(at).toISOString().replace("T", " ").slice(0, 19);

export const bytes = (size: number): string =>
  size < 1024
    ? `${size} B`
    : size < 1024 ** 2
      ? `${(size / 1024).toFixed(1)} KB`
      : `${(size / 1024 ** 2).toFixed(1)} MB`;

/** The beginning of a text, for a cell of a table. */
export const shortened = (text: string): string => (text.length > 120 ? `${text.slice(0, 120)}…` : text);

interface SearchField {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
}

/** A field with a button. `find` gets what was entered, ready for an address. */
export function searchForm(
  { label, placeholder, value }: SearchField,
  find: (text: string) => void,
): HTMLFormElement {
  const input = element("input", { type: "search", value, placeholder, "aria-label": label });
  const form = element("form", { role: "search" }, input, element("button", { type: "submit" }, "Find"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    find(encodeURIComponent(input.value));
  });
  return form;
}

/** A button at the end of a list. It goes when `load` has the next page. */
export function moreButton<Page>(load: () => Promise<Page>, show: (page: Page) => void): HTMLButtonElement {
  const more = button("More", async () => {
    const page = await load();
    more.remove();
    show(page);
  });
  return more;
}

/** A list of names, of which one is chosen. */
export function choice(
  label: string,
  names: readonly string[],
  chosen: string,
  choose: (name: string) => void,
): HTMLSelectElement {
  const options = names.map((name) =>
    element("option", { value: name, ...(name === chosen && { selected: "" }) }, name),
  );
  const made = element("select", { "aria-label": label }, ...options);
  made.addEventListener("change", () => choose(made.value));
  return made;
}
