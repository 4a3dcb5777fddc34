import { describe, expect, it } from "@jest/globals";

import { evaluate, newEvaluation } from "../../../src/appsync/utils/evaluation.ts";
import { ids } from "../../../src/appsync/utils/ids.ts";

const at = (time: string, make: () => string) =>
  evaluate(
    newEvaluation(null, () => Date.parse(time)),
    make,
  );

describe("identifiers", () => {
  it.each([ids.autoUlid, ids.autoKsuid])("sort by the time they were made: %p", (make) => {
    const made = ["2020-01-01", "2020-01-02", "2026-07-30", "2059-12-31"].map((day) => at(day, make));
    expect(made.toSorted()).toEqual(made);
  });

  it("carry that time", () => {
    expect(at("2016-07-30T23:54:10.259Z", ids.autoUlid)).toMatch(/^01ARZ3NDEK/u);
    expect(at("2014-05-13T16:53:20Z", ids.autoKsuid)).toMatch(/^00000/u);
  });

  it("never repeat", () => {
    for (const make of [ids.autoId, ids.autoUlid, ids.autoKsuid]) {
      expect(new Set(Array.from({ length: 1000 }, () => at("2020-01-01", make))).size).toBe(1000);
    }
  });
});
