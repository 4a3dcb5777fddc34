import { type Fault, localFaultIn as fault } from "./fault.ts";

const cognito = "aws/cognito";
const s3 = "aws/s3";
const sqs = "aws/sqs";

const inTokens = fault(cognito, "tokens", "verifier", "tokens");
const inSessions = fault(cognito, "sessions", "tokens", "sign-in", "account", "requests");
const inUsers = fault(cognito, "users", "account", "sign-in", "requests");
const inService = fault(cognito, "service", "admin", "requests");
const inCodes = fault(cognito, "codes", "account");
const inChallenges = fault(cognito, "challenges", "sign-in", "states");
const inUserAttributes = fault(cognito, "attributes", "account", "sign-in", "states");
const inMailbox = fault(cognito, "mailbox", "requests");
const inAdmin = fault(cognito, "operations/admin", "requests", "admin");
const inAccount = fault(cognito, "operations/account", "requests", "account");
const inGet = fault(s3, "get", "versions", "access");
const inDelete = fault(s3, "delete", "versions", "list");
const inAttributes = fault(s3, "attributes", "access", "requests");
const inPayload = fault(s3, "payload", "malformed", "writes");
const inRequest = fault(s3, "request", "writes");
const inStore = fault(s3, "store", "versions", "writes");
const inCors = fault(s3, "cors", "requests");
const inUploads = fault(s3, "uploads", "multipart");
const inListVersions = fault(s3, "list-versions", "versions");
const inSqs = fault(sqs, "index", "index");
const inMoves = fault(sqs, "moves", "moves");
const inOperations = fault(sqs, "operations", "parameters", "messages");
const inMessages = fault(sqs, "messages", "parameters", "messages");
const inBatch = fault(sqs, "batch", "parameters");

