import type { Dialect } from "./dialects.ts";
import { compileRule, reserved } from "./expression.ts";
import { type EventField, fieldsOf, haveCommonPlace } from "./fields.ts";
import { isObject } from "../../base/checks.ts";
import { PatternError, type Rule } from "./rule.ts";

export type Matches = (event: unknown) => boolean;

/** The rules of each path. Every path must match. */
type Branch = ReadonlyMap<string, readonly Rule[]>;

interface Position {
  readonly path: string;
  readonly inOr: boolean;
  readonly dialect: Dialect;
}

/** The maximum number of `$or` combinations. */
const MAX_BRANCHES = 1000;

/** Compiles an event pattern of a service. Throws `PatternError` with AWS's reason. */
export function compilePattern(pattern: unknown, dialect: Dialect): Matches {
  if (!isObject(pattern)) {
    throw new PatternError("Filter is not an object");
  }
  const branches = addObject([new Map()], pattern, { path: "", inOr: false, dialect });
  return (event) => {
    const fields = fieldsOf(event);
    return branches.some((branch) => matches(branch, (path) => fields.get(path) ?? []));
  };
}

function matches(branch: Branch, fieldsAt: (path: string) => readonly EventField[]): boolean {
  const choices: EventField[][] = [];
  for (const [path, rules] of branch) {
    const fields = fieldsAt(path);
    if (fields.length === 0 && rules.some(({ absent }) => absent)) {
      continue;
    }
    choices.push(fields.filter(({ value }) => rules.some(({ holds }) => holds(value))));
  }
  return haveCommonPlace(choices);
}

function addObject(branches: readonly Branch[], pattern: object, position: Position): Branch[] {
  const entries = Object.entries(pattern);
  if (entries.length === 0) {
    throw new PatternError("Empty objects are not allowed");
  }
  return entries.reduce<Branch[]>(
    (before, [name, value]) => addKey(before, name, value, position),
    [...branches],
  );
}

function addKey(branches: Branch[], name: string, value: unknown, position: Position): Branch[] {
  if (name === "$or") {
    return addAlternatives(branches, value, position);
  }
  if (position.inOr && reserved.has(name)) {
    throw new PatternError(`${name} is Ruler reserved fieldName which cannot be used inside $or.`);
  }
  const path = position.path === "" ? name : `${position.path}.${name}`;
  if (isObject(value)) {
    return addObject(branches, value, { ...position, path });
  }
  if (!Array.isArray(value)) {
    throw new PatternError(`"${name}" must be an object or an array`);
  }
  if (value.length === 0) {
    throw new PatternError("Empty arrays are not allowed");
  }
  const rules = value.map((rule) => compileRule(rule, position.dialect));
  return branches.map((branch) => new Map([...branch, [path, rules]]));
}

function addAlternatives(branches: readonly Branch[], value: unknown, position: Position): Branch[] {
  if (!Array.isArray(value)) {
    throw new PatternError("It must be an Array followed with $or.");
  }
  const combined = value.flatMap((each) => {
    if (!isObject(each)) {
      throw new PatternError("Only JSON object is allowed in array of $or relationship.");
    }
    return addObject(branches, each, { ...position, inOr: true });
  });
  if (value.length < 2) {
    throw new PatternError("There must have at least 2 Objects in $or relationship.");
  }
  if (combined.length > MAX_BRANCHES) {
    throw new PatternError(`$or makes more than ${MAX_BRANCHES} combinations`);
  }
  return combined;
}
