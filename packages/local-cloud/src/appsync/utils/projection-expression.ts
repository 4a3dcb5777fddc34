import { UtilityFault } from "./signals.ts";

/**
 * A list of attribute paths as a projection. Each distinct segment gets one name. A list index stays as written
 * (`nested.list[1]`). Undefined without paths.
 */
export function projectionExpression(
  paths: unknown,
): { expression: string; expressionNames: Record<string, string> } | undefined {
  if (paths === undefined || paths === null) {
    return undefined;
  }
  if (!Array.isArray(paths)) {
    throw new UtilityFault("projection must be a list of attribute paths");
  }
  if (paths.length === 0) {
    return undefined;
  }
  const names = new Map<string, string>();
  const name = (segment: string) => {
    const [, attribute = segment, indexes = ""] = /^(.*?)((?:\[\d+\])*)$/su.exec(segment) ?? [];
    const known = names.get(attribute) ?? `#expName_${names.size + 1}`;
    names.set(attribute, known);
    return known + indexes;
  };
  const expression = paths.map((path) => String(path).split(".").map(name).join(".")).join(", ");
  return {
    expression,
    expressionNames: Object.fromEntries(
      [...names].map(([attribute, placeholder]) => [placeholder, attribute]),
    ),
  };
}
