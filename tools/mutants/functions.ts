import { type Fault, faultIn } from "./fault.ts";

const deliver = "functions/deliver/deliver.ts";
const schedule = "functions/deliver/schedule.ts";
const send = "functions/deliver/send.ts";
const audit = "functions/ingest/audit.ts";
const orphans = "functions/ingest/orphans.ts";
const dimensions = "functions/ingest/dimensions.ts";
const magic = "functions/ingest/magic.ts";
const message = "functions/ingest/message.ts";
const rekognition = "functions/label/rekognition.ts";
const publish = "functions/relay/publish.ts";
const queue = "functions/shared/queue.ts";
const due = "functions/shared/due.ts";
const batch = "functions/shared/batch.ts";
const logger = "functions/shared/logger.ts";
const check = "functions/ingest/check.ts";
const ingest = "functions/ingest/ingest.ts";
const objects = "functions/ingest/objects.ts";
const verify = "functions/ingest/verify.ts";
const label = "functions/label/label.ts";
const presign = "functions/presign/presign.ts";
const relay = "functions/relay/relay.ts";
const sequence = "functions/relay/sequence.ts";
const assets = "functions/shared/assets.ts";
const callbacks = "functions/shared/callbacks.ts";
const destination = "functions/shared/destination.ts";
const sweep = "functions/sweep/sweep.ts";
const webhooks = "functions/webhooks/webhooks.ts";

const deliverTests = ["test/functions/deliver/deliver.test.ts", "test/functions/deliver/send.test.ts"];
const ingestTests = [
  "test/functions/ingest/ingest.test.ts",
  "test/functions/ingest/verify.test.ts",
  "test/functions/ingest/message.test.ts",
  "test/functions/ingest/objects.test.ts",
  "test/functions/repair.test.ts",
];
const auditTests = ["test/functions/ingest/audit.test.ts"];
const verifyTests = ["test/functions/ingest/verify.test.ts", "test/functions/ingest/objects.test.ts"];
const sharedTests = (...names: string[]) => names.map((name) => `test/functions/shared/${name}.test.ts`);
const labelTests = ["test/functions/label/label.test.ts", "test/functions/label/rekognition.test.ts"];
const relayTests = ["relay", "publish", "sequence"].map((name) => `test/functions/relay/${name}.test.ts`);
const destinationTests = ["test/functions/shared/destination.test.ts"];
const sweepTests = ["test/functions/sweep/sweep.test.ts", "test/functions/repair.test.ts"];
const uploadTests = [
  "test/functions/presign/presign.test.ts",
  "test/e2e/uploads.test.ts",
  "test/e2e/lifecycle.test.ts",
];
const callbackTests = [...sharedTests("callbacks"), ...deliverTests, "test/functions/repair.test.ts"];

const inDeliver = faultIn(deliver, deliverTests);
const inSchedule = faultIn(schedule, deliverTests);
const inSend = faultIn(send, ["test/functions/deliver/send.test.ts"]);
const inAudit = faultIn(audit, auditTests);
const inOrphans = faultIn(orphans, auditTests);
const inDimensions = faultIn(dimensions, verifyTests);
const inMagic = faultIn(magic, verifyTests);
const inMessage = faultIn(message, ["test/functions/ingest/message.test.ts"]);
const inRekognition = faultIn(rekognition, labelTests);
const inPublish = faultIn(publish, relayTests);
const inQueue = faultIn(queue, sharedTests("queue"));
const inDue = faultIn(due, sharedTests("callbacks"));
const inBatch = faultIn(batch, sharedTests("batch"));
const inLogger = faultIn(logger, sharedTests("logger"));
const inCheck = faultIn(check, sweepTests);
const inIngest = faultIn(ingest, ingestTests);
const inObjects = faultIn(objects, ingestTests);
const inVerify = faultIn(verify, verifyTests);
const inLabel = faultIn(label, labelTests);
const inPresign = faultIn(presign, uploadTests);
const inRelay = faultIn(relay, relayTests);
const inSequence = faultIn(sequence, relayTests);
const inAssets = faultIn(assets, [...sharedTests("assets"), ...ingestTests, ...labelTests]);
const inCallbacks = faultIn(callbacks, callbackTests);
const inDestination = faultIn(destination, destinationTests);
const inSweep = faultIn(sweep, sweepTests);
const inWebhooks = faultIn(webhooks, callbackTests);