/** Cognito, S3 and SQS. */
const serviceFaults: readonly Fault[] = [
  inTokens("a token may name its own algorithm", '      algorithms: ["RS256"],\n', ""),
  inTokens(
    "an expired token that was seen before is taken",
    "known.expiresAt <= clock()",
    "known.expiresAt <= 0",
  ),
  inTokens(
    "a token of a client that the pool does not have is taken",
    " || !pool.settings.clients.has(clientId)",
    "",
  ),
  inTokens("a token's use is not compared with its key", 'claims["token_use"] !== use || ', ""),
  inSessions(
    "an ID token stands for an access token",
    'verified.use !== "access"',
    "verified.use === undefined",
  ),
  inSessions(
    "a revoked access token is taken",
    'typeof origin === "string" && !pool.store.session(origin)',
    'typeof origin === "number" && !pool.store.session(origin)',
  ),
  inSessions(
    "another client's refresh token is taken",
    "if (session?.client !== client.id) {",
    "if (!session) {",
  ),
  inSessions("a refresh token lives for ever", "session.expires <= now", "session.expires <= 0"),
  inSessions("a rotated refresh token works on", "session.previousUntil <= now", "session.previousUntil < 0"),
  inSessions(
    "a client revokes another's token",
    "session && session.client !== client.id",
    'session && session.client === "none"',
  ),
  inUsers("an unverified address is an alias", 'attributes[`${name}_verified`] === "true"', "true"),
  inUserAttributes(
    "a user calls its own address verified",
    'if (Object.keys(given).some((name) => name.endsWith("_verified")))',
    "if (Object.keys(given).length > 99)",
  ),
  inUserAttributes(
    "an address is called verified along with the first password",
    'fixed || name.endsWith("_verified")',
    "fixed",
  ),
  inUsers(
    "another's alias is taken over",
    "owner && owner.sub !== user.sub",
    "owner && owner.sub === user.sub",
  ),
  inUsers(
    "a secret hash is not compared",
    '!equal(Buffer.from(hash, "base64"), expected)',
    "expected.length === 0",
  ),
  inUsers("a name may be another's address", "    refuseAliasAsName(settings, name);\n", ""),
  inUsers(
    "a user that does not exist is named",
    "if (!client.preventUserExistenceErrors) {",
    "if (client.id) {",
  ),
  inService("an administrator's operation needs no permission", "    iam.authorize({", "    void ({"),
  inService("a signed operation needs no signature", "if (!principal) {", "if (!principal && !input) {"),
  inCodes("a code may be guessed without end", "kept.attempts >= 5", "kept.attempts >= 5000"),
  inCodes("a code never lapses", "kept.expires <= clock()", "kept.expires <= 0"),
  inCodes("a code works twice", "  store.deleteCode(user.sub, purpose);\n", ""),
  inChallenges("passwords may be guessed without end", "count < 5 ? 0", "count < 5000 ? 0"),
  inChallenges("a challenge answers twice", "used: true", "used: false"),
  inMailbox("everybody may read the mail", "chmodSync(this.#file, 0o600)", "chmodSync(this.#file, 0o644)"),
  inAdmin(
    "a page token works for another operation",
    "after === undefined || writeToken(operation, pool, after) !== token",
    "after === undefined",
  ),
  inAccount(
    "sign-up is open where only administrators make users",
    "if (!pool.settings.selfSignUp)",
    "if (!pool)",
  ),
  inGet(
    "who may read an object may read its versions",
    'id === undefined ? "s3:GetObject" : "s3:GetObjectVersion"',
    '"s3:GetObject"',
  ),
  inGet(
    "who may not list learns what is not there",
    "if (!access.mayList(request, bucket)) {",
    "if (!access.mayList(request, bucket) && !request) {",
  ),
  inDelete(
    "who may delete may remove a version for good",
    'version === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion");',
    '"s3:DeleteObject");',
  ),
  inDelete(
    "a batch removes versions by the right to delete",
    'target.version === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion";',
    '"s3:DeleteObject";',
  ),
  inDelete(
    "a versioned bucket deletes for good",
    'bucketOf.versioning === "Disabled"',
    'bucketOf.versioning !== "Suspended"',
  ),
  inAttributes(
    "the expected owner is not compared",
    "expected !== accountOf(request.call.principal)",
    'expected === "nobody"',
  ),
  inAttributes("metadata has no limit", "metadata > largestMetadata", "metadata > 1e9"),
  inPayload("a body need not have the hash that was signed", "sha256 !== payloadHash", 'sha256 === ""'),
  inPayload("a signed checksum is not enforced", "expected !== incoming.checksum", "expected === undefined"),
  inPayload("a body may be shorter than its length", "if (size !== length)", "if (size > length)"),
  inRequest("a checksum in the query is enforced", " && !headerOnly.test(name)", ""),
  inStore(
    "an overwrite in a versioned bucket loses the version before",
    'this.#move("objects", "versions", current);\n    }\n    const replaced',
    'this.#deleteRow("objects", current);\n    }\n    const replaced',
  ),
  inStore(
    "a marker's removal does not bring the object back",
    "if (latest && !latest.marker)",
    "if (latest?.marker)",
  ),
  inCors("any origin is let in", "return pattern === text;", "return true;"),
  inUploads(
    "a part is put into another key's upload",
    "id = ? AND bucket = ? AND key = ?",
    "id = ? AND (bucket = ? OR key <> ?)",
  ),
  inListVersions(
    "versions are listed without permission",
    '  context.access.bucket(request, "s3:ListBucketVersions");\n',
    "",
  ),
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
];

const lambda = "aws/lambda";
const mappings = `${lambda}/mappings`;
const scheduler = "aws/scheduler";
const rekognition = "aws/rekognition";
const inQueue = fault(mappings, "queue", "queue");
const inDeliver = fault(mappings, "deliver", "stream-failure", "stream");
const inShard = fault(mappings, "shard", "stream");
const inLane = fault(mappings, "lane", "stream", "stream-failure");
const inFailure = fault(mappings, "failure", "stream-failure");
const inResponse = fault(mappings, "response", "queue", "stream-failure");
const inPool = fault(lambda, "pool", "concurrency", "failure");
const inRest = fault(lambda, "rest", "rest");
const inDelivery = fault(scheduler, "delivery", "scheduler");
const inRekognition = fault(rekognition, "index", "rekognition");
const inRekognitionRequest = fault(rekognition, "request", "rekognition");
const inSqsStore = fault(sqs, "store", "messages");
const inPolling = fault(sqs, "polling", "messages");
const inQueues = fault(sqs, "index", "index", "parameters");
const inInputs = fault(sqs, "inputs", "parameters");
const inIntegrity = fault(s3, "integrity", "malformed", "writes", "parameters");
const inConditions = fault(s3, "conditions", "parameters", "objects");
const inWrites = fault(s3, "conditional-writes", "parameters", "writes");
const inRoutes = fault(s3, "routes", "parameters", "versions");

