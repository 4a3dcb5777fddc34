import type { Meter } from "../../base/meter.ts";
import type { FunctionConfiguration } from "./configuration.ts";

/** https://aws.amazon.com/lambda/pricing/: memory for each millisecond begun, a cold start's too. */
export function countRun(
  meter: Meter,
  { name, memoryMb, architecture, logGroup }: FunctionConfiguration,
  ms: number,
  lines: readonly string[],
): void {
  meter.count("lambda.requests", name);
  meter.count(`lambda.${architecture}`, name, (Math.ceil(ms) / 1000) * (memoryMb / 1024));
  meter.count("logs.bytes", logGroup, sizeOfLogs(lines));
}

/** What CloudWatch adds to each event that it stores. */
const eventOverhead = 26;

const sizeOfLogs = (lines: readonly string[]): number =>
  lines.reduce((sum, line) => sum + Buffer.byteLength(line) + eventOverhead, 0);

/** The level in a line of JSON, as Powertools and Lambda's JSON format write it. For other lines, the stream decides. */
export function levelOf(line: string, stream: "stdout" | "stderr"): "debug" | "info" | "warn" | "error" {
  const [, level = ""] = /^\{.*?"level":"(\w+)"/.exec(line) ?? [];
  return levels[level.toUpperCase()] ?? (stream === "stdout" ? "info" : "warn");
}

const levels: Readonly<Record<string, "debug" | "info" | "warn" | "error">> = {
  TRACE: "debug",
  DEBUG: "debug",
  INFO: "info",
  WARN: "warn",
  ERROR: "error",
  CRITICAL: "error",
  FATAL: "error",
};
