import { type Fault, faultIn } from "./fault.ts";

const assetTests = ["test/resolvers/assets.test.ts"];
const userTests = ["test/resolvers/users.test.ts"];
const boundTests = ["test/resolvers/bounds.test.ts"];
const limitTests = [...boundTests, "test/domain/limits.test.ts", ...assetTests, ...userTests];
const domainTests = ["test/domain/asset.test.ts", "test/domain/event.test.ts", "test/domain/due.test.ts"];

const inCaller = faultIn("resolvers/shared/caller.ts", [...assetTests, ...userTests]);
const inChange = faultIn("resolvers/changeAsset.ts", assetTests);
const inDownload = faultIn("resolvers/shared/download.ts", [...assetTests, "test/e2e/lifecycle.test.ts"]);
const inReserve = faultIn("resolvers/reserveAsset.ts", [...boundTests, ...assetTests]);
const inList = faultIn("resolvers/Query.listAssets.ts", assetTests);
const inEvents = faultIn("resolvers/findEvents.ts", assetTests);
const inDeliveries = faultIn("resolvers/Query.listDeliveries.ts", [
  ...boundTests,
  ...assetTests,
  "test/functions/deliver/deliver.test.ts",
  "test/e2e/lifecycle.test.ts",
]);
const inUser = faultIn("resolvers/changeUser.ts", userTests);
const searchTests = ["test/resolvers/search.test.ts"];
const inFind = faultIn("resolvers/findMatches.ts", searchTests);
const inMatches = faultIn("resolvers/readMatches.ts", searchTests);
const inPage = faultIn("resolvers/shared/page.ts", [...boundTests, ...assetTests, ...userTests]);
const inListening = faultIn("resolvers/Subscription.onAssetEvent.ts", assetTests);
const inRevocation = faultIn("domain/revocation.ts", assetTests);
const inLimits = faultIn("domain/limits.ts", limitTests);
const inAsset = faultIn("domain/asset.ts", [...domainTests, ...assetTests]);
const inEvent = faultIn("domain/event.ts", domainTests);
const inDue = faultIn("domain/due.ts", domainTests);

export const resolverFaults: readonly Fault[] = [
  inFind(
    "a cursor leads to another owner's matches",
    "page.items.some(({ ownerId }) => ownerId !== stash.ownerId)",
    "false",
  ),
  inMatches("a match that moves is read twice", "=== index,", ">= 0 && index >= 0,"),
  inMatches("what an asset shows no more is found", "confidence >= minConfidence", "confidence >= -1"),
  inListening(
    "former admins still receive events of others",
    "ownerId !== callerOf(ctx)",
    "ownerId === callerOf(ctx)",
  ),
  inListening(
    "a subscription with an owner is ended",
    "userId: { eq: callerOf(ctx) }",
    "userId: { eq: ctx.args.ownerId }",
  ),
  inRevocation(
    "a token of the second of the revocation counts",
    "issuedAt > revokedAt",
    "issuedAt >= revokedAt",
  ),
  inRevocation("a token without a time counts", "issuedAt !== undefined && ", "issuedAt === undefined || "),
  inCaller(
    "everyone is an administrator",
    ".some((group) => group === admins)",
    ".some((group) => group !== admins)",
  ),
  inCaller(
    "everyone may change everyone's profile",
    "(id === callerOf(ctx) || isAdmin(ctx))",
    "(id !== callerOf(ctx) || isAdmin(ctx))",
  ),
  inChange("a change starts from any state", '[`#state IN (${states.join(", ")})`]', '["#state <> :none"]'),
  inChange(
    "an edit overwrites a version that the caller has not seen",
    '"#version = :expectedVersion"',
    '"#version > :expectedVersion"',
  ),
  inChange("a change does not count the version", '.concat(["version"])', ".concat([])"),
  inDownload(
    "a URL is signed for an hour and a second",
    "ttlSeconds > maxDownloadSeconds",
    "ttlSeconds > maxDownloadSeconds + 1",
  ),
  inDownload("a URL is signed for no time at all", "ttlSeconds < 1", "ttlSeconds < 0"),
  inReserve(
    "a clientToken is forgotten after an hour",
    "const tokenSeconds = 86_400",
    "const tokenSeconds = 3_600",
  ),
  inReserve(
    "a clientToken makes a second asset",
    '"attribute_not_exists(clientToken) OR expiresAt < :now"',
    '"attribute_not_exists(clientToken) OR expiresAt > :now"',
  ),
  inCaller("another owner's things are listed", "ownerId !== caller && !isAdmin(ctx)", "false"),
  inList(
    "a cursor of another list shows that list",
    "page.items.some((asset) => asset.ownerId !== owner)",
    "false",
  ),
  inList("the order is reversed", 'order === "OLDEST_FIRST"', 'order !== "OLDEST_FIRST"'),
  inEvents("the event of the cursor is repeated", "(after ?? 0) + 1", "after ?? 0"),
  inEvents("a gap in the log is skipped", "gap < 0 ? items : items.slice(0, gap)", "items"),
  inEvents("an event that is being written counts as removed", "begin < last)", "items.length >= 0)"),
  inDeliveries("any text is accepted as an asset's id", "if (!isUlid(assetId)) {", "if (false) {"),
  inUser(
    "an old version of a profile overwrites a newer one",
    "AND #version = :expected",
    "AND #version >= :expected",
  ),
  inUser("a change makes a user that did not exist", "`attribute_exists(#id)${", "`:one = :one${"),
  inPage("a page of 101 is read", "limit > maxPage", "limit > maxPage + 1"),
  inPage("a page of zero items is read", "limit < 1", "limit < 0"),
  inPage("a throttled page counts as a bad cursor", '"ThrottlingException",', ""),
  inLimits(
    "an upload of one byte more is signed",
    "maxContentLength = 104_857_600",
    "maxContentLength = 104_857_601",
  ),
  inLimits("a page may have 101 items", "maxPage = 100", "maxPage = 101"),
  inLimits("an upload URL is valid for ten minutes", "uploadSeconds = 300", "uploadSeconds = 600"),
  inAsset(
    "an upload may be confirmed before it was received",
    'confirm: { from: ["RECEIVED"]',
    'confirm: { from: ["CREATED", "RECEIVED"]',
  ),
  inAsset(
    "labels may be requested while they are being made",
    'again: { from: ["DONE", "FAILED"]',
    'again: { from: ["DONE", "FAILED", "RUNNING"]',
  ),
  inAsset("an object key of another form counts as an asset's", "parts.length !== 3", "parts.length < 3"),
  inEvent(
    "a deletion is not published",
    'return before.state === "DELETED" ? "RESTORED" : after.state;',
    'return before.state === "DELETED" ? "RESTORED" : undefined;',
  ),
  inEvent("labels of a deleted asset are published", ' && after.state !== "DELETED") {', ") {"),
  inDue(
    "a waiting upload is checked too late",
    "(asset.uploadExpiresAt ?? now) + wait.upload",
    "(asset.uploadExpiresAt ?? now) + wait.late",
  ),
  inDue(
    "a crashed job is not repeated",
    "(labelLease ?? now) + wait.lease",
    "(labelLease ?? now) + wait.audit",
  ),
];
