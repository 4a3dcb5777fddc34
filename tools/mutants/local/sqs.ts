import { type Fault, localFaultIn as fault } from "../fault.ts";

const sqs = "aws/sqs";
const inTarget = fault(sqs, "target", "index");
const inRequests = fault(sqs, "requests", "index");
const inMoves = fault(sqs, "move-operations", "move-operations");
const inOperations = fault(sqs, "operations", "parameters", "messages");
const inMessages = fault(sqs, "messages", "parameters", "messages");
const inBatch = fault(sqs, "batch", "parameters");
const inSqsStore = fault(sqs, "store", "messages");
const inPolling = fault(sqs, "polling", "messages");
const inAddresses = fault(sqs, "addresses", "index", "parameters");
const inInputs = fault(sqs, "inputs", "parameters");

export const sqsFaults: readonly Fault[] = [
  inTarget("a queue's policy does not see the source", "sourceContext(sourceArn, accountId)", "{}"),
  inRequests(
    "a queue's operation needs no permission",
    '    authorize(principal, name.replace(/Batch$/, ""), queueName);\n',
    "",
  ),
  inMoves(
    "messages are moved without the right to send",
    '        authorize(principal, "SendMessage", name);\n',
    "        void name;\n",
  ),
  inMoves("messages are moved without the right to delete", '      "DeleteMessage",\n', ""),
  inOperations(
    "a message is in flight for more than 12 hours",
    "const maxInFlightSeconds = 43_200;",
    "const maxInFlightSeconds = 50_000;",
  ),
  inMessages("a message may be larger than its queue allows", "> queue.maximumMessageSize) {", "> 1e9) {"),
  inBatch("entries of a batch may share an id", "ids.indexOf(id) < index", "ids.indexOf(id) < 0"),
  inSqsStore("a message that was received is not hidden", "now + visibilityTimeout * 1000,", "now,"),
  inSqsStore(
    "a message goes to the dead-letter queue one receive too late",
    "visibleAt <= ? AND receives >= ?",
    "visibleAt <= ? AND receives > ?",
  ),
  inSqsStore(
    "a replaced receipt handle deletes the message",
    '"DELETE FROM messages WHERE queue = ? AND receipt = ?"',
    '"DELETE FROM messages WHERE queue = ? AND (receipt = ? OR receipt IS NOT NULL)"',
  ),
  inSqsStore(
    "messages stay after their retention period",
    "statements.expire.run(queue.arn, now - queue.retention * 1000);",
    "statements.expire.run(queue.arn, 0);",
  ),
  inPolling("a queue has any number of messages in flight", "Math.min(max, room)", "max"),
  inPolling("a short poll gets no error at the limit", "room === 0 && wait === 0 &&", "room < 0 &&"),
  inOperations("a queue is purged at any time", "?? -Infinity) + 60_000", "?? -Infinity) - 1"),
  inAddresses(
    "the queue of another account is not refused",
    "if (account !== accountId) {",
    "if (!account) {",
  ),
  inInputs("a batch runs before its types are checked", "  brokenConstraints(members, known);\n", ""),
];
