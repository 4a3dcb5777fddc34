import { type Fault, faultIn } from "../fault.ts";

const publish = "functions/relay/publish.ts";
const relay = "functions/relay/relay.ts";
const sequence = "functions/relay/sequence.ts";
const relayTests = ["relay", "publish", "sequence"].map((name) => `test/functions/relay/${name}.test.ts`);
const inPublish = faultIn(publish, relayTests);
const inRelay = faultIn(relay, relayTests);
const inSequence = faultIn(sequence, relayTests);

export const relayFaults: readonly Fault[] = [
  inPublish(
    "200 with errors counts as published",
    "response.statusCode !== 200 || errors?.length",
    "response.statusCode !== 200",
  ),
  inPublish("any status counts as published", "response.statusCode !== 200 || ", ""),
  inRelay("later changes of an owner overtake a failed one", "return current.position;", "return undefined;"),
  inRelay(
    "callbacks are not queued",
    "await Promise.all([isQuiet ? undefined : publish(theirs), inOrder(theirs, call)]);",
    "await publish(theirs);",
  ),
  inRelay("more events than allowed are published together", "size <= room", "size <= room + 1"),
  inRelay("one failure repeats all that were published with it", "part.length === 1", "part.length >= 1"),
  inRelay("the function does not stop in time", "!relaying.hasTime()", "false"),
  inRelay("owners are mixed up", '(after ?? before)?.ownerId ?? ""', '""'),
  inSequence("numbers start at 0", "seq: last + index + 1", "seq: last + index"),
  inSequence("two writers give the same number", '"seq = :last"', '"seq >= :last"'),
  inSequence(
    "a change that the stream repeats gets a second number",
    'ConditionExpression: "attribute_not_exists(id)",',
    "",
  ),
  inSequence("a transaction is larger than DynamoDB allows", "maxBatch = 49", "maxBatch = 50"),
];
