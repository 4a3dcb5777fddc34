import { describe, expect, it } from "@jest/globals";
import {
  changesTerms,
  countId,
  countsOf,
  foldedName,
  matchesFrom,
  matchesUntil,
  matchId,
  shownLabels,
  termsOf,
} from "../../domain/labels.ts";
import { anAsset } from "../support/asset.ts";

const folded = (name: string) => foldedName(name.normalize("NFKD"));

const dog = { name: "Dog", confidence: 90, parents: ["Animal", "Pet"] };
const cat = { name: "Cat", confidence: 70, parents: ["Animal"] };
const labelled = (more: object = {}) => anAsset({ state: "RECEIVED", labels: [dog, cat], ...more });

describe("a folded name", () => {
  it.each([
    ["DOG", "dog"],
    ["Été", "ete"],
    ["E\u0301te\u0301", "ete"],
    ["STRASSE", "straße"],
    ["ﬁsh", "fish"],
    ["Ａ", "a"],
    ["图", "图"],
    ["Ёлка", "елка"],
    ["ΣΊΣΥΦΟΣ", "σίσυφος"],
  ])("is the same for %s and %s", (one, other) => {
    expect(folded(one)).toBe(folded(other));
  });

  it("is never empty", () => {
    expect(folded("\u0301")).not.toBe("");
  });

  it("keeps names apart that differ in more than case and accents", () => {
    const names = ["dog", "dogs", "do g", "hot dog", "c", "c#", "c%23", "图", "圖"];
    expect(new Set(names.map(folded)).size).toBe(names.length);
  });
});

describe("the labels that people see", () => {
  it("are the model's, as a person corrects them", () => {
    const corrections = {
      "#cat": { name: "cat", shown: false },
      "#dog": { name: "DOG", shown: true },
      "#beach": { name: "Beach", shown: true },
    };
    expect(shownLabels(labelled({ corrections }))).toEqual([
      { name: "Beach", confidence: 100, parents: [], source: "PERSON" },
      { name: "DOG", confidence: 100, parents: ["Animal", "Pet"], source: "PERSON" },
    ]);
    expect(shownLabels(labelled())).toEqual([
      { ...dog, source: "MODEL" },
      { ...cat, source: "MODEL" },
    ]);
  });

  it("are shown whatever names an object has", () => {
    const labels = ["constructor", "toString"].map((name) => ({
      name,
      confidence: 90,
      parents: ["valueOf"],
    }));
    const asset = anAsset({ state: "RECEIVED", labels });
    expect(shownLabels(asset)).toHaveLength(2);
    expect(termsOf(asset)).toHaveLength(4);
  });

  it("are null until there are any, and none once all are removed", () => {
    expect(shownLabels(anAsset())).toBeNull();
    expect(shownLabels(anAsset({ corrections: { "#a": { name: "A", shown: false } } }))).toBeNull();
    const corrections = { "#cat": { name: "Cat", shown: false }, "#dog": { name: "Dog", shown: false } };
    expect(shownLabels(labelled({ corrections }))).toEqual([]);
  });

  it("of an event are those that it was published with", () => {
    const labels = [{ name: "Pier", confidence: 100, parents: [], source: "PERSON" as const }];
    expect(shownLabels({ labels })).toEqual(labels);
  });
});

describe("what an asset is found by", () => {
  it("is its labels and their parents, each with the highest confidence", () => {
    expect(termsOf(labelled()).map(({ name, confidence }) => `${name} ${confidence}`)).toEqual([
      "Dog 90",
      "Cat 70",
      "Animal 90",
      "Pet 90",
      "Animal 70",
    ]);
  });

  it("does not have a parent that a person has removed, nor the parents of a label that is removed", () => {
    const names = (corrections: object) => termsOf(labelled({ corrections })).map(({ name }) => name);
    expect(names({ "#animal": { name: "Animal", shown: false } })).toEqual(["Dog", "Cat", "Pet"]);
    expect(names({ "#dog": { name: "Dog", shown: false } })).toEqual(["Cat", "Animal"]);
  });

  it.each(["CREATED", "REJECTED", "EXPIRED", "DELETED"] as const)("is nothing in the state %s", (state) => {
    expect(termsOf(labelled({ state }))).toEqual([]);
    expect(changesTerms(labelled(), labelled({ state }))).toBe(true);
    expect(changesTerms(undefined, labelled({ state }))).toBe(false);
  });

  it("does not change with other fields", () => {
    expect(changesTerms(labelled(), labelled({ title: "A", version: 2, state: "UPLOADED" }))).toBe(false);
    expect(changesTerms(labelled(), labelled({ labels: [dog] }))).toBe(true);
    expect(changesTerms(labelled(), undefined)).toBe(true);
  });
});

describe("the keys of the index", () => {
  const id = "01JD3Z6V5K8Q2M7N4P9R0S1T2W";
  const found = (label: string, min: number, key: string) =>
    key >= matchesFrom(label, min) && key <= matchesUntil(label);

  it("sort a label's matches by confidence", () => {
    const keys = [0, 9.9999, 10, 55.5, 99.999, 100].map((confidence) => matchId("dog", confidence, id));
    expect(keys.toSorted()).toEqual(keys);
  });

  it("find what is as likely as asked for, and nothing less likely by a thousandth", () => {
    expect(found("dog", 55, matchId("dog", 55, id))).toBe(true);
    expect(found("dog", 55, matchId("dog", 54.999, id))).toBe(false);
    expect(found("dog", 100, matchId("dog", 100, id))).toBe(true);
    expect(found("dog", 0, matchId("dog", 0, id))).toBe(true);
  });

  it.each(["a#05", "a#5", "a#", "ab", "a%23", "a~", "a 0"])("of %j are not among those of a", (other) => {
    expect(found("a", 0, matchId(other, 50, id))).toBe(false);
    expect(found(other, 0, matchId("a", 50, id))).toBe(false);
    expect(found(other, 0, matchId(other, 50, id))).toBe(true);
  });

  it("sort counts by name, and find a prefix whatever signs it has", () => {
    const names = ["zebra", "zebra crossing", "zebra#1"];
    expect(names.map(countId).toSorted()).toEqual(names.map(countId));
    expect(countId("c#minor").startsWith(countsOf("c#"))).toBe(true);
    expect(countId("c%23").startsWith(countsOf("c#"))).toBe(false);
  });
});
