import type { EngineNames } from "./provision.ts";
import type { Table } from "./tables.ts";

/** The engine's description of a table with the declared ARNs, stream label and view type in place of the engine's. */
export function describeAsDeclared(
  description: Record<string, unknown>,
  table: Table,
  names: EngineNames,
): Record<string, unknown> {
  const declared: Readonly<Record<string, string | undefined>> = {
    LatestStreamLabel: table.streamLabel,
    StreamViewType: table.streamViewType,
  };
  const replace = (value: unknown): unknown => {
    if (typeof value === "string") {
      return declaredArn(value, table, names);
    }
    if (Array.isArray(value)) {
      return value.map(replace);
    }
    return typeof value === "object" && value !== null ? replaceIn(value) : value;
  };
  const replaceIn = (object: object): Record<string, unknown> =>
    Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, declared[key] ?? replace(inner)]));
  return replaceIn(description);
}

function declaredArn(text: string, table: Table, { tableArn, streamArn }: EngineNames): string | undefined {
  if (text === streamArn) {
    return table.streamArn;
  }
  return text === tableArn || text.startsWith(`${tableArn}/`)
    ? table.arn + text.slice(tableArn.length)
    : text;
}
