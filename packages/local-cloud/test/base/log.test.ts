import { describe, expect, it } from "@jest/globals";
import { createLog, type Level, type LogForm } from "../../src/base/log.ts";

function logOf(least: Level, form: LogForm = {}) {
  const lines: string[] = [];
  return { log: createLog(least, (line) => void lines.push(line), { timeZone: "UTC", ...form }), lines };
}

/** A line without its time. */
const said = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(/^\d\d:\d\d:\d\d\.\d{3} /, ""));

describe("a log for people", () => {
  it("has one short line for each event: time, level unless it is info, part, message, fields", () => {
    const { log, lines } = logOf("info");
    log.info("asset received", { function: "pictures-dev-ingest-0a1b2c3", assetId: "01J", requestId: "r" });
    log.error("function failed", { function: "relay", error: "two words" });
    log.debug("not for people");
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} ingest asset received assetId=01J$/);
    expect(said(lines)).toEqual([
      "ingest asset received assetId=01J",
      'ERROR relay function failed error="two words"',
    ]);
  });

  it("shows the fields of a function's line of JSON, and the stack on lines of its own", () => {
    const { log, lines } = logOf("info");
    const error = { name: "TypeError", message: "no such place", stack: "TypeError\n    at f (a.ts:1:2)" };
    log.error(JSON.stringify({ level: "ERROR", message: "upload refused", error, key: "k" }), {
      function: "presign",
    });
    expect(said(lines)).toEqual([
      'ERROR presign upload refused key=k error="TypeError: no such place"\n    at f (a.ts:1:2)',
    ]);
  });

  it("shows metrics and the ids of runs in a verbose log only", () => {
    const metrics = JSON.stringify({ _aws: { Timestamp: 1 }, Received: 1 });
    const [usual, whole] = [logOf("info"), logOf("debug")];
    for (const { log } of [usual, whole]) {
      log.info(metrics, { function: "ingest" });
      log.info("begun", { requestId: "r" });
    }
    expect(said(usual.lines)).toEqual(["begun"]);
    expect(said(whole.lines)).toEqual([expect.stringContaining("Received=1"), "begun requestId=r"]);
  });

  it("escapes line breaks and removes escape sequences of values", () => {
    const { log, lines } = logOf("info");
    log.info("a\nb\u001b[31m", { name: "c\nd" });
    expect(said(lines)).toEqual(['a\\nb name="c\\nd"']);
  });
});

describe("a log for programs", () => {
  it("has a line of JSON for each event, with the time in UTC", () => {
    const { log, lines } = logOf("warn", { json: true });
    log.info("not asked for");
    log.warn("slow", { ms: 5, error: new RangeError("far") });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown,
      level: "warn",
      message: "slow",
      ms: 5,
      error: { name: "RangeError", message: "far", stack: expect.any(Array) as unknown },
    });
  });
});

describe.each([["people", {}] as const, ["programs", { json: true }] as const])("a log for %s", (_, form) => {
  it.each([
    ["a signature in an address", { url: "http://x/?X-Amz-Signature=abcdef0123" }, "abcdef0123"],
    ["a token", { accessToken: "eyJhbGciOi" }, "eyJhbGciOi"],
    ["a header of authorization", { headers: { authorization: "AWS4-HMAC" } }, "AWS4-HMAC"],
    ["a secret of callbacks", { text: "whsec_c2VjcmV0" }, "c2VjcmV0"],
    ["a password", { password: "Passw0rd" }, "Passw0rd"],
  ])("never holds %s", (_what, fields, secret) => {
    const { log, lines } = logOf("debug", form);
    log.info("asked", fields);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(secret);
    expect(lines[0]).toContain("redacted");
  });
});
