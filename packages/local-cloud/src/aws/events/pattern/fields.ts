/** One value of an event by its path, such as `detail.state`. Lists have no place in a path. */
export interface EventField {
  readonly value: Scalar;
  /** The element of each list of objects that the value lies in, by a number of the list. */
  readonly places: ReadonlyMap<number, number>;
}

export type Scalar = string | number | boolean | null;

/** The fields of an event by path. A name with dots is the path that it spells, as for AWS. */
export type EventFields = ReadonlyMap<string, readonly EventField[]>;

export function fieldsOf(event: unknown): EventFields {
  const fields = new Map<string, EventField[]>();
  let lists = 0;
  const visit = (value: unknown, path: string, places: EventField["places"]): void => {
    if (Array.isArray(value)) {
      const list = lists++;
      for (const [index, element] of value.entries()) {
        visit(element, path, new Map([...places, [list, index]]));
      }
    } else if (typeof value === "object" && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        visit(inner, path === "" ? name : `${path}.${name}`, places);
      }
    } else {
      const field = { value: value as Scalar, places };
      const known = fields.get(path);
      if (known === undefined) {
        fields.set(path, [field]);
      } else {
        known.push(field);
      }
    }
  };
  visit(event, "", new Map());
  return fields;
}

/**
 * Whether one field can be chosen of each list such that all fields that lie in the same list lie in the same element:
 * what a pattern says of an object in a list must hold for one of its objects.
 */
export function haveCommonPlace(
  choices: readonly (readonly EventField[])[],
  chosen: EventField["places"] = new Map(),
): boolean {
  const [first, ...rest] = choices;
  if (first === undefined) {
    return true;
  }
  return first.some(
    ({ places }) =>
      [...places].every(([list, index]) => (chosen.get(list) ?? index) === index) &&
      haveCommonPlace(rest, new Map([...chosen, ...places])),
  );
}
