const max = { entries: 20, depth: 6 };

/**
 * The shape of a value for a log: names and types, without texts and numbers, which may be a user's. AWS does not log
 * the context either (`excludeVerboseContent`).
 */
export function shapeOf(value: unknown, depth = max.depth): unknown {
  if (typeof value === "string") {
    return `<text of ${value.length}>`;
  }
  if (typeof value === "number" || typeof value === "bigint") {
    return "<number>";
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (depth === 0) {
    return "<more>";
  }
  if (Array.isArray(value)) {
    const shown = value.slice(0, max.entries).map((one) => shapeOf(one, depth - 1));
    return value.length > shown.length ? [...shown, `<${value.length - shown.length} more>`] : shown;
  }
  const entries = Object.entries(value);
  const shown = entries
    .slice(0, max.entries)
    .map(([name, one]) => [name.slice(0, 64), shapeOf(one, depth - 1)]);
  const rest = entries.length - shown.length;
  return Object.fromEntries(rest > 0 ? [...shown, ["...", `<${rest} more>`]] : shown);
}
