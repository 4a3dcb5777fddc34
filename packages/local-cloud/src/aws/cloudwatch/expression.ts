import { AwsError } from "../../base/service.ts";

/** What an expression reads in one period. Undefined: there are no data. */
export interface Scope {
  /** The ids of all metrics. */
  readonly ids: readonly string[];
  value(id: string): number | undefined;
  contributors(rule: string): number | undefined;
}

type Value = number | undefined | readonly (number | undefined)[];
/** Evaluates a compiled expression for one period. */
export type Expression = (scope: Scope) => Value;

/**
 * Compiles CloudWatch's metric math, as far as it looks at one period only: arithmetic, comparisons, IF, FILL with a
 * number, SUM, MIN, MAX, AVG, METRICS(), lists, and INSIGHT_RULE_METRIC with UniqueContributors. Throws an `AwsError`
 * for anything else. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function compileExpression(text: string): (scope: Scope) => number | undefined {
  const parser = new Parser(text);
  const expression = parser.comparison();
  parser.end();
  return (scope) => {
    const value = expression(scope);
    if (typeof value === "object") {
      throw new AwsError("ValidationError", "An alarm takes an expression with one value, not a list");
    }
    return value;
  };
}

class Parser {
  readonly #text: string;
  #tokens: string[];

  constructor(text: string) {
    this.#text = text;
    this.#tokens = text.match(/"[^"]*"|\d+(?:\.\d+)?|\w+|<=|>=|==|!=|\S/g) ?? [];
  }

  comparison(): Expression {
    return this.#binary(["<=", ">=", "==", "!=", "<", ">"], () => this.#sum());
  }

  end(): void {
    if (this.#tokens.length > 0) {
      throw this.#unexpected();
    }
  }

  #sum(): Expression {
    return this.#binary(["+", "-"], () => this.#product());
  }

  #product(): Expression {
    return this.#binary(["*", "/"], () => this.#operand());
  }

  #binary(operators: readonly string[], next: () => Expression): Expression {
    let left = next();
    while (operators.includes(this.#tokens[0] ?? "")) {
      const operator = this.#tokens.shift() ?? "";
      left = applied(operator, left, next());
    }
    return left;
  }

  #operand(): Expression {
    const token = this.#tokens.shift() ?? "";
    if (token === "(") {
      const inner = this.comparison();
      this.#expect(")");
      return inner;
    }
    if (token === "[") {
      const items = this.#list("]");
      return (scope) => items.map((item) => item(scope) as number | undefined);
    }
    if (/^\d/.test(token)) {
      return () => Number(token);
    }
    if (/^[a-z]\w*$/.test(token)) {
      return (scope) => scope.value(token);
    }
    if (/^[A-Z_]+$/.test(token) && this.#tokens[0] === "(") {
      this.#tokens.shift();
      return this.#call(token);
    }
    this.#tokens.unshift(token);
    throw this.#unexpected();
  }

  #call(name: string): Expression {
    if (name === "INSIGHT_RULE_METRIC") {
      const [rule = "", , metric, close] = this.#tokens.splice(0, 4);
      if (metric !== '"UniqueContributors"' || close !== ")") {
        throw this.#unexpected();
      }
      return (scope) => scope.contributors(rule.slice(1, -1));
    }
    const call = functions[name];
    const items = this.#list(")");
    if (!call) {
      throw this.#unexpected(name);
    }
    return (scope) => call(items, scope);
  }

  #list(close: string): Expression[] {
    const items: Expression[] = [];
    while (this.#tokens[0] !== close) {
      items.push(this.comparison());
      if (this.#tokens[0] !== close) {
        this.#expect(",");
      }
    }
    this.#tokens.shift();
    return items;
  }

  #expect(token: string): void {
    if (this.#tokens[0] !== token) {
      throw this.#unexpected();
    }
    this.#tokens.shift();
  }

  #unexpected(what = this.#tokens[0] ?? "its end"): AwsError {
    return new AwsError(
      "ValidationError",
      `The expression ${this.#text} is not supported locally at ${what}`,
    );
  }
}

const operations: Readonly<Record<string, (one: number, other: number) => number>> = {
  "+": (one, other) => one + other,
  "-": (one, other) => one - other,
  "*": (one, other) => one * other,
  "/": (one, other) => one / other,
  "<": (one, other) => Number(one < other),
  ">": (one, other) => Number(one > other),
  "<=": (one, other) => Number(one <= other),
  ">=": (one, other) => Number(one >= other),
  "==": (one, other) => Number(one === other),
  "!=": (one, other) => Number(one !== other),
};

/** Without data on one side there are none in the result, nor after a division by zero. */
const applied =
  (operator: string, left: Expression, right: Expression): Expression =>
  (scope) => {
    const [one, other] = [left(scope), right(scope)];
    const result =
      typeof one === "number" && typeof other === "number" ? operations[operator]?.(one, other) : undefined;
    return Number.isFinite(result) ? result : undefined;
  };

const present = (items: readonly Expression[], scope: Scope): number[] =>
  items.flatMap((item) => item(scope) ?? []).filter((value) => value !== undefined);

const fill = (value: number | undefined, by: Value): number | undefined =>
  value ?? (by as number | undefined);

const functions: Readonly<Record<string, (items: readonly Expression[], scope: Scope) => Value>> = {
  METRICS: (_, scope) => scope.ids.map((id) => scope.value(id)),
  FILL([what, by], scope) {
    const [value, filler] = [what?.(scope), by?.(scope)];
    return typeof value === "object" ? value.map((one) => fill(one, filler)) : fill(value, filler);
  },
  IF([condition, then, otherwise], scope) {
    const holds = condition?.(scope);
    return holds === undefined ? undefined : (holds === 0 ? otherwise : then)?.(scope);
  },
  SUM: (items, scope) => reduced(items, scope, (values) => values.reduce((sum, value) => sum + value, 0)),
  MAX: (items, scope) => reduced(items, scope, (values) => Math.max(...values)),
  MIN: (items, scope) => reduced(items, scope, (values) => Math.min(...values)),
  AVG: (items, scope) =>
    reduced(items, scope, (values) => values.reduce((sum, value) => sum + value, 0) / values.length),
};

function reduced(
  items: readonly Expression[],
  scope: Scope,
  reduce: (values: readonly number[]) => number,
): number | undefined {
  const values = present(items, scope);
  return values.length === 0 ? undefined : reduce(values);
}
