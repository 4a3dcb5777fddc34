import { type Fault, localFaultIn as fault } from "../fault.ts";

const s3 = "aws/s3";
const inGet = fault(s3, "get", "versions", "access");
const inDelete = fault(s3, "delete", "versions", "list");
const inAttributes = fault(s3, "attributes", "access", "requests");
const inPayload = fault(s3, "payload", "malformed", "writes");
const inRequest = fault(s3, "request", "writes");
const inStore = fault(s3, "store", "versions", "writes");
const inCors = fault(s3, "cors", "requests");
const inUploads = fault(s3, "uploads", "multipart");
const inListVersions = fault(s3, "list-versions", "versions");
const inIntegrity = fault(s3, "integrity", "malformed", "writes", "parameters");
const inConditions = fault(s3, "conditions", "parameters", "objects");
const inWrites = fault(s3, "conditional-writes", "parameters", "writes");
const inRoutes = fault(s3, "routes", "parameters", "versions");

export const s3Faults: readonly Fault[] = [
  inGet(
    "the right to read an object includes its versions",
    'id === undefined ? "s3:GetObject" : "s3:GetObjectVersion"',
    '"s3:GetObject"',
  ),
  inGet(
    "without the right to list, a missing object is revealed",
    "if (!access.mayList(request, bucket)) {",
    "if (!access.mayList(request, bucket) && !request) {",
  ),
  inDelete(
    "the right to delete includes the removal of versions",
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
  inPayload("a body's hash is not compared with the signed one", "sha256 !== payloadHash", 'sha256 === ""'),
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
  inCors("any origin is allowed", "return pattern === text;", "return true;"),
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
  inIntegrity("a Content-MD5 of any length is accepted", "bytes.length !== 16 || ", "bytes.length === 0 || "),
  inIntegrity("two checksums are accepted", "if (another !== undefined || (", 'if (another === "" || ('),
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
