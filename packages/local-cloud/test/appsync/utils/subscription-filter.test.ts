import { describe, expect, it } from "@jest/globals";

import { toSubscriptionFilter } from "../../../src/appsync/utils/subscription-filter.ts";

/** `a eq 1`, the groups apart by ` | `, the filters of one by ` & `. */
const shown = (...args: Parameters<typeof toSubscriptionFilter>) =>
  toSubscriptionFilter(...args)
    ?.filterGroup.map(({ filters }) =>
      filters.map((one) => `${one.fieldName} ${one.operator} ${JSON.stringify(one.value)}`).join(" & "),
    )
    .join(" | ");

/** The example of AWS's documentation. */
const BOOKS = {
  percentageUp: { lte: 50, gte: 20 },
  and: [{ title: { ne: "Book1" } }, { downvotes: { gt: 2000 } }],
  or: [{ author: { eq: "Admin" } }, { isPublished: { eq: false } }],
};

describe("a subscription filter", () => {
  it("has the form that setSubscriptionFilter takes", () => {
    expect(toSubscriptionFilter({ a: { in: [1] } })).toEqual({
      filterGroup: [{ filters: [{ fieldName: "a", operator: "in", value: [1] }] }],
    });
  });

  it.each([
    [{ a: { eq: 1 }, b: { eq: 2 } }, "a eq 1 & b eq 2"],
    [{ z: { eq: 0 }, and: [{ a: { eq: 1 } }] }, "z eq 0 & a eq 1"],
    [{ a: { eq: 1, ne: 2 } }, "a eq 1 | a ne 2"],
    [{ or: [{ a: { eq: 1 } }, { b: { eq: 2 } }] }, "a eq 1 | b eq 2"],
    [
      { and: [{ a: { eq: 1 } }, { or: [{ b: { eq: 2 } }, { c: { eq: 3 } }] }] },
      "a eq 1 & b eq 2 | a eq 1 & c eq 3",
    ],
    [{ "loc.addr.country": { eq: "USA" } }, `loc.addr.country eq "USA"`],
    [{ a: { bogus: 1 } }, "a bogus 1"],
    [{ not: { a: { eq: 1 } } }, `not a {"eq":1}`],
    [{}, ""],
    [{ a: {} }, ""],
    [{ and: [] }, ""],
  ])("of %j is AWS's", (filter, expected) => expect(shown(filter)).toBe(expected));

  it("expands alternatives, as documented", () => {
    const rest = `title ne "Book1" & downvotes gt 2000 & `;
    expect(shown(BOOKS)?.split(" | ")).toEqual([
      `percentageUp lte 50 & ${rest}author eq "Admin"`,
      `percentageUp lte 50 & ${rest}isPublished eq false`,
      `percentageUp gte 20 & ${rest}author eq "Admin"`,
      `percentageUp gte 20 & ${rest}isPublished eq false`,
    ]);
  });

  it("drops ignored fields, wherever they are", () => {
    expect(shown(BOOKS, ["percentageUp", "author"])).toBe(
      `title ne "Book1" & downvotes gt 2000 & isPublished eq false`,
    );
  });

  it("matches if one of the rules holds", () => {
    const rules = { upvotes: { gte: 250 }, author: { eq: "Person1" } };
    expect(shown(BOOKS, ["percentageUp", "author"], rules)?.split(" | ")).toEqual([
      `title ne "Book1" & downvotes gt 2000 & isPublished eq false & upvotes gte 250`,
      `title ne "Book1" & downvotes gt 2000 & isPublished eq false & author eq "Person1"`,
    ]);
    expect(shown({}, [], { r: { eq: 1 } })).toBe("r eq 1");
  });

  it.each([null, undefined, [], `{"a":{"eq":1}}`])("of %j is null", (filter) =>
    expect(toSubscriptionFilter(filter)).toBeNull(),
  );
});