/** Messages, streams, runs and schedules: what is handed over again, given up, or let through. */
const deliveryFaults: readonly Fault[] = [
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
  inQueue(
    "messages of a failed run are deleted",
    'log.warn("batch failed; its messages come again", { ...fields, messages: batch.length });\n      return false;',
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
    "records behind a reported failure are not handed over again",
    "rest: records.slice(first)",
    "rest: records.slice(first + 1)",
  ),
  inDeliver(
    "records are given up without a word to the destination",
    "  await delivery.discard({ records, condition, invocations, requestId });\n",
    "",
  ),
  inDeliver("old records are tried for ever", "if (fresh === 0) {", "if (fresh !== 1e9) {"),
  inFailure(
    "a bucket gets the place of what was given up, not the records",
    'onFailure.kind === "bucket" ? {',
    'onFailure.kind === "queue" ? {',
  ),
  inLane(
    "records of one key run beside each other",
    "JSON.stringify(record.dynamodb.Keys?.[hashKey] ?? null)",
    "JSON.stringify(record)",
  ),
  inLane("a checkpoint passes records under way", "if (!done) {", "if (!each) {"),
  inShard(
    "what the filter does not want is handed over",
    "if (mapping.filter(eventRecord(record, mapping)))",
    "if (eventRecord(record, mapping))",
  ),
  inPool("a function exceeds what it reserves", "(this.#running.get(arn) ?? 0) < reserved", "reserved > 0"),
  inPool("functions exceed the ceiling of all", "all < this.#options.concurrency &&", "all < Infinity &&"),
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
  inDelivery(
    "a schedule's target is tried once too often",
    "if (attempt > schedule.maximumRetries)",
    "if (attempt > schedule.maximumRetries + 1)",
  ),
  inDelivery("a schedule's run has no age", "ageMs > schedule.maximumAgeMs ?", "ageMs > Infinity ?"),
  inRekognition(
    "labels are detected without permission",
    '  iam.authorize({ principal, action: "rekognition:DetectLabels", resource: "*" });\n',
    "  void iam;\n",
  ),
  inRekognition(
    "a picture in a bucket may have any size",
    "bytes.length > largest",
    "bytes.length > Infinity",
  ),
  inRekognition(
    "less sure labels than asked for are given",
    "Confidence >= minConfidence",
    "Confidence >= 0",
  ),
  inRekognitionRequest("a picture and an object at once are taken", "if (bytes && !object)", "if (bytes)"),
  inIntegrity("a Content-MD5 of any length is taken", "bytes.length !== 16 || ", "bytes.length === 0 || "),
  inIntegrity("two checksums are taken", "if (another !== undefined || (", 'if (another === "" || ('),
  inConditions("a range past the end answers the whole", "if (start > end) {", "if (start > end + 1e9) {"),
  inConditions(
    "a reader's If-Match is not compared",
    "if (!etagMatches(match, object.etag))",
    'if (match === "")',
  ),
  inWrites(
    "a write overwrites in spite of If-None-Match",
    "if (noneMatch !== undefined && current) {",
    'if (noneMatch === "" && current) {',
  ),
  inRoutes("tags are read as the object itself", '  "tagging",\n', ""),
];

