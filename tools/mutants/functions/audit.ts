import { type Fault, faultIn } from "../fault.ts";

const audit = "functions/ingest/audit.ts";
const orphans = "functions/ingest/orphans.ts";
const sweep = "functions/sweep/sweep.ts";
const auditTests = ["test/functions/ingest/audit.test.ts"];
const sweepTests = ["test/functions/sweep/sweep.test.ts", "test/functions/repair.test.ts"];
const inAudit = faultIn(audit, auditTests);
const inOrphans = faultIn(orphans, auditTests);
const inSweep = faultIn(sweep, sweepTests);

export const auditFaults: readonly Fault[] = [
  inAudit("an object is removed after a batched read only", "if (!asset) {", "if (true) {"),
  inAudit("an object that has just arrived is removed", "modified < now() - grace", "true"),
  inAudit(
    "an object of a living row is removed",
    'uploadStateOf(asset) !== "EXPIRED"',
    'uploadStateOf(asset) === "EXPIRED"',
  ),
  inAudit("the setting does not stop the removal", "const condemned = removes ?", "const condemned = true ?"),
  inAudit("an upload to an expired row stays", "[...expired.map(({ key }) => key), ...orphans]", "orphans"),
  inOrphans(
    "an object waits a day less than its row may come back",
    "page.now - wait.restore",
    "page.now - wait.restore + 86_400_000",
  ),
  inOrphans(
    "an object is removed one millisecond before its time",
    "<= page.now - wait.restore",
    "<= page.now - wait.restore + 1",
  ),
  inOrphans("an object may be removed however many lack a row", "refusal === undefined && since", "since"),
  inOrphans("eleven of a thousand count as few", "const alwaysFew = 10", "const alwaysFew = 11"),
  inOrphans("ten of a thousand count as many", "tally.rowless > maxRowless)", "tally.rowless >= maxRowless)"),
  inOrphans(
    "each page is judged separately",
    "state.walk.rowless + page.rowless.length",
    "page.rowless.length",
  ),
  inOrphans("an object newer than all rows is removed", "id < lastWalk.newestRow &&", ""),
  inOrphans("an object older than all rows is removed", "&& id > oldestRow", ""),
  inOrphans(
    "an object's time runs while many lack a row",
    ": {};\n  const oldestRow",
    ": { ...state.waiting, ...Object.fromEntries(page.rowless.map(({ key }) => [key, since(key)])) };\n  const oldestRow",
  ),
  inOrphans(
    "an object's time is not restarted if its row was there in between",
    "waiting: {}, waited: waiting }",
    "waiting: {}, waited: { ...state.waited, ...waiting } }",
  ),
  inSweep(
    "rows are due before their time",
    "dueShard = :shard AND dueAt <= :now",
    "dueShard = :shard AND dueAt >= :now",
  ),
  inSweep(
    "two sweeps send the same row",
    "return rows.filter((_, index) => taken[index]);",
    "return [...rows];",
  ),
  inSweep(
    "if one queue fails, the others get no messages",
    "failed(error);\n        theirs.forEach(",
    "throw error;\n        theirs.forEach(",
  ),
];
