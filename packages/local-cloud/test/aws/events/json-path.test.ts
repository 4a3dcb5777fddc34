import { expect, it } from "@jest/globals";
import { followPath, parsePath } from "../../../src/aws/events/json-path.ts";

const event = {
  "detail-type": "order",
  detail: {
    items: [{ sku: "a", tags: ["x", "y"] }, { sku: "b", tags: [] }, { name: "without" }],
    sums: { net: 1, gross: 2 },
    none: null,
    "a/b": true,
  },
};

it.each([
  ["$", event],
  ["$.detail.items[1].sku", "b"],
  ["$['detail-type']", "order"],
  ["$.detail-type", "order"],
  ["$.detail.a/b", true],
  ["$.detail.none", null],
  ["$.detail.items[9].sku", undefined],
  ["$.detail.items.sku", undefined],
  ["$.detail.sums[0]", undefined],
  ["$.detail.items[*].sku", ["a", "b"]],
  ["$.detail.items[*].tags[*]", ["x", "y"]],
  ["$.detail.items[*].tags[0]", ["x"]],
  ["$.detail.sums.*", [1, 2]],
  ["$.detail.none.*", []],
])("%s finds what is there, and with a wildcard all of it", (path, value) => {
  expect(followPath(parsePath(path), event)).toEqual(value);
});

it.each(["detail", "$..sku", "$.detail.items[?(@.sku)]", "$.detail.items[-1]", "$.", "$.a b"])(
  "%s is refused",
  (path) => expect(() => parsePath(path)).toThrow(`${path} is not a JSON path`),
);
