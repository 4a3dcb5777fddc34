/** True for an object that is not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Throws a `TypeError` that names `where`, unless the value is valid. */
export type Check = (value: unknown, where: string) => void;

/** An object that has these fields only. */
export function object(fields: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  return (value, where) => {
    expectObject(value, where);
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    for (const [name, inner] of entries) {
      const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (!check) {
        throw new TypeError(
          `${where}.${name} is not a setting; the settings are ${Object.keys(fields).join(", ")}`,
        );
      }
      check(inner, `${where}.${name}`);
    }
    const missing = required.find((name) => !entries.some(([given]) => given === name));
    if (missing !== undefined) {
      throw new TypeError(`${where}.${missing} is missing`);
    }
  };
}

/** A list in which each element passes the check. */
export function listOf(check: Check): Check {
  return (value, where) => {
    expect(Array.isArray(value), where, "a list", value);
    (value as unknown[]).forEach((each, index) => check(each, `${where}[${index}]`));
  };
}

/** A map in which each value passes the check. */
export function mapOf(check: Check): Check {
  return (value, where) => {
    expectObject(value, where);
    for (const [name, inner] of Object.entries(value)) {
      check(inner, `${where}.${name}`);
    }
  };
}

export function text(pattern: RegExp, what: string): Check {
  return (value, where) => expect(typeof value === "string" && pattern.test(value), where, what, value);
}

export function numeric(what: string, holds: (value: number) => boolean): Check {
  return (value, where) => expect(typeof value === "number" && holds(value), where, what, value);
}

export const flag: Check = (value, where) =>
  expect(typeof value === "boolean", where, "true or false", value);

function expectObject(value: unknown, where: string): asserts value is object {
  expect(isObject(value), where, "an object", value);
}

function expect(holds: boolean, where: string, what: string, value: unknown): void {
  if (!holds) {
    throw new TypeError(`${where} must be ${what}, not ${JSON.stringify(value)}`);
  }
}
