import { expect, it } from "@jest/globals";
import { randomStreams } from "../../../packages/local-cloud/src/faults/random.ts";
import { pick, weighted } from "../../../tools/chaos/draw.ts";

it("draws items by weight, the same for one seed", () => {
  const drawn = (): string[] => {
    const random = randomStreams(7)("items");
    return Array.from({ length: 1000 }, () =>
      weighted(random, [
        [8, "often"],
        [2, "seldom"],
      ]),
    );
  };
  expect(drawn()).toEqual(drawn());
  expect(Math.abs(drawn().filter((item) => item === "seldom").length - 200)).toBeLessThan(60);
});

it("picks each item equally often, and none from no items", () => {
  const random = randomStreams(7)("items");
  const picked = Array.from({ length: 1000 }, () => pick(random, ["one", "other"]));
  expect(Math.abs(picked.filter((item) => item === "one").length - 500)).toBeLessThan(60);
  expect(() => pick(random, [])).toThrow("There is nothing to draw");
});
