import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Asset, ListAssetsArguments } from "../src/index.ts";
import { type AssetPages, type Change, changeList, newerOf } from "../src/react/pages.ts";

const asset = (id: string, more: Partial<Asset> = {}): Asset =>
  ({ id, state: "RECEIVED", version: 1, title: null, ...more }) as Asset;

const pagesOf = (ids: readonly string[], size: number, hasMore: boolean): AssetPages => {
  const pages = [];
  for (let at = 0; at < ids.length || at === 0; at += size) {
    pages.push({ items: ids.slice(at, at + size).map((id) => asset(id)), nextToken: `after ${at}` });
  }
  const last = pages.at(-1);
  if (last && !hasMore) {
    Object.assign(last, { nextToken: null });
  }
  return { pages, pageParams: pages.map(() => null) };
};

const idsOf = ({ pages }: AssetPages): string[] => pages.flatMap(({ items }) => items.map(({ id }) => id));

const change = (data: AssetPages, changes: [string, Change][], list: ListAssetsArguments = {}) =>
  changeList(data, new Map(changes), list);

describe("the pages of a list after changes", () => {
  it("have a new asset in its place, in both orders, and leave what is not read yet to the next page", () => {
    const id = fc.stringMatching(/^[0-9A-Z]{3}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(id, { minLength: 1 }),
        id,
        fc.boolean(),
        fc.boolean(),
        (ids, added, isOld, hasMore) => {
          const sorted = (all: readonly string[]) => {
            const ascending = [...new Set(all)].sort();
            return isOld ? ascending : ascending.reverse();
          };
          const data = pagesOf(sorted(ids), 3, hasMore);
          const list = { order: isOld ? "OLDEST_FIRST" : "NEWEST_FIRST" } as const;
          const after = change(data, [[added, (cached) => cached ?? asset(added)]], list);
          const whole = sorted([...ids, added]);
          expect(idsOf(after)).toEqual(
            hasMore && !ids.includes(added) && whole.at(-1) === added ? sorted(ids) : whole,
          );
        },
      ),
    );
  });

  it("have only what belongs to the list", () => {
    const data = pagesOf(["C", "B", "A"], 2, false);
    const deleted: Change = () => asset("B", { state: "DELETED", version: 2 });
    expect(idsOf(change(data, [["B", deleted]]))).toEqual(["C", "A"]);
    expect(idsOf(change(data, [["B", () => undefined]]))).toEqual(["C", "A"]);
    const trash = pagesOf([], 2, false);
    expect(idsOf(change(trash, [["B", deleted]], { state: "DELETED" }))).toEqual(["B"]);
    expect(idsOf(change(trash, [["B", () => asset("B")]], { state: "DELETED" }))).toEqual([]);
  });

  it("are the same objects where nothing changed", () => {
    const data = pagesOf(["F", "E", "D", "C", "B", "A"], 2, false);
    const after = change(data, [["C", () => asset("C", { title: "changed", version: 2 })]]);
    expect(after.pages.map((page, index) => page === data.pages[index])).toEqual([true, false, true]);
    expect(after.pages[1]?.items[0]).toBe(data.pages[1]?.items[0]);
    expect(change(data, [["X", () => undefined]])).toBe(data);
  });
});

describe("the newer of two", () => {
  it("is that with the higher version, with the signed URLs and labels that only the other has", () => {
    const cached = asset("A", { version: 2, title: "two", thumbnailUrl: "https://signed", labels: [] });
    expect(newerOf(cached, asset("A", { version: 1, title: "one" }))).toBe(cached);
    const newer = newerOf(cached, asset("A", { version: 3, title: "three", thumbnailUrl: null }));
    expect(newer).toMatchObject({ title: "three", thumbnailUrl: "https://signed", labels: [] });
  });
});
