/**
 * Event filtering, as event source mappings have it:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */

export type Matches = (value: unknown) => boolean;

/** Compiles one pattern. Throws a plain Error that names the key or rule it does not know. */
export function compilePattern(pattern: unknown, path = ""): Matches {
  if (!isObject(pattern)) {
    throw new Error(`${path || "pattern"} must be an object`);
  }
  const tests = Object.entries(pattern).map(([key, rule]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return key === "$or" ? anyOf(rule, at, path) : compileKey(key, rule, at);
  });
  return (value) => isObject(value) && tests.every((test) => test(value));
}

/** A key's rule: alternatives for a leaf, or a pattern for what lies deeper. */
function compileKey(key: string, rule: unknown, path: string): Matches {
  if (Array.isArray(rule)) {
    const leaf = compileLeaf(rule, path);
    return (value) => leaf(own(value, key));
  }
  const deeper = compilePattern(rule, path);
  // With nothing there, only `exists: false` further down can still hold.
  return (value) => elements(own(value, key)).some((each) => deeper(isObject(each) ? each : {}));
}

function anyOf(rule: unknown, path: string, parent: string): Matches {
  if (!Array.isArray(rule) || rule.length === 0) {
    throw new Error(`${path} must be a list of patterns`);
  }
  const alternatives = rule.map((each) => compilePattern(each, parent));
  return (value) => alternatives.some((matches) => matches(value));
}

function compileLeaf(rules: readonly unknown[], path: string): Matches {
  if (rules.length === 0) {
    throw new Error(`${path} has no rule`);
  }
  const tests = rules.map((rule) => compileRule(rule, path));
  return (value) => elements(value).some((each) => tests.some((test) => test(each)));
}

type Scalar = string | number | boolean | null;

function compileRule(rule: unknown, path: string): Matches {
  if (isScalar(rule)) {
    return (value) => value === rule;
  }
  const [entry, ...more] = isObject(rule) ? Object.entries(rule) : [];
  if (!entry || more.length > 0) {
    throw new Error(`${path}: a rule is a value or an object of one operator`);
  }
  const [operator, operand] = entry;
  switch (operator) {
    case "exists":
      if (typeof operand !== "boolean") {
        throw new Error(`${path}: exists takes true or false`);
      }
      return (value) => isScalar(value) === operand;
    case "anything-but": {
      const excluded = excludedBy(operand, path);
      return (value) => isScalar(value) && !excluded(value);
    }
    case "numeric":
      return numeric(operand, path);
    default:
      return textual(operator, operand, path);
  }
}

function textual(operator: string, operand: unknown, path: string): Matches {
  if (typeof operand !== "string") {
    throw new Error(`${path}: ${operator} is unknown, or takes a string`);
  }
  switch (operator) {
    case "prefix":
      return (value) => typeof value === "string" && value.startsWith(operand);
    case "suffix":
      return (value) => typeof value === "string" && value.endsWith(operand);
    case "equals-ignore-case":
      return (value) => typeof value === "string" && value.toLowerCase() === operand.toLowerCase();
    default:
      throw new Error(`${path}: operator ${operator} is unknown`);
  }
}

/** What `anything-but` excludes: values, or one textual rule. */
function excludedBy(operand: unknown, path: string): Matches {
  if (isObject(operand)) {
    if (Object.keys(operand).some((key) => key !== "prefix" && key !== "suffix")) {
      throw new Error(`${path}: anything-but takes values, prefix or suffix`);
    }
    return compileRule(operand, path);
  }
  const values: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (values.length === 0 || !values.every(isScalar)) {
    throw new Error(`${path}: anything-but takes values`);
  }
  return (value) => values.some((each) => each === value);
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

function numeric(operand: unknown, path: string): Matches {
  const list: readonly unknown[] = Array.isArray(operand) ? operand : [];
  if (list.length !== 2 && list.length !== 4) {
    throw new Error(`${path}: numeric takes one or two comparisons`);
  }
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < list.length; index += 2) {
    const compare = COMPARISONS[String(list[index])];
    const bound = list[index + 1];
    if (!compare || typeof bound !== "number") {
      throw new Error(`${path}: numeric takes pairs such as [">=", 10]`);
    }
    tests.push((value) => compare(value, bound));
  }
  return (value) => typeof value === "number" && tests.every((test) => test(value));
}

/** A list matches if any of its elements does. An empty one is as if it were not there. */
function elements(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) {
    return [value];
  }
  return value.length === 0 ? [undefined] : value;
}

function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}
