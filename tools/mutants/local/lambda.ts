import { type Fault, localFaultIn as fault } from "../fault.ts";

const lambda = "aws/lambda";
const mappings = `${lambda}/mappings`;
const inQueue = fault(mappings, "queue", "queue");
const inOrdered = fault(mappings, "queue", "fifo");
const inDeliver = fault(mappings, "deliver", "stream-failure", "stream");
const inShard = fault(mappings, "shard", "stream");
const inLane = fault(mappings, "lane", "stream", "stream-failure");
const inFailure = fault(mappings, "failure", "stream-failure");
const inResponse = fault(mappings, "response", "queue", "stream-failure");
const inPool = fault(lambda, "pool", "concurrency", "failure");
const inRest = fault(lambda, "rest", "rest");

export const lambdaFaults: readonly Fault[] = [
  inOrdered("a lost answer holds up its group", "(this.#attemptId ??= randomUUID())", "randomUUID()"),
  inOrdered("messages that are not deleted hold up their group", "errors === maxDeletions", "errors > 0"),
  inQueue(
    "messages of a failed run are deleted",
    'log.warn("batch failed; its messages become visible again", { ...fields, messages: batch.length });\n      return false;',
    "await this.#delete(batch);\n      return fields.mapping === '';",
  ),
  inQueue(
    "a message that was reported as failed is deleted",
    'failures !== "all" && !failures.has(messageId)',
    'failures !== "all" && messageId !== ""',
  ),
  inQueue("a report counts where none was declared", "mapping.reportsFailures\n", 'mapping.name !== ""\n'),
  inResponse(
    "a report of unknown identifiers is a success",
    'known.length === reported.length ? new Set(known) : "all"',
    "new Set(known)",
  ),
  inDeliver(
    "a batch of a stream is tried once too often",
    "if (failures <= mapping.maximumRetries)",
    "if (failures <= mapping.maximumRetries + 1)",
  ),
  inDeliver(
    "a poison record is not isolated",
    "if (mapping.bisect && rest.length > 1)",
    "if (mapping.bisect && rest.length > 1e9)",
  ),
  inDeliver(
    "records after a reported failure are not delivered again",
    "rest: records.slice(first)",
    "rest: records.slice(first + 1)",
  ),
  inDeliver(
    "records are dropped without a message to the destination",
    "  await delivery.discard({ records, condition, invocations, requestId });\n",
    "",
  ),
  inDeliver("old records are tried forever", "if (fresh === 0) {", "if (fresh !== 1e9) {"),
  inFailure(
    "a bucket receives the position of failed records, not the records",
    'onFailure.kind === "bucket" ? {',
    'onFailure.kind === "queue" ? {',
  ),
  inLane(
    "records of one key run beside each other",
    "JSON.stringify(Object.entries(record.dynamodb.Keys ?? {}).sort())",
    "JSON.stringify(record)",
  ),
  inLane("a checkpoint passes records under way", "if (!done) {", "if (!each) {"),
  inShard(
    "records that the filter excludes are delivered",
    "if (mapping.filter(eventRecord(record, mapping)))",
    "if (eventRecord(record, mapping))",
  ),
  inPool("a function exceeds what it reserves", "(this.#running.get(arn) ?? 0) < reserved", "reserved > 0"),
  inPool(
    "functions exceed the limit of all functions",
    "all < this.#options.concurrency &&",
    "all < Infinity &&",
  ),
  inRest(
    "an event may be as large as a request",
    'type === "Event" ? MAX_EVENT_BYTES : MAX_REQUEST_BYTES',
    "MAX_REQUEST_BYTES",
  ),
  inRest(
    "a client context has no limit",
    "encoded.length > MAX_CLIENT_CONTEXT_BYTES",
    "encoded.length > 1e9",
  ),
];
