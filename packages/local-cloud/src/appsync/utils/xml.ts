import { UtilityFault } from "./signals.ts";
import { readXml, type XmlElement } from "./xml-reader.ts";

/** `util.xml`, in the form of Java's org.json.XML, as in the documented example: `<id>1</id>` is `{"id":1}`. */
export const xml = {
  toMap: (source: string): Record<string, unknown> => toMap(source),
  toJsonString(source: string, stringEncode = false): string {
    const json = JSON.stringify(toMap(source));
    return stringEncode ? JSON.stringify(json) : json;
  },
};

function toMap(source: string): Record<string, unknown> {
  if (typeof source !== "string") {
    throw new UtilityFault("util.xml needs text");
  }
  const root = readXml(source);
  return root === undefined ? {} : { [root.name]: value(root) };
}

/** Attributes and children are members. A name with several values is a list. Text beside them is `content`. */
function value(element: XmlElement): unknown {
  if (element.children.length === 0 && element.attributes.length === 0) {
    return scalar(element.text);
  }
  const members = new Map<string, unknown>();
  const add = (name: string, member: unknown) => {
    const former = members.get(name);
    if (!members.has(name)) {
      members.set(name, member);
    } else if (Array.isArray(former)) {
      former.push(member);
    } else {
      members.set(name, [former, member]);
    }
  };
  for (const [name, text] of element.attributes) {
    add(name, scalar(text));
  }
  for (const child of element.children) {
    add(child.name, value(child));
  }
  if (element.text.trim() !== "") {
    add("content", scalar(element.text.trim()));
  }
  return Object.fromEntries(members);
}

function scalar(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === "true" || trimmed === "false") {
    return trimmed === "true";
  }
  if (trimmed === "null") {
    return null;
  }
  // A number with a leading zero, or one that would lose digits, stays text, such as an account number.
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$/u.test(trimmed) ? Number(trimmed) : trimmed;
}
