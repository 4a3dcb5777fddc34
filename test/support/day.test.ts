import { expect, it } from "@jest/globals";
import { untilNewDay } from "./day.ts";

it.each([
  ["2026-11-29T00:00:00.000Z", 0],
  ["2026-11-29T23:55:00.000Z", 0],
  ["2026-11-29T23:55:00.001Z", 299_999],
  ["2026-11-29T23:59:59.999Z", 1],
])("tests that count by the day wait for midnight if it is near: at %s", (time, milliseconds) => {
  expect(untilNewDay(Date.parse(time))).toBe(milliseconds);
});
