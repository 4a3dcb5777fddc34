/** `<name>text</name>`, escaped. */
export function element(name: string, text: string | number | boolean): string {
  return `<${name}>${escape(String(text))}</${name}>`;
}

/** `<name>` around elements that are already XML. */
export function group(name: string, elements: readonly string[]): string {
  return `<${name}>${elements.join("")}</${name}>`;
}

/**
 * AWS writes characters that XML 1.0 does not allow, such as U+0001 in the key of an object, as references, and a
 * carriage return, which readers would turn into a line feed. Older SDKs understand `&#xD;`, but no other reference.
 */
function escape(text: string): string {
  return text.replace(
    /[&<>"\u0000-\u0008\u000b-\u001f\u007f\ufffe\uffff]/g,
    (character) => named[character] ?? `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`,
  );
}

const named: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
