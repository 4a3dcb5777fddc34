import { expect, it } from "@jest/globals";
import { endLines } from "../../../src/aws/lambda/lines.ts";
import type { Outcome } from "../../../src/aws/lambda/sandbox.ts";

const linesOf = (outcome: Outcome) =>
  endLines({ requestId: "ID", outcome, ms: 1.234, memoryMb: 128, at: Date.UTC(2026, 0, 1) });

const report = "REPORT RequestId: ID\tDuration: 1.23 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB";

it("a run ends with two lines", () => {
  expect(linesOf({ payload: "{}" })).toEqual(["END RequestId: ID", report]);
});

it("a thrown error is a line of the level ERROR", () => {
  const error = { errorType: "TypeError", errorMessage: "no", trace: ["TypeError: no", "at handler"] };
  const shown = '{"errorType":"TypeError","errorMessage":"no","stack":["TypeError: no","at handler"]}';
  expect(linesOf({ error })).toEqual([
    `2026-01-01T00:00:00.000Z\tID\tERROR\tInvoke Error \t${shown}`,
    "END RequestId: ID",
    report,
  ]);
});

it("a timeout and an exit have no level, and a status", () => {
  const timeout = {
    errorType: "Sandbox.Timedout",
    errorMessage: "RequestId: ID Error: Task timed out after 3.00 seconds",
  };
  expect(linesOf({ error: timeout })).toEqual([
    "2026-01-01T00:00:00.000Z ID Task timed out after 3.00 seconds",
    "END RequestId: ID",
    `${report}\tStatus: timeout`,
  ]);
  const exit = {
    errorType: "Runtime.ExitError",
    errorMessage: "RequestId: ID Error: Runtime exited with error: exit status 1",
  };
  expect(linesOf({ error: exit })).toEqual([
    "RequestId: ID Error: Runtime exited with error: exit status 1\nRuntime.ExitError",
    "END RequestId: ID",
    `${report}\tStatus: error\tError Type: Runtime.ExitError`,
  ]);
});
