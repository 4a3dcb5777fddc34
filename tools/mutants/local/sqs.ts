import { type Fault, localFaultIn as fault } from "../fault.ts";

const sqs = "aws/sqs";
const inSqs = fault(sqs, "index", "index");
const inMoves = fault(sqs, "moves", "moves");
const inOperations = fault(sqs, "operations", "parameters", "messages");
const inMessages = fault(sqs, "messages", "parameters", "messages");
const inBatch = fault(sqs, "batch", "parameters");
const inSqsStore = fault(sqs, "store", "messages");
const inPolling = fault(sqs, "polling", "messages");
const inQueues = fault(sqs, "index", "index", "parameters");
const inInputs = fault(sqs, "inputs", "parameters");

export const sqsFaults: readonly Fault[] = [
  inSqs("a service sends for any source", '{ "aws:sourcearn": sourceArn, ...account }', "account"),
  inSqs(
    "a queue's operation needs no permission",
    '    authorize(principal, name.replace(/Batch$/, ""), queueName);\n',
    "",
  ),
  inMoves(
    "messages are moved without the right to send",
    '        this.#options.authorize(principal, "SendMessage", name);\n      }\n',
    "        void name;\n      }\n",
  ),
  inMoves("messages are moved without the right to delete", '      "DeleteMessage",\n', ""),
  inOperations(
    "a message is held for longer than 12 hours",
    "const longestInFlight = 43_200;",
    "const longestInFlight = 50_000;",
  ),
  inMessages("a message may be larger than its queue takes", "> queue.maximumMessageSize) {", "> 1e9) {"),
  inBatch("entries of a batch may share an id", "ids.indexOf(id) < index", "ids.indexOf(id) < 0"),
  inSqsStore(
    "a message that was received is not hidden",
    "statements.hide.get(now + timeout * 1000, now,",
    "statements.hide.get(now, now,",
  ),
  inSqsStore(
    "a dead letter is given up a receive too late",
    "visibleAt <= ? AND receives >= ?",
    "visibleAt <= ? AND receives > ?",
  ),
  inSqsStore(
    "a handle that another receive replaced deletes the message",
    '"DELETE FROM messages WHERE queue = ? AND receipt = ?"',
    '"DELETE FROM messages WHERE queue = ? AND (receipt = ? OR receipt IS NOT NULL)"',
  ),
  inSqsStore(
    "messages outlive their retention",
    "statements.expire.run(queue.arn, now - queue.retention * 1000);",
    "statements.expire.run(queue.arn, 0);",
  ),
  inPolling("a queue has any number of messages in flight", "Math.min(most, room)", "most"),
  inPolling("a short poll at the limit is not told", "room === 0 && wait === 0 &&", "room < 0 &&"),
  inOperations("a queue is purged at any time", "?? -Infinity) + 60_000", "?? -Infinity) - 1"),
  inQueues(
    "another account's queue is taken for one's own",
    "if (account !== accountId) {",
    "if (!account) {",
  ),
  inInputs("a batch is begun before its types are checked", "  brokenConstraints(members, known);\n", ""),
];
