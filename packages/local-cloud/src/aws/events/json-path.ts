/** Names of members and indexes of lists, from the root. */
export type Path = readonly (string | number)[];

/**
 * Parses a JSON path of a rule: `$.detail.items[0].name`, `$['detail-type']`.
 *
 * @throws a plain `Error` for any other text.
 */
export function parsePath(text: string): Path {
  const steps: (string | number)[] = [];
  const step = /\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]/y;
  if (!text.startsWith("$")) {
    throw new Error(`${text} is not a JSON path: it must begin with $.`);
  }
  let at = 1;
  while (at < text.length) {
    step.lastIndex = at;
    const found = step.exec(text);
    if (found === null) {
      throw new Error(`${text} is not a JSON path that is supported locally: names and places in lists are.`);
    }
    const [all, name, index, quoted = ""] = found;
    steps.push(name ?? (index === undefined ? quoted : Number(index)));
    at += all.length;
  }
  return steps;
}

/** The value at the path, or undefined if there is none. */
export function followPath(path: Path, value: unknown): unknown {
  return path.reduce<unknown>((inside, step) => {
    const isInside =
      typeof inside === "object" &&
      inside !== null &&
      Array.isArray(inside) === (typeof step === "number") &&
      Object.hasOwn(inside, step);
    return isInside ? (inside as Record<string | number, unknown>)[step] : undefined;
  }, value);
}
