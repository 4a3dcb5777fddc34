/** Changes of the attributes of one row. */
export interface Update {
  set?: Record<string, unknown> | undefined;
  /** Members to set in attributes that are maps. The map must exist. */
  setIn?: Record<string, Record<string, unknown>> | undefined;
  /** Attributes that get the value that another attribute had before the write. */
  copy?: Record<string, string> | undefined;
  /** Items to add at the end of lists. */
  append?: Record<string, unknown[]> | undefined;
  /** Numbers to increase by one. */
  increment?: string[] | undefined;
  remove?: string[] | undefined;
}

/** An update expression with its placeholders. A condition may add its own names and values to the maps. */
export interface UpdateExpression {
  expression: string;
  names: Record<string, string>;
  values: Record<string, unknown>;
}

/** Each attribute has placeholders with its own name, `#name` and `:name`, because DynamoDB reserves many words. */
export function updateExpression({
  set = {},
  setIn = {},
  copy = {},
  append = {},
  increment = [],
  remove = [],
}: Update): UpdateExpression {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const sets = Object.entries(set).map(([name, value]) => {
    names[`#${name}`] = name;
    values[`:${name}`] = value;
    return `#${name} = :${name}`;
  });
  const members = Object.entries(setIn).flatMap(([map, entries]) => {
    names[`#${map}`] = map;
    return Object.entries(entries).map(([key, value], index) => {
      // A key may be any text, a placeholder only letters and digits.
      names[`#${map}${index}`] = key;
      values[`:${map}${index}`] = value;
      return `#${map}.#${map}${index} = :${map}${index}`;
    });
  });
  const copies = Object.entries(copy).map(([name, source]) => {
    names[`#${name}`] = name;
    names[`#${source}`] = source;
    return `#${name} = #${source}`;
  });
  const appends = Object.entries(append).map(([name, items]) => {
    names[`#${name}`] = name;
    values[`:${name}`] = items;
    return `#${name} = list_append(#${name}, :${name})`;
  });
  const adds = increment.map((name) => {
    names[`#${name}`] = name;
    values[":one"] = 1;
    return `#${name} :one`;
  });
  const removes = remove.map((name) => {
    names[`#${name}`] = name;
    return `#${name}`;
  });
  const clauses = [
    clause("SET", sets.concat(members).concat(copies).concat(appends)),
    clause("ADD", adds),
    clause("REMOVE", removes),
  ];
  return { expression: clauses.filter((text) => text !== "").join(" "), names, values };
}

const clause = (keyword: string, actions: string[]): string =>
  actions.length > 0 ? `${keyword} ${actions.join(", ")}` : "";
