import type { AnyNode } from "acorn";

import type { Checked } from "./check.ts";
import { walk } from "./nodes.ts";
import { sourcePlace } from "./source-map.ts";

/** What AWS takes, and does otherwise than JavaScript: said when the code loads, since nothing says so when it runs. */
export function warningsOf({ program }: Checked, code: string, name: string): readonly string[] {
  const warnings: string[] = [];
  walk(program, (node) => {
    const what = warningOf(node);
    if (what === undefined || node.loc == null) return;
    const { line, column } = node.loc.start;
    const place = sourcePlace(code, line, column + 1) ?? `${name}:${line}:${column + 1}`;
    warnings.push(`${place}: ${what}`);
  });
  return warnings;
}

function warningOf(node: AnyNode): string | undefined {
  if (node.type === "SwitchStatement" && node.discriminant.type === "ChainExpression")
    return "a switch over an optional chain takes the default, whatever its value, as on AWS; put the value into a variable first";
  return undefined;
}
