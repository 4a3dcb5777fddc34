import type { Instrumented } from "./instrument.ts";

/** An uncaught fault in AppSync's words: `code.js:162:13: ReferenceError: ...`, with its place in the deployed code. */
export function faultMessage(thrown: unknown, file: string, instrumented: Instrumented): string {
  if (typeof thrown !== "object" || thrown === null) {
    return `${file}: ${String(thrown)}`;
  }
  const { name, message, stack } = thrown as { name?: unknown; message?: unknown; stack?: unknown };
  // AWS gives a utility's own fault without a class, only with the place of the call.
  const text = name === "UtilityFault" ? String(message) : `${String(name)}: ${String(message)}`;
  return `${placeOf(stack, file, instrumented)}: ${text}`;
}

/** The first place in the deployed code of a stack of the sandbox: `code.js:162:13`. */
export function placeOf(stack: unknown, file: string, instrumented: Instrumented): string {
  const places = typeof stack === "string" ? stack.split("\n") : [];
  const place = places.find((one) => one.startsWith(`${file}:`));
  if (place === undefined) {
    return file;
  }
  const [line = 0, column = 0] = place
    .slice(file.length + 1)
    .split(":")
    .map(Number);
  return `${file}:${line}:${instrumented.originalColumn(line, column)}`;
}
