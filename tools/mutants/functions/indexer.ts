import { type Fault, faultIn } from "../fault.ts";

const tests = ["test/functions/indexer/reindex.test.ts"];
const inReindex = faultIn("functions/indexer/reindex.ts", tests);
const inTable = faultIn("functions/indexer/label-index.ts", tests);
const inLabels = faultIn("domain/labels.ts", ["test/domain/labels.test.ts"]);
const inBatch = faultIn("resolvers/shared/batch.ts", ["test/resolvers/search.test.ts"]);
const inMatches = faultIn("resolvers/readMatches.ts", ["test/resolvers/search.test.ts"]);

export const indexerFaults: readonly Fault[] = [
  inReindex(
    "an older asset wins over a newer one",
    "seen: entry?.revision, terms, missing",
    "seen: undefined, terms, missing",
  ),
  inReindex(
    "a job of many labels ends after the first transaction",
    "changes.length === found.missing.length",
    "true",
  ),
  inTable(
    "the entry is written whatever its revision",
    ': "revision = :seen"',
    ': "revision >= :seen OR :seen > :seen OR attribute_exists(id)"',
  ),
  inTable(
    "a label that is removed is counted on",
    "Number(to !== undefined) - Number(from !== undefined)",
    "Number(to !== undefined) - Number(from !== undefined && to !== undefined)",
  ),
  inTable(
    "a count that stays is written",
    ".filter(([, { by }]) => by !== 0)",
    ".filter(([, { by }]) => by === by)",
  ),
  inTable("an old match stays", "...(old ? [{", "...(old && !old ? [{"),
  inTable(
    "any cause of a cancelled transaction counts as another writer",
    "conflicts.includes(Code)",
    "Code !== undefined",
  ),
  inTable(
    "the count of a label that is gone stays",
    "fewer.map(([folded]) =>",
    "fewer.slice(1).map(([folded]) =>",
  ),
  inLabels("deleted assets are found", "stored.indexOf(asset.state) < 0", 'asset.state === "CREATED"'),
  inLabels("a label with a number sign leaks into another's matches", '.split("#").join("%23")', ""),
  inLabels(
    "a removed label is shown",
    "confirmed.concat(detected.filter(({ name }) => !corrected[correctionKey(name)]))",
    "confirmed.concat(detected)",
  ),
  inMatches("an asset that lost the label is found", "!!asset && confidence >= minConfidence", "!!asset"),
  inBatch(
    "assets that were not read are left out",
    "ctx.error || !batch || unread.length > 0",
    "ctx.error || !batch",
  ),
];
