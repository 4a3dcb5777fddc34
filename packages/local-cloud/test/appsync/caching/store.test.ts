import { describe, expect, it } from "@jest/globals";
import { Store } from "../../../src/appsync/caching/store.ts";

describe("the cache's store", () => {
  it("has a value until it expires, and returns copies", () => {
    let now = 0;
    const store = new Store(() => now);
    store.set("a", '{"n":1}', 2);
    now = 1_999;
    expect(store.get("a")).toEqual({ value: { n: 1 } });
    expect(store.get("a")?.value).not.toBe(store.get("a")?.value);
    now = 2_000;
    expect(store.get("a")).toBeUndefined();
    expect(store.delete("a")).toBe(false);
  });

  it("drops the entries used longest ago when it is full", () => {
    const store = new Store(() => 0, 1_000);
    const text = JSON.stringify("x".repeat(100));
    for (const key of ["a", "b"]) {
      store.set(key, text, 60);
    }
    store.get("a");
    store.set("c", text, 60);
    expect(["a", "b", "c"].filter((key) => store.get(key))).toEqual(["a", "c"]);
    store.set("large", JSON.stringify("x".repeat(1_000)), 60);
    expect(store.get("large")).toBeUndefined();
  });

  it("has room again after entries are set again, deleted or expired", () => {
    let now = 0;
    const store = new Store(() => now, 1_000);
    for (let n = 0; n < 50; n += 1) {
      store.set("a", '"a"', 1);
      store.set("b", '"b"', 60);
      store.delete("b");
      now += 1_000;
      store.get("a");
    }
    for (const key of ["c", "d", "e"]) {
      store.set(key, "1", 60);
    }
    expect(["c", "d", "e"].filter((key) => store.get(key))).toEqual(["c", "d", "e"]);
  });
});
