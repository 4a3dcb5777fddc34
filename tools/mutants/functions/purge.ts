import { type Fault, faultIn } from "../fault.ts";

const tests = ["test/functions/purge/purge.test.ts"];
const inPurge = faultIn("functions/purge/purge.ts", tests);
const inVersions = faultIn("functions/purge/versions.ts", tests);
const inRelay = faultIn("functions/relay/relay.ts", ["test/functions/relay/relay.test.ts"]);
const inIngest = faultIn("functions/ingest/ingest.ts", ["test/functions/ingest/ingest.test.ts"]);
const inCheck = faultIn("functions/ingest/check.ts", ["test/functions/repair.test.ts"]);
const inRetention = faultIn("functions/ingest/retention.ts", ["test/functions/repair.test.ts"]);
const inErase = faultIn("functions/erase/erase.ts", ["test/functions/erase/erase.test.ts"]);
const inChange = faultIn("resolvers/changeAsset.ts", ["test/resolvers/assets.test.ts"]);

export const purgeFaults: readonly Fault[] = [
  inPurge("an asset is purged without a request", "if (!asset.purgeRequestedAt) {", "if (false) {"),
  inPurge(
    "an object without a row is removed though its asset was not purged",
    "if (!(await purging.purged.has(key)) && !(await purging.isErased(key.ownerId))) {",
    "if (false) {",
  ),
  inPurge(
    "an upload that ends after the purge stays",
    "lateUntil > purging.now()",
    "lateUntil < purging.now()",
  ),
  inPurge("other objects go with it", ", { key: object }", ""),
  inPurge("callbacks stay", "await purging.callbacks.removeAll(key.ownerId, deliveriesOf(key.id));", ""),
  inPurge("labels stay", "await purging.reindex(key);", ""),
  inVersions("delete markers stay", ", ...(page.DeleteMarkers ?? [])", ""),
  inVersions("old versions stay", "[{ Key, VersionId }]", "[{ Key }]"),
  inRelay(
    "no purge is queued",
    "after && asksForPurge(before, after)) {",
    "!after && asksForPurge(before, after)) {",
  ),
  inIngest(
    "a removed object takes the row of a purge before its callbacks",
    "asset.purgeRequestedAt !== undefined ||",
    "",
  ),
  inCheck(
    "what is kept forever is purged",
    "keptUntil(asset, retention) ?? Infinity) <= now()",
    "keptUntil(asset, retention) ?? 0) <= now()",
  ),
  inCheck("the age of a restored row counts", "if (removes && (", "if (("),
  inRetention("assets in use are purged by age", "if (!isPassing(asset)) {", "if (false) {"),
  inRetention(
    "a change of the asset does not matter",
    'when: "#version = :version"',
    'when: "#version >= :version OR #version < :version"',
  ),
  inErase("the grace period is ignored", "Date.parse(graceEndsAt) > now()", "false"),
  inErase("what is removed is counted again", "if (removed) {", "if (false) {"),
  inErase("the second pass is left out", "if (erasure.settlesAt === undefined) {", "if (false) {"),
  inErase(
    "a cancelled erasure runs",
    '"#status = :requested AND #graceEndsAt = :seen"',
    '"#status <> :requested OR #graceEndsAt = :seen"',
  ),
  inRelay("events of an erased owner are made", "if (isErased(erasure)) {", "if (false) {"),
  inRelay("events are published before the erasure", "isQuiet ? undefined : ", ""),
  inChange("a purged asset is restored", 'conditions.push("attribute_not_exists(#purgeRequestedAt)");', ""),
];
