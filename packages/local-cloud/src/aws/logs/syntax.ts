import { AwsError } from "../../base/service.ts";

/** Whether a line of a log matches a filter pattern. */
export type Filter = (line: string) => boolean;

export const invalidPattern = (why: string): AwsError =>
  new AwsError("InvalidParameterException", `Invalid filter pattern: ${why}`);

/** The text between double quotes, in which `\` escapes a quote and itself. */
export const unescaped = (quoted: string): string => quoted.replaceAll(/\\(["\\])/g, "$1");
