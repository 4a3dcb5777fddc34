/** One element of a request body: its own text, and its children in order. */
export interface Xml {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Xml[];
}

/** A whole document. Every document except an error has S3's namespace. */
export function document(name: string, elements: readonly string[]): string {
  const open = name === "Error" ? name : `${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${open}>${elements.join("")}</${name}>`;
}

/**
 * Reads the XML bodies of S3's requests: elements, text, the five entities, character references, comments and a
 * declaration. Attributes are ignored. A DOCTYPE is refused, so a request cannot define entities.
 * Returns undefined for a document that is not well-formed or too deep.
 */
export function parseXml(source: string): Xml | undefined {
  const root: Mutable = { name: "", text: "", children: [] };
  const open = [root];
  let position = 0;
  for (const token of source.matchAll(tokens)) {
    const top = open.at(-1);
    if (token.index !== position || top === undefined) {
      return undefined;
    }
    position += token[0].length;
    if (!take(token.groups ?? {}, top, open)) {
      return undefined;
    }
  }
  const [document, second] = root.children;
  const whole = position === source.length && open.length === 1 && root.text.trim() === "";
  return whole && second === undefined ? document : undefined;
}

interface Mutable {
  name: string;
  text: string;
  children: Mutable[];
}

const tokens =
  /(?<skip><\?xml[^<>]*\?>|<!--(?:(?!--)[^])*-->)|<\/(?<close>[\w:.-]+)\s*>|<(?<open>[\w:.-]+)(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(?<empty>\/?)>|(?<text>[^<]+)/gy;

const maxDepth = 8;

/** Returns false if the token is not valid in this place. */
function take(token: Record<string, string | undefined>, top: Mutable, open: Mutable[]): boolean {
  if (token["skip"] !== undefined) {
    return true;
  }
  if (token["close"] !== undefined) {
    return open.length > 1 && open.pop()?.name === token["close"];
  }
  if (token["open"] !== undefined) {
    const child: Mutable = { name: token["open"], text: "", children: [] };
    top.children.push(child);
    if (token["empty"] === "") {
      open.push(child);
    }
    return open.length <= maxDepth;
  }
  const text = unescape(token["text"] ?? "");
  if (text !== undefined) {
    top.text += text;
  }
  return text !== undefined;
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescape(text: string): string | undefined {
  const parts = text.split(/&([^;&]{0,10});/);
  const plain = parts.map((part, index) => (index % 2 === 0 ? part : reference(part)));
  const known = parts.every((part, index) => index % 2 === 1 || !part.includes("&"));
  return known && !plain.includes(undefined) ? plain.join("") : undefined;
}

function reference(name: string): string | undefined {
  const number = /^#(?:x([0-9a-f]+)|([0-9]+))$/i.exec(name);
  if (!number) {
    return Object.hasOwn(entities, name) ? entities[name] : undefined;
  }
  const code = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
  const real = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return real ? String.fromCodePoint(code) : undefined;
}
