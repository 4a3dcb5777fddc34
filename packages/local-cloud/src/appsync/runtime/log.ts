/** A line of the log in EvaluateCode's form: `INFO - code.js:13:5: "This request is allowed"`. */
export function logLine(level: string, place: string, args: readonly unknown[]): string {
  const where = place === "" ? "code.js" : `code.js:${place}`;
  const words = args.map((value) => (value === undefined ? "undefined" : JSON.stringify(value)));
  return `${LEVELS[level] ?? "INFO"} - ${where}: ${words.join(" ")}`;
}

const LEVELS: Readonly<Record<string, string>> = { error: "ERROR", debug: "DEBUG" };
