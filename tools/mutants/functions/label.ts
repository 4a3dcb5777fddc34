import { type Fault, faultIn } from "../fault.ts";

const rekognition = "functions/label/rekognition.ts";
const label = "functions/label/label.ts";
const labelTests = ["test/functions/label/label.test.ts", "test/functions/label/rekognition.test.ts"];
const inRekognition = faultIn(rekognition, labelTests);
const inLabel = faultIn(label, labelTests);

const onceTests = ["test/functions/label/once.test.ts"];
const inOnce = faultIn("functions/label/once.ts", onceTests);
const inCache = faultIn("functions/label/cache.ts", onceTests);
const contentTests = ["test/functions/shared/contents.test.ts"];
const inContents = faultIn("functions/shared/contents.ts", contentTests);

export const labelFaults: readonly Fault[] = [
  inRekognition(
    "a late permission fails the labels for good",
    "return unreadable;",
    "return { ...unreadable, mayPass: false };",
  ),
  inLabel(
    "a temporary error fails the labels immediately",
    "detection.mayPass && !last",
    "detection.mayPass && last",
  ),
  inLabel(
    "a deleted asset is labelled",
    "`#state <> :deleted AND ${itsTurn}`",
    "`:deleted = :deleted AND ${itsTurn}`",
  ),
  inLabel("a job of an older run labels", '"#labelRun = :run AND (', '"#labelRun >= :run AND ('),
  inLabel("a job takes over from one whose lease runs", "OR #labelLease < :now)", "OR #labelLease > :now)"),
  inLabel(
    "the result of a job that was overtaken is written",
    'const mine = "#labelJob = :job AND #labelStatus = :running"',
    'const mine = "#labelStatus = :running AND :job = :job"',
  ),
  inLabel(
    "a failed job keeps its own retry away until the lease ends",
    "await endLease(job, jobId, holder, labelling.assets);",
    "",
  ),
  inLabel(
    "labels of a deletion that came meanwhile are lost",
    "set: { labelStatus: labelTransitions.queue.to },",
    "set: { labelStatus: labelTransitions.finish.to },",
  ),
  inOnce("another owner's result is free", 'own ? "own result" : "result"', '"own result"'),
  inOnce(
    "another owner's result is quicker than a call",
    "await pause(Math.max(0, took - (now() - started)));",
    "",
  ),
  inOnce("an error that may pass is kept", '!("mayPass" in detection && detection.mayPass)', "true"),
  inOnce("a throttled call is paid", "await taken.giveBack();", ""),
  inOnce(
    "a call that was not made holds others off",
    "await cache.abandon(picture, holder).catch(() => undefined);",
    "",
  ),
  inCache(
    "two jobs call for the same bytes",
    '"attribute_not_exists(#id) OR ',
    '"attribute_exists(#id) OR attribute_not_exists(#id) OR ',
  ),
  inCache("the results of an older model count", "result.model === model", "result.model !== undefined"),
  inCache(
    "a late call overwrites the result of another",
    '{ when: "#holder = :holder", values: { holder } }',
    '{ when: "attribute_exists(#id) AND :holder = :holder", values: { holder } }',
  ),
  inCache(
    "a result is kept for bytes that nobody has",
    'const registered = "attribute_exists(#first)";',
    'const registered = "attribute_not_exists(#none)";',
  ),
  inContents(
    "an asset that is being purged is registered",
    " AND attribute_not_exists(#purgeRequestedAt)",
    "",
  ),
  inContents(
    "a copy removes the registration of the first",
    'ConditionExpression: "#first = :first"',
    'ConditionExpression: "#first = :first OR attribute_exists(#first)"',
  ),
  inContents("results are removed while another owner has the bytes", "ids.every(", "ids.some("),
  inContents(
    "a deleted asset is named as the other one",
    '["CREATED", "RECEIVED", "UPLOADED"]',
    '["CREATED", "RECEIVED", "UPLOADED", "DELETED"]',
  ),
];