const appsync = "appsync";
const inRules = fault(appsync, "auth/rules", "auth/auth");
const inAuthenticate = fault(appsync, "auth/authenticate", "auth/auth", "http/index");
const inUserPools = fault(appsync, "auth/cognito", "auth/auth");
const inVerdict = fault(appsync, "auth/verdict", "auth/lambda");
const inFields = fault(
  appsync,
  "execute/fields",
  "auth/auth",
  "auth/lambda",
  "execute/resolver",
  "realtime/socket",
);
const inOperationCache = fault(appsync, "caching/operations", "caching/caching", "auth/lambda");
const inFieldCache = fault(appsync, "caching/index", "caching/caching");
const inCursor = fault(appsync, "datasources/dynamodb/tokens", "datasources/dynamodb");
const inPages = fault(appsync, "datasources/dynamodb/pages", "datasources/dynamodb");
const inWeight = fault(appsync, "execute/weight", "execute/weight");
const inErrors = fault(appsync, "execute/errors", "execute/validation");
const inProviders = fault(appsync, "declared/providers", "declared");
const inResolvers = fault(appsync, "declared/resolvers", "declared");
const inFilter = fault(appsync, "realtime/filter", "realtime/filter", "realtime/socket");
const inHub = fault(appsync, "realtime/hub", "realtime/socket");
const inConnection = fault(appsync, "realtime/connection", "realtime/connection");
const inSocket = fault(appsync, "realtime/socket", "realtime/socket");
const inRegister = fault(appsync, "realtime/register", "realtime/socket");
const inStep = fault(appsync, "execute/resolver", "execute/resolver");
const inEffects = fault(appsync, "execute/execution", "execute/resolver", "realtime/socket");
const inKept = fault(appsync, "schema/kept", "schema/kept");

