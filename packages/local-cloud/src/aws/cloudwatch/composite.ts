import { AwsError } from "../../base/service.ts";
import type { State } from "./alarm.ts";

/** Whether a composite alarm is on, by the states of others. */
export type Rule = (stateOf: (alarm: string) => State) => boolean;

/**
 * Compiles the rule of a composite alarm: ALARM, OK, INSUFFICIENT_DATA, TRUE, FALSE, AND, OR, NOT, parentheses. Throws
 * an `AwsError`. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 */
export function compileRule(text: string): Rule {
  const tokens = text.match(/"[^"]*"|[\w.:/-]+|\S/g) ?? [];
  const unexpected = () =>
    new AwsError("ValidationError", `The alarm rule is not valid at ${tokens[0] ?? "its end"}`);
  const take = (token: string): void => {
    if (tokens.shift() !== token) {
      throw unexpected();
    }
  };
  const some = (): Rule => joined("OR", () => joined("AND", operand));
  const joined = (word: string, next: () => Rule): Rule => {
    const rules = [next()];
    while (tokens[0] === word) {
      tokens.shift();
      rules.push(next());
    }
    return (stateOf) =>
      word === "OR" ? rules.some((rule) => rule(stateOf)) : rules.every((rule) => rule(stateOf));
  };
  const operand = (): Rule => {
    const token = tokens.shift();
    if (token === "NOT") {
      const inner = operand();
      return (stateOf) => !inner(stateOf);
    }
    if (token === "(") {
      const inner = some();
      take(")");
      return inner;
    }
    if (token === "TRUE" || token === "FALSE") {
      return () => token === "TRUE";
    }
    if (token !== "ALARM" && token !== "OK" && token !== "INSUFFICIENT_DATA") {
      throw unexpected();
    }
    take("(");
    const name = (tokens.shift() ?? "").replaceAll('"', "").replace(/^arn:.*:alarm:/, "");
    take(")");
    return (stateOf) => stateOf(name) === token;
  };
  const rule = some();
  if (tokens.length > 0) {
    throw unexpected();
  }
  return rule;
}
