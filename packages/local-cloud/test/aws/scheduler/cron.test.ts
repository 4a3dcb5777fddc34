import { describe, expect, it } from "@jest/globals";
import { parseCron } from "../../../src/aws/scheduler/cron.ts";

/** The next runs at or after a time. */
function runs(text: string, from: string, timezone = "UTC", count = 3): string[] {
  const next = parseCron(text, timezone);
  const found: string[] = [];
  let due = next(Date.parse(from));
  while (due !== undefined && found.length < count) {
    found.push(new Date(due).toISOString().slice(0, 16));
    due = next(due + 1);
  }
  return found;
}

describe("the times of a cron expression", () => {
  it.each([
    ["every day at eight", "0 8 * * ? *", ["2026-03-01T08:00", "2026-03-02T08:00", "2026-03-03T08:00"]],
    ["a step from a value", "5/20 8 * * ? *", ["2026-03-01T08:05", "2026-03-01T08:25", "2026-03-01T08:45"]],
    [
      "a step over a range",
      "0-30/15 8 1 * ? *",
      ["2026-03-01T08:00", "2026-03-01T08:15", "2026-03-01T08:30"],
    ],
    ["weekdays by name", "0 8 ? * MON-WED *", ["2026-03-02T08:00", "2026-03-03T08:00", "2026-03-04T08:00"]],
    ["weekdays by number, 1 is Sunday", "0 8 ? * 1,7 *", ["2026-03-01T08:00", "2026-03-07T08:00"]],
    ["months by name", "0 8 1 jan,Apr ? *", ["2026-04-01T08:00", "2027-01-01T08:00"]],
    ["the last day of the month", "0 8 L * ? *", ["2026-03-31T08:00", "2026-04-30T08:00"]],
    ["the weekday nearest to the 1st", "0 8 1W * ? *", ["2026-03-02T08:00", "2026-04-01T08:00"]],
    ["the last day of the week", "0 8 ? * L *", ["2026-03-07T08:00", "2026-03-14T08:00"]],
    ["the last Friday", "0 8 ? * 6L *", ["2026-03-27T08:00", "2026-04-24T08:00"]],
    ["the last Friday by name", "0 8 ? * FRIL *", ["2026-03-27T08:00", "2026-04-24T08:00"]],
    ["the third Saturday", "0 8 ? * SAT#3 *", ["2026-03-21T08:00", "2026-04-18T08:00"]],
    ["a range of years", "0 8 1 1 ? 2027-2028", ["2027-01-01T08:00", "2028-01-01T08:00"]],
    ["years with a step", "0 8 1 1 ? 2027/2", ["2027-01-01T08:00", "2029-01-01T08:00"]],
  ])("%s", (_, text, expected) => {
    expect(runs(text, "2026-03-01T00:00:00Z", "UTC", expected.length)).toEqual(expected);
  });

  it("a run that is due now is the next", () => {
    expect(runs("0 8 * * ? *", "2026-03-01T08:00:00.000Z", "UTC", 1)).toEqual(["2026-03-01T08:00"]);
    expect(runs("0 8 * * ? *", "2026-03-01T08:00:00.001Z", "UTC", 1)).toEqual(["2026-03-02T08:00"]);
  });

  it("there is none after its years", () => {
    expect(runs("0 8 1 1 ? 2020", "2026-03-01T00:00:00Z")).toEqual([]);
    expect(runs("0 8 30 2 ? *", "2026-03-01T00:00:00Z")).toEqual([]);
  });

  it("the clock of its time zone counts, with daylight saving time", () => {
    expect(runs("0 8 * * ? *", "2026-03-28T00:00:00Z", "Europe/Stockholm", 2)).toEqual([
      "2026-03-28T07:00",
      "2026-03-29T06:00",
    ]);
  });

  it("a run in the hour that daylight saving time skips is left out", () => {
    expect(runs("30 2 * * ? *", "2026-03-28T00:00:00Z", "Europe/Stockholm", 2)).toEqual([
      "2026-03-28T01:30",
      "2026-03-30T00:30",
    ]);
  });

  it("a run in the hour that comes twice runs once", () => {
    expect(runs("30 2 * * ? *", "2026-10-24T12:00:00Z", "Europe/Stockholm", 2)).toEqual([
      "2026-10-25T00:30",
      "2026-10-26T01:30",
    ]);
  });
});

describe("a cron expression is refused", () => {
  it.each([
    "0 8 * * *",
    "0 8 * * * *",
    "0 8 ? * ? *",
    "0 8 1 * MON *",
    "60 8 * * ? *",
    "0 24 * * ? *",
    "0 8 32 * ? *",
    "0 8 0 * ? *",
    "0 8 1 13 ? *",
    "0 8 ? * 8 *",
    "0 8 ? * 0 *",
    "0 8 ? * NOT *",
    "0 8 ? * MON#6 *",
    "0 8 1 1 ? 1969",
    "0 8 1 1 ? 2200",
    "0/0 8 * * ? *",
    "30-10 8 * * ? *",
    "*-5 8 * * ? *",
    "0 dummy ? * MON-FRI *",
    "INVALID",
    "",
  ])("%j", (text) => {
    expect(() => parseCron(text, "UTC")).toThrow();
  });
});
