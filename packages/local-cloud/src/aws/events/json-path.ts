/** A wildcard: each element of a list, or each member of an object. */
const every = Symbol("*");

type Step = string | number | typeof every;

/** Names of members and indexes of lists, from the root. */
export type Path = readonly Step[];

/**
 * Parses a JSON path of a rule: `$.detail.items[0].name`, `$.detail.items[*].name`, `$['detail-type']`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 *
 * @throws a plain `Error` for any other text.
 */
export function parsePath(text: string): Path {
  const steps: Step[] = [];
  const step = /\.([\w/-]+)|\[(\d+)\]|\['([^']+)'\]|(?:\.\*|\[\*\])/y;
  if (!text.startsWith("$")) {
    throw new Error(`${text} is not a JSON path: it must begin with $.`);
  }
  let at = 1;
  while (at < text.length) {
    step.lastIndex = at;
    const found = step.exec(text);
    if (found === null) {
      throw new Error(
        `${text} is not a JSON path that is supported locally: names, places in lists and wildcards are.`,
      );
    }
    const [all, name, index, quoted] = found;
    steps.push(name ?? quoted ?? (index === undefined ? every : Number(index)));
    at += all.length;
  }
  return steps;
}

/** The value at the path, or undefined if there is none. With a wildcard: all values at it, in a list. */
export function followPath(path: Path, value: unknown): unknown {
  const found = path.reduce<readonly unknown[]>(
    (all, step) => all.flatMap((inside) => within(inside, step)),
    [value],
  );
  return path.includes(every) ? found : found[0];
}

function within(inside: unknown, step: Step): readonly unknown[] {
  if (typeof inside !== "object" || inside === null) {
    return [];
  }
  if (step === every) {
    return Object.values(inside);
  }
  return Array.isArray(inside) === (typeof step === "number") && Object.hasOwn(inside, step)
    ? [(inside as Record<string | number, unknown>)[step]]
    : [];
}
