import { type Fault, faultIn } from "../fault.ts";

const dimensions = "functions/ingest/dimensions.ts";
const magic = "functions/ingest/magic.ts";
const message = "functions/ingest/message.ts";
const check = "functions/ingest/check.ts";
const ingest = "functions/ingest/ingest.ts";
const objects = "functions/ingest/objects.ts";
const verify = "functions/ingest/verify.ts";
const assets = "functions/shared/assets.ts";
const ingestTests = [
  "test/functions/ingest/ingest.test.ts",
  "test/functions/ingest/verify.test.ts",
  "test/functions/ingest/message.test.ts",
  "test/functions/ingest/objects.test.ts",
  "test/functions/repair.test.ts",
];
const verifyTests = ["test/functions/ingest/verify.test.ts", "test/functions/ingest/objects.test.ts"];
const sharedTests = (...names: string[]) => names.map((name) => `test/functions/shared/${name}.test.ts`);
const labelTests = ["test/functions/label/label.test.ts", "test/functions/label/rekognition.test.ts"];
const sweepTests = ["test/functions/sweep/sweep.test.ts", "test/functions/repair.test.ts"];
const inDimensions = faultIn(dimensions, verifyTests);
const inMagic = faultIn(magic, verifyTests);
const inMessage = faultIn(message, ["test/functions/ingest/message.test.ts"]);
const inCheck = faultIn(check, sweepTests);
const inIngest = faultIn(ingest, ingestTests);
const inObjects = faultIn(objects, ingestTests);
const inVerify = faultIn(verify, verifyTests);
const inLimits = faultIn("functions/shared/rekognition.ts", verifyTests);
const inAssets = faultIn(assets, [...sharedTests("assets"), ...ingestTests, ...labelTests]);
const inRows = faultIn("functions/shared/rows.ts", [...sharedTests("assets"), ...ingestTests, ...labelTests]);

export const ingestFaults: readonly Fault[] = [
  inMessage(
    "the removal of an old version counts as the object's",
    "ofVersion: true as const",
    "ofVersion: undefined as never",
  ),
  inIngest(
    "the removal of a version removes the row of an existing object",
    'return isThere ? "stale" :',
    "return",
  ),
  inDimensions(
    "a progressive JPEG is not measured",
    "marker >= 0xc0 && marker <= 0xcf",
    "marker >= 0xc0 && marker <= 0xc1",
  ),
  inDimensions("Huffman tables count as a frame", "[0xc4, 0xc8, 0xcc]", "[0xc8, 0xcc]"),
  inDimensions(
    "width and height are mixed up with the precision",
    "bytes.getUint16(at + 5), width",
    "bytes.getUint16(at + 4), width",
  ),
  inDimensions("a PNG is measured whatever its first chunk is", "&& bytes.getUint32(12) === 0x49484452", ""),
  inVerify(
    "a picture of unknown size goes to Rekognition",
    '// The picture can have any size. A rendition has a known one.\n    return { kind: "rendered" };',
    'return { kind: "labellable" };',
  ),
  inObjects(
    "a picture is not read further than its first bytes",
    "wanted = Math.min(Math.max(size.more, 2 * bytes), rekognition.bytes);",
    "break;",
  ),
  inObjects(
    "a missing bucket counts as a missing object",
    "const object = await get(key);\n      (object",
    "const object = undefined as Awaited<ReturnType<typeof get>>;\n      (object",
  ),
  inMagic("any file counts as a GIF", '"image/gif": begins("GIF87a", "GIF89a")', '"image/gif": begins("")'),
  inMagic("a WAV file counts as a WebP picture", 'begins("RIFF????WEBP")', 'begins("RIFF")'),
  inMagic("image/pjpeg is not recognized as JPEG", '"image/pjpeg": "image/jpeg",', ""),
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
  inIngest("the row of an expired upload goes with its late object", "hasFailed(asset) ||", ""),
  inIngest(
    "an object that arrived too late stays",
    'await queuePurge(key);\n    return "late";',
    'return "late";',
  ),
  inObjects(
    "access that is denied counts as a missing object",
    "if (error instanceof NoSuchKey) {",
    'if ((error as Error).name === "AccessDenied" || error instanceof NoSuchKey) {',
  ),
  inObjects("the list of objects ends after its first page", "last: !IsTruncated", "last: true"),
  inVerify(
    "one byte more than signed is accepted",
    "object.contentLength !== asset.contentLength",
    "object.contentLength > asset.contentLength + 1",
  ),
  inVerify("another type than signed is accepted", "object.contentType !== asset.contentType", "false"),
  inVerify(
    "another checksum than signed is accepted",
    "if (asset.sha256 && object.sha256 !== sha256Base64(asset.sha256))",
    "if (false)",
  ),
  inLimits("pictures of 79 pixels are sent to Rekognition", "minSide: 80", "minSide: 79"),
  inLimits("pictures of 10,001 pixels are sent to Rekognition", "maxSide: 10_000", "maxSide: 10_001"),
  inLimits(
    "pictures above 15 MiB are sent to Rekognition",
    "bytes: 15 * 1024 * 1024",
    "bytes: 16 * 1024 * 1024",
  ),
  inVerify(
    "pictures of too many pixels are sent to Rekognition",
    "width * height > maxPixels",
    "width * height > 2 * maxPixels",
  ),
  inRows("reads may be stale", "id }), ConsistentRead: true", "id }), ConsistentRead: false"),
  inAssets("writes do not count the version", 'increment: ["version"]', "increment: []"),
  inAssets("more rows are read in one request than DynamoDB allows", "maxBatch = 100", "maxBatch = 101"),
];
