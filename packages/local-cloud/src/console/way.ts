import type { Call } from "../record/index.ts";

/** A call in the order of its time, with how many calls it is inside of. */
export interface Step extends Call {
  readonly depth: number;
}

/**
 * The calls that mention a text, such as an object's id, with the calls and runs that made them. A call that failed
 * inside of one of them belongs to it too.
 */
export function wayOf(calls: readonly Call[], text: string): readonly Step[] {
  const byId = new Map(calls.map((call) => [call.id, call]));
  const kept = new Set<number>();
  const keep = (call: Call | undefined): void => {
    if (call && !kept.has(call.id)) {
      kept.add(call.id);
      keep(call.parent === undefined ? undefined : byId.get(call.parent));
    }
  };
  calls.filter((call) => mentions(call, text)).forEach(keep);
  calls.filter(({ error, parent }) => error && parent !== undefined && kept.has(parent)).forEach(keep);
  return inOrder(calls.filter(({ id }) => kept.has(id)));
}

/** The call with what it made, and all of the request or run that it is part of. */
export function wayOfCall(calls: readonly Call[], id: number): readonly Step[] {
  const byId = new Map(calls.map((call) => [call.id, call]));
  const rootOf = (call: Call): Call => {
    const parent = call.parent === undefined ? undefined : byId.get(call.parent);
    return parent ? rootOf(parent) : call;
  };
  const call = byId.get(id);
  const root = call && rootOf(call);
  return root ? inOrder(calls.filter((each) => rootOf(each) === root)) : [];
}

function mentions({ input, resource, error, lines }: Call, text: string): boolean {
  return (
    input.includes(text) ||
    resource.includes(text) ||
    error?.message.includes(text) === true ||
    lines.some((line) => line.includes(text))
  );
}

/** Each call before those that it made, and otherwise by time. */
function inOrder(calls: readonly Call[]): readonly Step[] {
  const ids = new Set(calls.map(({ id }) => id));
  const below = (parent: number | undefined, depth: number): Step[] =>
    calls
      .filter(
        (call) => (call.parent !== undefined && ids.has(call.parent) ? call.parent : undefined) === parent,
      )
      .sort((one, other) => one.at - other.at || one.id - other.id)
      .flatMap((call) => [{ ...call, depth }, ...below(call.id, depth + 1)]);
  return below(undefined, 0);
}
