/** One value of an event. Its path, such as `detail.state`, has no list indexes. */
export interface EventField {
  readonly value: Scalar;
  /** The index of the value in each list that contains it, by the number of the list. */
  readonly places: ReadonlyMap<number, number>;
}

export type Scalar = string | number | boolean | null;

/** The fields of an event by path. A name with dots counts as a path, as on AWS. */
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
 * Whether one field of each choice fits together: fields in the same list must be in the same element. All conditions
 * of a pattern on objects in a list must hold for one of these objects.
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
