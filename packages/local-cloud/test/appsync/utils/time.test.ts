import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { evaluate, newEvaluation } from "../../../src/appsync/utils/evaluation.ts";
import { time } from "../../../src/appsync/utils/time.ts";

const AT = Date.UTC(2018, 1, 6, 19, 1, 35, 750);

describe("util.time", () => {
  it("gives the time of the evaluation's clock", () => {
    const now = evaluate(
      newEvaluation(null, () => AT),
      () => [
        time.nowISO8601(),
        time.nowEpochMilliSeconds(),
        time.nowEpochSeconds(),
        time.nowFormatted("yyyy-MM-dd HH:mm:ssZ"),
        time.nowFormatted("yyyy-MM-dd HH:mm:ssZ", "Australia/Perth"),
      ],
    );
    expect(now).toEqual([
      "2018-02-06T19:01:35.750Z",
      AT,
      1517943695,
      "2018-02-06 19:01:35+0000",
      "2018-02-07 03:01:35+0800",
    ]);
  });

  it.each([
    ["yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "Asia/Kolkata", "2018-02-07T00:31:35.750+05:30"],
    ["EEEE, d MMMM yyyy", "UTC", "Tuesday, 6 February 2018"],
    ["EEE MMM dd yy h:mm a", "America/New_York", "Tue Feb 06 18 2:01 PM"],
    ["K:mm k D uuuu", "UTC", "7:01 19 37 2018"],
    ["hh 'o''clock' ''", "UTC", "07 o'clock '"],
    ["X XX XXX x xx xxx Z ZZZZ ZZZZZ", "UTC", "Z Z Z +00 +0000 +00:00 +0000 GMT Z"],
    [
      "X XX XXX x xx xxx Z ZZZZ ZZZZZ",
      "-03:30",
      "-0330 -0330 -03:30 -0330 -0330 -03:30 -0330 GMT-03:30 -03:30",
    ],
    ["S SSSSSS n", "UTC", "7 750000 750000000"],
    ["VV z", "Europe/Paris", "Europe/Paris Europe/Paris"],
  ])("writes %s in %s", (pattern, zone, expected) => {
    expect(time.epochMilliSecondsToFormatted(AT, pattern, zone)).toBe(expected);
  });

  it.each([
    ["2018-02-01 17:21:05.180+0800", "yyyy-MM-dd HH:mm:ss.SSSZ", undefined, 1517476865180],
    ["2018-02-06 19:01:35", "yyyy-MM-dd HH:mm:ss", "Australia/Perth", 1517914895000],
    ["6 Feb 2018 7:01 PM", "d MMM yyyy h:mm a", undefined, Date.UTC(2018, 1, 6, 19, 1)],
    ["12:30 AM", "hh:mm a", undefined, 30 * 60_000],
    ["2018-037", "yyyy-DDD", undefined, Date.UTC(2018, 1, 6)],
    ["Tuesday 06/02/18Z", "EEEE dd/MM/yyX", undefined, Date.UTC(2018, 1, 6)],
    ["2018.02", "yyyy.MM", undefined, Date.UTC(2018, 1, 1)],
    ["2018-07-01 00:00", "yyyy-MM-dd HH:mm", "America/New_York", Date.UTC(2018, 6, 1, 4)],
  ])("reads %s by %s", (text, pattern, zone, expected) => {
    expect(time.parseFormattedToEpochMilliSeconds(text, pattern, zone)).toBe(expected);
  });

  it.each([
    ["2018-02-30", "yyyy-MM-dd"],
    ["2018-2-3", "yyyy-MM-dd"],
    ["25:00", "HH:mm"],
    ["x", "yyyy"],
  ])("refuses %s by %s", (text, pattern) => {
    expect(() => time.parseFormattedToEpochMilliSeconds(text, pattern)).toThrow(
      /could not be parsed by the time pattern/u,
    );
  });

  it("refuses letters and zones that it does not know, by name", () => {
    expect(() => time.nowFormatted("YYYY")).toThrow(
      "has Y, the week-based year (the year is y), which is not supported",
    );
    expect(() => time.nowFormatted("yyyy-ww")).toThrow("has w, which is not supported");
    expect(() => time.nowFormatted("toString")).toThrow("which is not supported");
    expect(() => time.nowFormatted("'open")).toThrow("has an unclosed '");
    expect(() => time.nowFormatted("yyyy", "Mars/Olympus")).toThrow(`unknown time zone "Mars/Olympus"`);
    expect(() => time.epochMilliSecondsToISO8601(Number.NaN)).toThrow("NaN is not a time in milliseconds");
  });

  it.each([
    ["2018-02-01T17:21:05.180+08:00", 1517476865180],
    ["2018-02-01T17:21Z", Date.UTC(2018, 1, 1, 17, 21)],
    ["2018-02-01T17:21:05.123456789Z", Date.UTC(2018, 1, 1, 17, 21, 5, 123)],
  ])("reads the ISO 8601 timestamp %s", (text, expected) =>
    expect(time.parseISO8601ToEpochMilliSeconds(text)).toBe(expected),
  );

  it.each(["2018-02-01", "2018-02-01 17:21:05Z", "2018-02-01T17:21:05", "2018-13-01T00:00:00Z", ""])(
    "refuses %j as ISO 8601",
    (text) => {
      expect(() => time.parseISO8601ToEpochMilliSeconds(text)).toThrow(
        `"${text}" is not an ISO 8601 timestamp`,
      );
    },
  );

  it("reads what it writes, in any zone", () => {
    const zones = fc.constantFrom("UTC", "Australia/Perth", "America/St_Johns", "Pacific/Apia", "+05:45");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), zones, (at, zone) => {
        const pattern = "EEE, dd MMM yyyy hh:mm:ss.SSS a XXX";
        const text = time.epochMilliSecondsToFormatted(at, pattern, zone);
        expect(time.parseFormattedToEpochMilliSeconds(text, pattern)).toBe(at);
        expect(time.parseISO8601ToEpochMilliSeconds(time.epochMilliSecondsToISO8601(at))).toBe(at);
      }),
    );
  });
});
