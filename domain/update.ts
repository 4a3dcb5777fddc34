/** What an update does to attributes of one row. */
export interface Update {
  set?: Record<string, unknown> | undefined;
  /** Attributes that take another attribute's value as it was before the write. */
  copy?: Record<string, string> | undefined;
  increment?: string[] | undefined;
  remove?: string[] | undefined;
}

/** DynamoDB's words for it; a condition may add its own names and values to the maps. */
export interface UpdateExpression {
  expression: string;
  names: Record<string, string>;
  values: Record<string, unknown>;
}

/** Every attribute stands behind a placeholder of its name, `#name` and `:name`, since DynamoDB reserves many words. */
export function updateExpression({
  set = {},
  copy = {},
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
  const copies = Object.entries(copy).map(([name, source]) => {
    names[`#${name}`] = name;
    names[`#${source}`] = source;
    return `#${name} = #${source}`;
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
  const clauses = [clause("SET", sets.concat(copies)), clause("ADD", adds), clause("REMOVE", removes)];
  return { expression: clauses.filter((text) => text !== "").join(" "), names, values };
}

const clause = (keyword: string, actions: string[]): string =>
  actions.length > 0 ? `${keyword} ${actions.join(", ")}` : "";
