import { type Fault, faultIn } from "../fault.ts";

const inCounted = faultIn("functions/shared/counted.ts", ["test/functions/shared/counted.test.ts"]);
const inReserve = faultIn("resolvers/reserveAsset.ts", [
  "test/resolvers/conditions.test.ts",
  "test/e2e/limits.test.ts",
]);
const inCounters = faultIn("functions/shared/counters.ts", ["test/functions/shared/counters.test.ts"]);
const inUsage = faultIn("domain/usage.ts", ["test/e2e/limits.test.ts"]);

export const countedFaults: readonly Fault[] = [
  inCounted(
    "an account becomes negative",
    '"#assets >= :one AND #bytes >= :bytes"',
    '"attribute_exists(#assets)"',
  ),
  inCounted("an asset is given back twice", '"attribute_exists(#counted)"', '"attribute_exists(#id)"'),
  inCounted("an asset keeps its place", 'remove: [...remove, "counted"]', "remove: [...remove]"),
  inReserve("one asset too many is admitted", "#assets < :maxAssets)", "#assets <= :maxAssets)"),
  inReserve(
    "one byte too many is admitted",
    "limits.maxBytes - contentLength",
    "limits.maxBytes - contentLength + 1",
  ),
  inReserve("the first asset is not limited", ":one <= :maxAssets AND :zero <= :room AND ", ""),
  inReserve("a conflict is tried forever", "!conflict || stash.tried", "!conflict"),
  inCounters("a counter whose answer is lost takes back two", "once.send(", "client.send("),
  inCounters("a counter becomes negative", '"#count >= :one"', '"attribute_exists(#count) OR :one = :one"'),
  inUsage("one change too many is admitted", "#count < :max)", "#count <= :max)"),
];
