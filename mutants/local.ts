import { type Fault, faultIn } from "./fault.ts";

const cognito = "local/aws/cognito";
const s3 = "local/aws/s3";
const sqs = "local/aws/sqs";

const fault = (folder: string, file: string, ...tests: string[]) =>
  faultIn(
    `${folder}/${file}.ts`,
    tests.map((name) => `test/${folder}/${name}.test.ts`),
  );

const inTokens = fault(cognito, "tokens", "verifier", "tokens");
const inSessions = fault(cognito, "sessions", "tokens", "sign-in", "account", "requests");
const inUsers = fault(cognito, "users", "account", "sign-in", "requests");
const inService = fault(cognito, "service", "admin", "requests");
const inCodes = fault(cognito, "codes", "account");
const inChallenges = fault(cognito, "challenges", "sign-in");
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
    "if (session?.client !== client.id) return undefined;",
    "if (!session) return undefined;",
  ),
  inSessions("a refresh token lives for ever", "session.expires <= now", "session.expires <= 0"),
  inSessions("a rotated refresh token works on", "session.previousUntil <= now", "session.previousUntil < 0"),
  inSessions(
    "a client revokes another's token",
    "session && session.client !== client.id",
    'session && session.client === "none"',
  ),
  inUsers("an unverified address is an alias", 'attributes[`${name}_verified`] === "true"', "true"),
  inUsers("a user calls its own address verified", 'name.endsWith("_verified") || (', "false || ("),
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
  inUsers("a name may be another's address", "if (!byAttribute) refuseAliasAsName(settings, name);\n", ""),
  inUsers(
    "a user that does not exist is named",
    "if (!client.preventUserExistenceErrors) throw userNotFound();",
    "throw userNotFound();",
  ),
  inService("an administrator's operation needs no permission", "    iam.authorize({", "    void ({"),
  inService(
    "a signed operation needs no signature",
    "if (!principal) throw",
    "if (!principal && !input) throw",
  ),
  inCodes("a code may be guessed without end", "kept.attempts >= 5", "kept.attempts >= 5000"),
  inCodes("a code never lapses", "kept.expires <= clock()", "kept.expires <= 0"),
  inCodes("a code works twice", "  store.deleteCode(user.sub, purpose);\n", ""),
  inChallenges("passwords may be guessed without end", "count < 5 ? 0", "count < 5000 ? 0"),
  inChallenges("a challenge answers twice", "    this.#pending.delete(handle);\n", ""),
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
    "if (!access.mayList(request, bucket)) throw accessDenied();",
    "access.mayList(request, bucket);",
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
    'current.version !== version) this.#move("objects", "versions", current);',
    'current.version !== version) this.#deleteRow("objects", current);',
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
  inSqs("a service sends for any source", '        "aws:sourcearn": sourceArn,\n', ""),
  inSqs(
    "a queue's operation needs no permission",
    '    authorize(principal, name.replace(/Batch$/, ""), queueName);\n',
    "",
  ),
  inMoves(
    "messages are moved without the right to send",
    'for (const { name } of sources) this.#options.authorize(principal, "SendMessage", name);',
    "",
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

export const localFaults: readonly Fault[] = [...serviceFaults];
