import type { AnyNode } from "acorn";

import type { Checked } from "./check.ts";
import { walk } from "./nodes.ts";
import { sourcePlace } from "./source-map.ts";

/** Code that AWS accepts but runs otherwise than JavaScript does. Reported at load, since nothing reports it at run time. */
export function warningsOf({ program }: Checked, code: string, name: string): readonly string[] {
  const warnings: string[] = [];
  walk(program, (node) => {
    const what = warningOf(node);
    if (what === undefined || node.loc == null) {
      return;
    }
    const { line, column } = node.loc.start;
    const place = sourcePlace(code, line, column + 1) ?? `${name}:${line}:${column + 1}`;
    warnings.push(`${place}: ${what}`);
  });
  return warnings;
}

function warningOf(node: AnyNode): string | undefined {
  if (node.type === "SwitchStatement" && node.discriminant.type === "ChainExpression") {
    return "a switch over an optional chain takes the default, whatever its value, as on AWS; put the value into a variable first";
  }
  if (
    node.type === "CallExpression" &&
    isEarlyReturn(node.callee) &&
    node.arguments.slice(0, 1).every(isNothing)
  ) {
    return "runtime.earlyReturn without a value gives null here; AWS was reported to fail (aws/aws-appsync-community#280)";
  }
  return undefined;
}

const isEarlyReturn = (callee: AnyNode): boolean =>
  callee.type === "MemberExpression" &&
  callee.property.type === "Identifier" &&
  callee.property.name === "earlyReturn";

/** `null` and `undefined`, also as esbuild writes it: `void 0`. */
const isNothing = (node: AnyNode): boolean =>
  (node.type === "Literal" && node.raw === "null") ||
  (node.type === "Identifier" && node.name === "undefined") ||
  (node.type === "UnaryExpression" && node.operator === "void");
