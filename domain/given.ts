/** The fields of an input that have a value, in the order of `names`. The caller's order does not matter. */
export const givenOf = <Name extends string>(
  input: { [name in Name]?: unknown },
  names: Name[],
): [Name, unknown][] =>
  names
    .filter((name) => input[name] !== null && input[name] !== undefined)
    .map((name): [Name, unknown] => [name, input[name]]);
