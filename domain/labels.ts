import { type Asset, type Correction, type Corrections, stored } from "./asset.ts";
import type { Label } from "./schema.ts";
import { problemOfText } from "./text.ts";

/** What an asset is found by. */
export interface Term {
  readonly name: string;
  /** 0 to 100. */
  readonly confidence: number;
}

/** Characters of a label, at most. */
export const maxLabelName = 100;

/** Labels that one call may add and remove together. */
export const maxLabelChanges = 50;

/** Corrections that one asset keeps. */
export const maxCorrections = 100;

/**
 * One name has one correction, however its letters are written. The sign in front keeps names such as `__proto__` and
 * `constructor` apart from what every object has.
 */
export const correctionKey = (name: string): string => `#${name.toLowerCase()}`;

/** What is wrong with names of labels, for the caller to read, or undefined. */
export function problemOfLabels(field: string, names: string[]): string | undefined {
  const problems = names
    .map((name) =>
      name.trim().length < name.length
        ? `${field}: must not begin or end with a space`
        : problemOfText(field, name, maxLabelName),
    )
    .filter((problem) => !!problem);
  return problems[0];
}

/** DynamoDB gives the members of a map in any order. */
export const sortedCorrections = (corrections: Corrections): Correction[] =>
  Object.keys(corrections)
    .sort()
    .flatMap((key) => corrections[key] ?? []);

/** The labels that people see, those with the highest confidence first: the model's, as corrected by a person. */
export function shownLabels({ labels, corrections }: Pick<Asset, "labels" | "corrections">): Label[] | null {
  const corrected: Corrections = corrections ?? {};
  const added = sortedCorrections(corrected).filter(({ shown }) => shown);
  if (!labels && added.length === 0) {
    return null;
  }
  const detected: Label[] = (labels ?? []).map((label) => ({ source: "MODEL", ...label }));
  const confirmed: Label[] = added.map(({ name }) => ({
    name,
    confidence: 100,
    parents: detected.find((label) => correctionKey(label.name) === correctionKey(name))?.parents ?? [],
    source: "PERSON",
  }));
  return confirmed.concat(detected.filter(({ name }) => !corrected[correctionKey(name)]));
}

/**
 * What the label index holds of an asset: the labels that people see, and their parents. A parent is as likely as the
 * likeliest of its labels. Nothing of an asset that is deleted, or whose object is not verified.
 */
export function termsOf(asset: Pick<Asset, "state" | "labels" | "corrections"> | undefined): Term[] {
  if (!asset || stored.indexOf(asset.state) < 0) {
    return [];
  }
  const labels = shownLabels(asset) ?? [];
  const corrections = asset.corrections ?? {};
  const parents = labels.flatMap(({ parents: names, confidence }) =>
    names.filter((name) => !corrections[correctionKey(name)]).map((name) => ({ name, confidence })),
  );
  return labels.map(({ name, confidence }) => ({ name, confidence })).concat(parents);
}

/** True if a write changes what an asset is found by. */
export const changesTerms = (before: Asset | undefined, after: Asset | undefined): boolean =>
  JSON.stringify(termsOf(before)) !== JSON.stringify(termsOf(after));

/**
 * A name as the index holds it: without case, without accents. `decomposed` is the name in Unicode's form NFKD, which
 * each runtime makes in its own way. Upper case comes first, since some letters are alike only there: ß and ss.
 */
export function foldedName(decomposed: string): string {
  const lower = decomposed.toUpperCase().toLowerCase();
  const letters = lower.split("").filter((character) => character < "\u0300" || character > "\u036f");
  // A name of accents alone.
  return letters.length > 0 ? letters.join("") : lower;
}

/** Part of a key: the signs that keys are built with are escaped. */
const keyPart = (folded: string): string => folded.split("%").join("%25").split("#").join("%23");

/** What the keys of the assets that show a term begin with. */
export const matchesOf = (folded: string): string => `match#${keyPart(folded)}#`;

/** Key of one match: a term's matches sort by confidence, then by time of creation. */
export const matchId = (folded: string, confidence: number, assetId: string): string =>
  `${matchesOf(folded)}${confidencePart(confidence)}#${assetId}`;

/** The least key that a match of so much confidence has. */
export const matchesFrom = (folded: string, minConfidence: number): string =>
  `${matchesOf(folded)}${confidencePart(minConfidence)}`;

/** Greater than any match of the term. */
export const matchesUntil = (folded: string): string => `${matchesOf(folded)}~`;

/** Thousandths, as text of one width. */
const confidencePart = (confidence: number): string =>
  `${1_000_000 + Math.floor(confidence * 1000)}`.slice(1);

/** Key of how many assets show a term: counts sort by the folded name. */
export const countId = (folded: string): string => countsOf(folded);

/** What the keys of the counts of terms begin with that begin so. */
export const countsOf = (foldedPrefix: string): string => `count#${keyPart(foldedPrefix)}`;

/** Key of what the index holds of one asset. */
export const entryId = (assetId: string): string => `entry#${assetId}`;