export const functionFaults: readonly Fault[] = [
  inDeliver(
    "a delivery that is not due is sent",
    "AND #nextAttemptAt <= :now`",
    "AND #nextAttemptAt >= :now`",
  ),
  inDeliver(
    "a delivery that was delivered is sent again",
    "`#status IN (:pending${",
    "`#status IN (:pending, :delivered${",
  ),
  inDeliver("199 counts as success", "answer.status >= 200", "answer.status >= 199"),
  inDeliver("a redirect counts as success", "answer.status < 300", "answer.status <= 300"),
  inDeliver("a receiver that is gone is called", "if (receiver?.gone) {", "if (false) {"),
  inDeliver("410 does not disable the receiver", "answer.status === 410", "answer.status === 411"),
  inDeliver(
    "one attempt more is made than the schedule has",
    "claimed.tries > mostTries",
    "claimed.tries > mostTries + 1",
  ),
  inDeliver(
    "an attempt that was overtaken overwrites the newer one",
    'const mine = "#status = :pending AND #nextAttemptAt = :lease"',
    'const mine = "#status = :pending"',
  ),
  inSchedule("the last wait of the schedule is missing", "72_000, 86_400]", "72_000]"),
  inSchedule(
    "a receiver may ask for a wait of any length",
    "Math.min(retryAfter ?? 0, longestRetryAfter)",
    "retryAfter ?? 0",
  ),
  inSchedule(
    "a receiver may shorten the wait",
    "Math.max(wait * (1 + random / 5)",
    "Math.min(wait * (1 + random / 5)",
  ),
  inSend(
    "certificates of receivers are not checked",
    "rejectUnauthorized: true",
    "rejectUnauthorized: false",
  ),
  inSend(
    "the address that was connected to is not checked",
    "if (!isAllowed(socket.remoteAddress",
    "if (false && !isAllowed(socket.remoteAddress",
  ),
  inSend("connections are shared between receivers", "agent: false", "agent: undefined as never"),
  inSend("an endless answer is read to its end", "bytes > mostBytes", "bytes < 0"),
  inSend(
    "a receiver may take as long as it likes to answer",
    "signal: AbortSignal.timeout(limits.answer),",
    "",
  ),
  inAudit("an object is removed on the strength of a batched read alone", "if (!asset) {", "if (true) {"),
  inAudit("an object that has just arrived is removed", "one.modified < now() - grace", "true"),
  inAudit(
    "an object of a living row is removed",
    'fateOf(asset) !== "EXPIRED"',
    'fateOf(asset) === "EXPIRED"',
  ),
  inAudit("the switch does not stop the removal", "const condemned = removes ?", "const condemned = true ?"),
  inAudit("what came late to an expired row stays", "[...expired.map(nameOf), ...orphans]", "orphans"),
  inOrphans(
    "an object waits a day less than its row may come back",
    "page.now - wait.restore",
    "page.now - wait.restore + 86_400_000",
  ),
  inOrphans(
    "an object is removed at the very moment before its time",
    "<= page.now - wait.restore",
    "<= page.now - wait.restore + 1",
  ),
  inOrphans("an object may be removed however many lack a row", "refusal === undefined && since", "since"),
  inOrphans("eleven of a thousand count as few", "const alwaysFew = 10", "const alwaysFew = 11"),
  inOrphans("ten of a thousand count as many", "tally.rowless > most)", "tally.rowless >= most)"),
  inOrphans(
    "each page is judged for itself",
    "state.walk.rowless + page.rowless.length",
    "page.rowless.length",
  ),
  inOrphans("an object newer than all rows is removed", "id < lastWalk.newestRow &&", ""),
  inOrphans("an object older than all rows is removed", "&& id > oldestRow", ""),
  inOrphans(
    "time goes on while many lack a row",
    ": {};\n  const oldestRow",
    ": { ...state.waiting, ...Object.fromEntries(page.rowless.map(({ key }) => [key, since(key)])) };\n  const oldestRow",
  ),
  inOrphans(
    "an object whose row was back in between has waited all along",
    "waiting: {}, waited: waiting }",
    "waiting: {}, waited: { ...state.waited, ...waiting } }",
  ),
  inMessage(
    "the removal of an old version passes for the object's",
    "ofVersion: true as const",
    "ofVersion: undefined as never",
  ),
  inIngest(
    "the removal of a version removes the row of an object that is there",
    'return isThere ? "stale" :',
    "return",
  ),
  inDimensions(
    "a progressive JPEG is not measured",
    "marker >= 0xc0 && marker <= 0xcf",
    "marker >= 0xc0 && marker <= 0xc1",
  ),
  inDimensions("tables for Huffman coding pass for a frame", "[0xc4, 0xc8, 0xcc]", "[0xc8, 0xcc]"),
  inDimensions(
    "width and height are mixed up with the precision",
    "bytes.getUint16(at + 5), width",
    "bytes.getUint16(at + 4), width",
  ),
  inDimensions("a PNG is measured whatever its first chunk is", "&& bytes.getUint32(12) === 0x49484452", ""),
  inVerify(
    "a picture of unknown size is labelled",
    'return skipped("ImageDimensions", "The dimensions of the picture cannot be read");',
    'return { kind: "labellable" };',
  ),
  inObjects(
    "a picture is not read further than its first bytes",
    "wanted = Math.min(Math.max(size.more, 2 * bytes), rekognition.bytes);",
    "break;",
  ),
  inObjects(
    "a missing bucket passes for a missing object",
    "const object = await get(key);\n      (object",
    "const object = undefined as Awaited<ReturnType<typeof get>>;\n      (object",
  ),
  inMagic(
    "any file is taken for a GIF",
    '"image/gif": begins("GIF87a", "GIF89a")',
    '"image/gif": begins("")',
  ),
  inMagic("a sound is taken for a WebP picture", 'begins("RIFF????WEBP")', 'begins("RIFF")'),
  inMagic("image/pjpeg is not known for JPEG", '"image/pjpeg": "image/jpeg",', ""),
  inRekognition(
    "a permission that is late fails the labels for good",
    "const mayPass = error instanceof InvalidS3ObjectException;",
    "const mayPass = false;",
  ),
  inLabel(
    "an error that may pass is final at once",
    "detection.mayPass && !last",
    "detection.mayPass && last",
  ),
  inPublish(
    "200 with errors counts as told",
    "response.statusCode !== 200 || errors?.length",
    "response.statusCode !== 200",
  ),
  inPublish("any status counts as told", "response.statusCode !== 200 || ", ""),
  inQueue("messages that were refused count as sent", "if (taken.length < batch.length) {", "if (false) {"),
  inQueue("eleven messages go into one request", "const mostAtOnce = 10", "const mostAtOnce = 11"),
  inDue("a row that somebody else moved is moved back", '"dueAt = :seen"', '"attribute_exists(dueAt)"'),
  inBatch(
    "a message that failed counts as done",
    "return [{ itemIdentifier: message.messageId }];",
    "return [];",
  ),
  inLogger("webhook secrets are logged", '.replace(webhookSecret, "[redacted]")', ""),
  inCheck(
    "a row expires while its upload may still run",
    "Date.parse(asset.uploadExpiresAt) + wait.upload",
    "Date.parse(asset.uploadExpiresAt) - wait.upload",
  ),
  inCheck(
    "a renewal does not save a row from expiry",
    "`${write.when} AND #uploadExpiresAt = :uploadExpiresAt`",
    "`${write.when} AND :uploadExpiresAt = :uploadExpiresAt`",
  ),
  inCheck(
    "a row that changed meanwhile is removed",
    'when: "#version = :version"',
    'when: "#version >= :version"',
  ),
  inIngest(
    "an older event overtakes a newer one",
    "OR #sequencer < :sequencer)",
    "OR #sequencer > :sequencer)",
  ),
  inIngest("an event is handled twice", "OR #sequencer < :sequencer)", "OR #sequencer <= :sequencer)"),
  inIngest("sequencers are padded on the wrong side", ".padEnd(64", ".padStart(64"),
  inIngest("the row of an expired upload goes with its late object", "#state <> :expired AND ", ""),
  inIngest("an object that arrived too late stays", "await objects.remove(name);", ""),
  inObjects(
    "access that is denied counts as a missing object",
    "if (error instanceof NoSuchKey) {",
    'if ((error as Error).name === "AccessDenied" || error instanceof NoSuchKey) {',
  ),
  inObjects("the list of objects ends after its first page", "last: !IsTruncated", "last: true"),
  inVerify(
    "one byte more than signed for is taken",
    "object.contentLength !== asset.contentLength",
    "object.contentLength > asset.contentLength + 1",
  ),
  inVerify("another type than signed for is taken", "object.contentType !== asset.contentType", "false"),
  inVerify(
    "another checksum than signed for is taken",
    "if (asset.sha256 && object.sha256 !== sha256Base64(asset.sha256))",
    "if (false)",
  ),
  inVerify("pictures of 79 pixels are sent to Rekognition", "least: 80", "least: 79"),
  inVerify("pictures of 10,001 pixels are sent to Rekognition", "most: 10_000", "most: 10_001"),
  inVerify(
    "pictures above 15 MiB are sent to Rekognition",
    "bytes: 15 * 1024 * 1024",
    "bytes: 16 * 1024 * 1024",
  ),
  inVerify(
    "pictures of too many pixels are sent to Rekognition",
    "mostPixels = 50_000_000",
    "mostPixels = 60_000_000",
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
    "await letGo(job, jobId, holder, labelling.assets);",
    "",
  ),
  inLabel(
    "labels of a deletion that came meanwhile are lost",
    "set: { labelStatus: labelTransitions.queue.to },",
    "set: { labelStatus: labelTransitions.finish.to },",
  ),
  inPresign("an upload may overwrite an object", '"if-none-match": "*",', ""),
  inPresign("the size of an upload is not signed", '"content-length": String(request.contentLength),', ""),
  inPresign("the type of an upload is not signed", '"content-type": request.contentType,\n    "if', '"if'),
  inPresign(
    "a browser shows what a user uploaded",
    "ResponseContentDisposition: disposition(asset.filename ?? asset.id),",
    "",
  ),
  inPresign("an upload says how its download is encoded", 'ResponseContentEncoding: "identity",', ""),
  inPresign(
    "an upload says how long its download is cached",
    "ResponseCacheControl: `private, max-age=${ttlSeconds}`,",
    "",
  ),
  inPresign(
    "a download URL lives longer than it says",
    "signed(signing, ttlSeconds, {",
    "signed(signing, ttlSeconds * 2, {",
  ),
  inRelay("an owner's failed change lets later ones pass", "return current.position;", "return undefined;"),
  inRelay(
    "callbacks are not queued",
    "await Promise.all([relaying.publish(event), relaying.call(event)]);",
    "await relaying.publish(event);",
  ),
  inRelay("owners are mixed up", '(after ?? before)?.ownerId ?? ""', '""'),
  inSequence("numbers start at 0", "seq: last + index + 1", "seq: last + index"),
  inSequence("two writers give the same number", '"seq = :last"', '"seq >= :last"'),
  inSequence(
    "a change that the stream repeats gets a second number",
    'ConditionExpression: "attribute_not_exists(id)",',
    "",
  ),
  inSequence("a transaction is larger than DynamoDB takes", "mostAtOnce = 49", "mostAtOnce = 50"),
  inAssets(
    "reads may be stale",
    "ConsistentRead: true }),\n      );\n      return Item && asAsset(Item);",
    "ConsistentRead: false }),\n      );\n      return Item && asAsset(Item);",
  ),
  inAssets("writes do not count the version", 'increment: ["version"]', "increment: []"),
  inAssets("more rows are read at once than DynamoDB takes", "mostAtOnce = 100", "mostAtOnce = 101"),
  inCallbacks("a second secret replaces the first", 'put(item, "attribute_not_exists(id)")', "put(item)"),
  inCallbacks("one of two rotations is lost", '"secret = :instead"', '"secret <> :instead"'),
  inDestination("credentials in a callback URL are taken", "[^/?#@]+", "[^/?#]+"),
  inDestination("a name that also leads inside is called", "!addresses.every(", "!addresses.some("),
  inDestination("another port than 443 is called", "Number(url.port || 443) !== port", "false"),
  inDestination("plain http is called", 'url.protocol !== "https:" ||', ""),
  inDestination("a URL with spaces or control characters is mended", "!unfit.test(text)", "true"),
  inDestination(
    "a callback goes to the cloud's own port",
    "if (Number(url.port || 80) === ownPort) {",
    "if (false) {",
  ),
  inDestination(
    "an address with a zone is spoken to",
    'address.includes("%") ? 0 : isIP(address)',
    "isIP(address)",
  ),
  inDestination("this machine is called wherever it is deployed", '=== "true",\n', '!== "never",\n'),
  inDestination("the last address of 198.18.0.0/15 is called", '"198.18.0.0/15"', '"198.18.0.0/16"'),
  inSchedule(
    "a date without GMT is heard",
    "${time} GMT`,\n  `(?:Mon|Tues",
    "${time}(?: GMT)?`,\n  `(?:Mon|Tues",
  ),
  inSchedule("a number below zero is heard", "/^\\d+$/", "/^-?\\d+$/"),
  inSchedule("a date in the past asks for a wait below zero", "Math.max(seconds, 0)", "seconds"),
  inDeliver(
    "a receiver that failed for good is not remembered",
    "await callbacks.setReceiver(ownerId, { url, gone: false, failure });",
    "",
  ),
  inDeliver(
    "a receiver that is well again is remembered as failing",
    "await callbacks.setReceiver(ownerId, { url, gone: false });",
    "",
  ),
  inDestination("10.0.0.0/8 is called", '"10.0.0.0/8", ', ""),
  inDestination("the upper half of 100.64.0.0/10 is called", '"100.64.0.0/10"', '"100.64.0.0/11"'),
  inDestination("the upper half of 172.16.0.0/12 is called", '"172.16.0.0/12"', '"172.16.0.0/13"'),
  inDestination("the metadata service's network is called", '"169.254.0.0/16"', '"169.254.0.0/17"'),
  inDestination("addresses mapped into IPv6 are called", '["2000::/3"]', '["::/0"]'),
  inDestination("6to4 addresses are called", ', "2002::/16"', ""),
  inDestination("internal names are called", "local|internal|arpa", "local|arpa"),
  inDestination("a URL of 2,049 characters is taken", "const longest = 2048", "const longest = 2049"),
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
    "a queue that fails keeps the others from theirs",
    "failed(error);\n        return 0;",
    "throw error;",
  ),
  inWebhooks(
    "a secret that was rotated stops signing at once",
    "[...kept, { secret: before.secret, until: previousUntil }]",
    "[...kept]",
  ),
  inWebhooks("of rotations at once all but one fail", "attempt < mostRotations", "attempt < 1"),
  inWebhooks(
    "more secrets sign than fit",
    "previous.length > mostPrevious",
    "previous.length > mostPrevious + 1",
  ),
  inWebhooks("a deleted asset's message is sent again", "!delivery || !isShown(asset)", "!delivery"),
  inWebhooks("a replay begins beside a running attempt", "if (isRunning(delivery, now())) {", "if (false) {"),
  inWebhooks(
    "a replay loses to an attempt without notice",
    'when: "#nextAttemptAt = :seen"',
    'when: "#nextAttemptAt >= :seen"',
  ),
  inWebhooks(
    "the network that a name leads to shows in the answer",
    'refused: "InvalidCallbackUrl",\n',
    'refused: "Conflict",\n',
  ),
];
