import { UtilityFault } from "./signals.ts";

export interface XmlElement {
  readonly name: string;
  readonly attributes: [string, string][];
  readonly children: XmlElement[];
  text: string;
}

const NAME = String.raw`[\p{L}_:][\p{L}\p{N}_:.\-]*`;
const TOKEN = new RegExp(
  [
    String.raw`<!--[\s\S]*?-->`,
    String.raw`<\?[\s\S]*?\?>`,
    String.raw`<!\[CDATA\[(?<cdata>[\s\S]*?)\]\]>`,
    String.raw`</(?<closes>${NAME})\s*>`,
    String.raw`<(?<opens>${NAME})(?<attributes>(?:\s+${NAME}\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(?<empty>/?)>`,
    String.raw`(?<text>[^<]+)`,
  ].join("|"),
  "uy",
);
const ATTRIBUTE = new RegExp(String.raw`(${NAME})\s*=\s*(?:"([^"]*)"|'([^']*)')`, "gu");
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** The root element. Document types are refused, because attacks on XML readers use their entities. */
export function readXml(source: string): XmlElement | undefined {
  const document: XmlElement = { name: "", attributes: [], children: [], text: "" };
  const open = [document];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(source)?.groups;
    if (groups === undefined) {
      throw malformed(source, at);
    }
    place(groups, open, () => malformed(source, at));
  }
  if (open.length > 1 || document.children.length > 1 || document.text.trim() !== "") {
    throw malformed(source, source.length);
  }
  return document.children[0];
}

function place(
  groups: Readonly<Record<string, string | undefined>>,
  open: XmlElement[],
  fault: () => Error,
): void {
  const parent = open.at(-1);
  if (parent === undefined) {
    throw fault();
  }
  const { text, cdata, opens, closes } = groups;
  if (text !== undefined) {
    parent.text += unescape(text, fault);
  } else if (cdata !== undefined) {
    parent.text += cdata;
  } else if (closes !== undefined) {
    if (parent.name !== closes || open.length === 1) {
      throw fault();
    }
    open.pop();
  } else if (opens !== undefined) {
    const attributes = [...(groups["attributes"] ?? "").matchAll(ATTRIBUTE)].map(
      ([, name = "", double, single = ""]): [string, string] => [name, unescape(double ?? single, fault)],
    );
    const element: XmlElement = { name: opens, attributes, children: [], text: "" };
    parent.children.push(element);
    if (groups["empty"] === "") {
      open.push(element);
    }
  }
}

function unescape(text: string, fault: () => Error): string {
  return text.replace(
    /&(?:#(\d+)|#x([0-9a-f]+)|(\w+));|&/giu,
    (_, decimal?: string, hex?: string, name = "") => {
      const point = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      if (!Number.isNaN(point) && point <= 0x10ffff) {
        return String.fromCodePoint(point);
      }
      const entity = Object.hasOwn(ENTITIES, name as string) ? ENTITIES[name as string] : undefined;
      if (entity === undefined) {
        throw fault();
      }
      return entity;
    },
  );
}

function malformed(source: string, at: number): UtilityFault {
  const line = source.slice(0, at).split("\n").length;
  return new UtilityFault(`malformed XML at line ${line}: ${JSON.stringify(source.slice(at, at + 20))}`);
}
