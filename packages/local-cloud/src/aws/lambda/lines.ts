import { randomUUID } from "node:crypto";
import type { Meter } from "../../base/meter.ts";
import type { FunctionConfiguration } from "./configuration.ts";
import type { FunctionError } from "./protocol.ts";
import type { Outcome } from "./sandbox.ts";

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

/** A name as Lambda gives it. `at`: milliseconds since the epoch. */
export function newLogStream(at: number): string {
  const day = new Date(at).toISOString().slice(0, 10).replaceAll("-", "/");
  return `${day}/[$LATEST]${randomUUID().replaceAll("-", "")}`;
}

export const startLine = (requestId: string): string => `START RequestId: ${requestId} Version: $LATEST`;

interface Ended {
  readonly requestId: string;
  readonly outcome: Outcome;
  readonly ms: number;
  readonly memoryMb: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Lambda's lines at the end of a run, in its text format: what failed first. */
export function endLines({ requestId, outcome, ms, memoryMb, at }: Ended): string[] {
  return [
    ...("error" in outcome ? [errorLine(outcome.error, requestId, new Date(at).toISOString())] : []),
    `END RequestId: ${requestId}`,
    `REPORT RequestId: ${requestId}\tDuration: ${ms.toFixed(2)} ms\tBilled Duration: ${Math.ceil(ms)} ms\tMemory Size: ${memoryMb} MB${statusOf(outcome)}`,
  ];
}

/** Of a thrown error, as Lambda's runtime client for Node.js writes it, or of a sandbox that ended. */
function errorLine(
  { errorType, errorMessage, trace }: FunctionError,
  requestId: string,
  time: string,
): string {
  if (errorType === "Sandbox.Timedout") {
    return `${time} ${requestId} ${errorMessage.replace(/^.*Error: /, "")}`;
  }
  if (/^Runtime\.(?:ExitError|OutOfMemory)$/.test(errorType)) {
    return `${errorMessage}\n${errorType}`;
  }
  const error = JSON.stringify({ errorType, errorMessage, stack: trace ?? [] });
  return `${time}\t${requestId}\tERROR\tInvoke Error \t${error}`;
}

/** Of a run without an answer. */
function statusOf(outcome: Outcome): string {
  if (!("error" in outcome)) {
    return "";
  }
  const { errorType } = outcome.error;
  if (errorType === "Sandbox.Timedout") {
    return "\tStatus: timeout";
  }
  return errorType.startsWith("Runtime.") ? `\tStatus: error\tError Type: ${errorType}` : "";
}

/** What CloudWatch adds to each event that it stores. */
const eventOverhead = 26;

const sizeOfLogs = (lines: readonly string[]): number =>
  lines.reduce((sum, line) => sum + Buffer.byteLength(line) + eventOverhead, 0);
