import { ask, DarkroomError, type Endpoint } from "./api.ts";

/** One query or mutation. `variables` may be left out if none is required. */
export interface Operation<Variables extends object, Result, Include extends object = object> {
  (
    endpoint: Endpoint,
    ...given: object extends Variables
      ? [variables?: Variables, options?: OperationOptions<Include>]
      : [variables: Variables, options?: OperationOptions<Include>]
  ): Promise<Result>;
  /** The field of the schema. */
  readonly operationName: string;
}

export interface OperationOptions<Include extends object = object> {
  /** Fields that are read only if they are named: `true`, or their arguments. */
  readonly include?: Include | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** GraphQL types by names of variables. */
type VariableTypes = Readonly<Record<string, string>>;

interface Extra {
  readonly arguments: VariableTypes;
  /** Of an object's fields. */
  readonly selection: string;
}

interface Plan {
  readonly kind: "query" | "mutation";
  readonly name: string;
  readonly variables: VariableTypes;
  /** `*Asset` marks the place of the extras of assets. */
  readonly selection: string;
  /** By the type's name and the field's. */
  readonly extras?: Readonly<Record<string, Readonly<Record<string, Extra>>>>;
}

/** Makes the function of one operation. Its promise rejects with `DarkroomError` for errors in the answer. */
export function operation<Variables extends object, Result, Include extends object>(
  plan: Plan,
): Operation<Variables, Result, Include> {
  const run = async (
    endpoint: Endpoint,
    variables: object = {},
    { include, signal }: OperationOptions = {},
  ): Promise<Result> => {
    const { query, values } = write(plan, variables, include ?? {});
    const data = await ask<Record<string, Result>>(endpoint, query, values, signal);
    return data[plan.name] as Result;
  };
  return Object.assign(run, { operationName: plan.name });
}

function write(plan: Plan, variables: object, include: object): { query: string; values: object } {
  const { kind, name, extras = {} } = plan;
  const types: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  /** Passes what was given, so that the API's own defaults hold for the rest. */
  const pass = (known: VariableTypes, given: object, prefix = ""): string => {
    const entries = Object.entries(given).filter(([, value]) => value !== undefined);
    const texts = entries.map(([key, value]: [string, unknown]) => {
      const type = known[key];
      if (type === undefined) {
        throw new DarkroomError("UnknownArgument", `${prefix}${key} is not an argument of ${name}`);
      }
      types[`${prefix}${key}`] = type;
      values[`${prefix}${key}`] = value;
      return `${key}: $${prefix}${key}`;
    });
    return texts.length > 0 ? `(${texts.join(", ")})` : "";
  };
  const field = `${name}${pass(plan.variables, variables)}`;
  const selection = plan.selection.replaceAll(/\*(\w+)/g, (_, type: string) =>
    Object.entries(extras[type] ?? {})
      .map(([extra, { arguments: known, selection: inner }]) => {
        const asked: unknown = (include as Record<string, unknown>)[extra];
        if (asked === undefined || asked === false) {
          return "";
        }
        return `${extra}${pass(known, asked === true ? {} : (asked as object), `${extra}_`)}${braces(inner)}`;
      })
      .join(" "),
  );
  const declared = Object.entries(types).map(([key, type]) => `$${key}: ${type}`);
  const head = declared.length > 0 ? `(${declared.join(", ")})` : "";
  return { query: `${kind} ${name}${head} { ${field}${braces(selection)} }`, values };
}

const braces = (selection: string): string => (selection ? ` { ${selection} }` : "");