/** The local AppSync. */
const appsyncFaults: readonly Fault[] = [
  inRules("an unmarked field is for every mode", ': new Map([[standard.mode, "everyone"]])', ": undefined"),
  inRules("groups of a field are not compared", "caller.groups.includes(group)", "group !== caller.mode"),
  inRules(
    "a type's rule stands above its field's",
    "rules.get(`${type.name}.${field.name}`) ?? rules.get(type.name)",
    "rules.get(type.name) ?? rules.get(`${type.name}.${field.name}`)",
  ),
  inRules("@aws_auth protects below the root types", "place.isSingle && place.isRoot", "place.isSingle"),
  inRules("groups of the only pool let members in", "place.isPool) {", "!place.isPool) {"),
  inRules(
    "DENY lets everybody in",
    'standard.defaultAction === "DENY"',
    'standard.defaultAction !== "DENY" && standard.mode !== "AMAZON_COGNITO_USER_POOLS"',
  ),
  inAuthenticate("an API key lives for ever", "declared.expiresAt <= clock()", "declared.expiresAt <= 0"),
  inAuthenticate(
    "a mode that is not declared is taken",
    "if (!authenticate) {",
    "if (!authenticate && !mode) {",
  ),
  inUserPools("another pool's token is taken", "token.userPoolId !== provider.userPoolId || ", ""),
  inUserPools(
    "the pattern of clients is not asked",
    "clients?.test(token.clientId) === false",
    "clients?.test(token.clientId) === null",
  ),
  inVerdict("another API's denied fields count", "api === apiArn ? `${type", "api !== undefined ? `${type"),
  inFields(
    "denied fields are read",
    "caller.deniedFields?.has(name)",
    "caller.deniedFields?.has(info.fieldName)",
  ),
  inFields(
    "a role reads root fields without permission",
    "...(roots.includes(type) ? [grantGuard(grants)] : []),",
    "",
  ),
  inFields(
    "subscribers get fields that they may not read",
    "    return guard(guards, readProperty);",
    "    return guard(guards.slice(2), readProperty);",
  ),
  inFields(
    "the limit of resolvers is one too high",
    "execution.resolversRun > resolverCountLimit",
    "execution.resolversRun > resolverCountLimit + 1",
  ),
  inOperationCache(
    "a kept answer shows denied fields",
    ", [...deniedFields].sort()];",
    ", deniedFields === undefined];",
  ),
  inOperationCache(
    "one caller gets another's kept answer",
    "withoutAddress(caller.identity)",
    "typeof caller.identity",
  ),
  inFieldCache(
    "a field's kept result is another identity's",
    'const everything = ["arguments", "source", "identity"];',
    'const everything = ["arguments", "source"];',
  ),
  inCursor("a cursor opens any query", "JSON.stringify(query)", "JSON.stringify(typeof query)"),
  inPages(
    "a cursor opens another table",
    'tokens, [table, fields["index"] ?? null, condition]);',
    'tokens, [fields["index"] ?? null, condition]);',
  ),
  inWeight(
    "a fragment weighs once, however often it is spread",
    "      } else {\n        spread(selection.name.value, into, level);",
    "      } else if (!reached.has(selection.name.value)) {\n        spread(selection.name.value, into, level);",
  ),
  inWeight("pairs of fields weigh nothing", "weight.pairs += merged.fields - 1;", "weight.pairs += 0;"),
  inErrors(
    "a message may be of any length",
    "cut(error.message, errorLimits.message)",
    "cut(error.message, Infinity)",
  ),
  inErrors("errors may be of any size together", "if (left < 0) {", "if (left < -Infinity) {"),
  inErrors("an answer carries any number of errors", "errors.slice(0, errorLimits.entries)", "errors"),
  inErrors(
    "an answer carries one error too few",
    "errors.slice(0, errorLimits.entries)",
    "errors.slice(0, errorLimits.entries - 1)",
  ),
  inErrors(
    "an answer carries one error too many",
    "errors.slice(0, errorLimits.entries)",
    "errors.slice(0, errorLimits.entries + 1)",
  ),
  inProviders("an API key may last for years", "wanted <= now + 365 * day", "wanted <= now + 3_650 * day"),
  inResolvers("two resolvers may be for one field", "    known.add(name);\n", ""),
  inFilter(
    "rules of one group are alternatives",
    "group.every((holds) => holds(payload))",
    "group.some((holds) => holds(payload))",
  ),
  inFilter(
    "an argument that is null filters nothing",
    "filter(([, value]) => value !== undefined)",
    "filter(([, value]) => (value ?? undefined) !== undefined)",
  ),
  inFilter("a filter may compare six fields", "names.size > 5", "names.size > 6"),
  inHub(
    "every subscriber hears every event",
    "if (subscription.matches(payload)) {",
    "if (subscription.matches(payload) || payload) {",
  ),
  inConnection(
    "a connection holds one subscription too many",
    "this.#subscriptions.size >= maxSubscriptions",
    "this.#subscriptions.size > maxSubscriptions",
  ),
  inConnection(
    "a subscription outlives its token",
    "const left = Math.min(Math.max(0, expiresAt - this.#ports.clock()), limits.life);",
    "const left = limits.life;",
  ),
  inConnection("a silent connection stays open", "silence: 30_000", "silence: 30_000_000"),
  inSocket(
    "connections have no limit",
    "server.clients.size >= limits.sockets",
    "server.clients.size > limits.sockets * 10",
  ),
  inSocket(
    "a client that does not read fills the memory",
    "behind > buffered || waiting + size > allBuffered",
    "behind > buffered * 1e6",
  ),
  inRegister("a start that its resolver refused is served", "if (!ran || errors.length > 0)", "if (!ran)"),
  inStep(
    "a request has no time limit",
    "if (field.execution.deadline.over) {",
    "if (field.execution.deadline.over && step.maxBatchSize > 1e9) {",
  ),
  inEffects(
    "a query may set a subscription's filter",
    "if (subscriptionFilter !== undefined && !isSubscription)",
    'if (subscriptionFilter !== undefined && !isSubscription && handler === "none")',
  ),
  inEffects(
    "a request may invalidate without end",
    "execution.invalidations.length > 5",
    "execution.invalidations.length > 500",
  ),
  inKept(
    "a misspelt directive goes unnoticed",
    "!meant.has(value) && !ofMergedApis.includes(value)",
    "meant.has(value) && !ofMergedApis.includes(value)",
  ),
];

export const localFaults: readonly Fault[] = [...serviceFaults, ...deliveryFaults, ...appsyncFaults];
