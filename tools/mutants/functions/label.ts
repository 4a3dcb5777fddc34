import { type Fault, faultIn } from "../fault.ts";

const rekognition = "functions/label/rekognition.ts";
const label = "functions/label/label.ts";
const labelTests = ["test/functions/label/label.test.ts", "test/functions/label/rekognition.test.ts"];
const inRekognition = faultIn(rekognition, labelTests);
const inLabel = faultIn(label, labelTests);

export const labelFaults: readonly Fault[] = [
  inRekognition(
    "a late permission fails the labels for good",
    "const mayPass = error instanceof InvalidS3ObjectException;",
    "const mayPass = false;",
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
];
