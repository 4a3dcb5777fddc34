import type { Instrumented } from "./instrument.ts";

/** An uncaught fault as AppSync words it: `code.js:162:13: ReferenceError: ...`, at its place in the deployed code. */
export function faultMessage(thrown: unknown, file: string, instrumented: Instrumented): string {
  if (typeof thrown !== "object" || thrown === null) return `${file}: ${String(thrown)}`;
  const { name, message, stack } = thrown as { name?: unknown; message?: unknown; stack?: unknown };
  // A utility's own fault carries no class on AWS, only where it was called.
  const told = name === "UtilityFault" ? String(message) : `${String(name)}: ${String(message)}`;
  const frames =
    typeof stack === "string" ? stack.split("\n").filter((line) => line.startsWith("    at ")) : [];
  for (const frame of frames) {
    const found = new RegExp(`\\b${file.replaceAll(".", "\\.")}:(\\d+):(\\d+)\\)?$`, "u").exec(frame);
    if (found === null) continue;
    const line = Number(found[1]);
    return `${file}:${line}:${instrumented.originalColumn(line, Number(found[2]))}: ${told}`;
  }
  return `${file}: ${told}`;
}
