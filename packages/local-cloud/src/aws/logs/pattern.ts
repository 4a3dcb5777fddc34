import { compileFields } from "./fields.ts";
import { type Filter, invalidPattern } from "./syntax.ts";
import { compileTerms } from "./terms.ts";

/**
 * Compiles a filter pattern of CloudWatch Logs: terms, or conditions on the fields of JSON. Without a pattern each line
 * matches. Regular expressions and patterns of columns do not run here. Throws `InvalidParameterException`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function compilePattern(pattern: string): Filter {
  const text = pattern.trim();
  if (text === "") {
    return () => true;
  }
  if (text.startsWith("[")) {
    throw invalidPattern("columns in brackets are not supported locally");
  }
  if (!text.startsWith("{")) {
    return compileTerms(text);
  }
  if (!text.endsWith("}")) {
    throw invalidPattern("If a filter pattern starts with '{' it must end with '}'");
  }
  return compileFields(text.slice(1, -1));
}
