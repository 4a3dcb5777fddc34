import { type Fault, faultIn } from "../fault.ts";

const pictureTests = ["test/functions/thumbnail/picture.test.ts"];
const jobTests = ["test/functions/thumbnail/thumbnail.test.ts"];
const inPicture = faultIn("functions/thumbnail/picture.ts", pictureTests);
const inJob = faultIn("functions/thumbnail/thumbnail.ts", jobTests);
const inPictures = faultIn("functions/thumbnail/pictures.ts", jobTests);
const inLabel = faultIn("functions/label/label.ts", ["test/functions/label/label.test.ts"]);
const inRenditions = faultIn("domain/renditions.ts", ["test/domain/renditions.test.ts", ...pictureTests]);
const inMessages = faultIn("domain/messages.ts", ["test/domain/renditions.test.ts"]);
const inSweep = faultIn("functions/sweep/sources.ts", ["test/functions/sweep/sweep.test.ts"]);
const inIngest = faultIn("functions/ingest/ingest.ts", ["test/functions/ingest/ingest.test.ts"]);
const inPresign = faultIn("functions/presign/presign.ts", ["test/functions/presign/downloads.test.ts"]);

export const thumbnailFaults: readonly Fault[] = [
  inPicture(
    "a picture is refused at the first try",
    "await pause(secondTryAfter);\n  return tryToRender(bytes, wanted);",
    "return first;",
  ),
  inPicture("all decoders are open", 'sharp.block({ operation: ["VipsForeignLoad"] });', ""),
  inPicture("a decompression bomb is decoded", "if (width * height > maxPixels) {", "if (false) {"),
  inPicture("half a picture is shown", 'failOn: "truncated"', 'failOn: "none"'),
  inPicture("pictures are not rotated", ".autoOrient(),", ","),
  inPicture("sizes are those before the rotation", ".metadata()).autoOrient", ".metadata())"),
  inPicture("small pictures are enlarged", "withoutEnlargement: true", "withoutEnlargement: false"),
  inPicture("transparent pictures are labelled on black", 'background: "white"', 'background: "black"'),
  inPicture("the small one is large", "inside(picture, sides.SMALL)", "inside(picture, sides.LARGE)"),
  inJob("hidden assets get thumbnails", "stored.includes(asset.state) && ", ""),
  inJob("thumbnails are made again", ' && asset.renditions === "PENDING"', ""),
  inJob("pictures of any size are read", "asset.contentLength > maxPictureBytes", "false"),
  inJob(
    "a concurrent change of the row is overwritten",
    'when: "#version = :seen"',
    'when: "#version >= :seen"',
  ),
  inJob("thumbnails of a removed asset stay", "await thumbnailing.pictures.remove(written);", ""),
  inJob("thumbnails of a purged asset stay", "!asset || asset.purgeRequestedAt", "!asset"),
  inJob("labels of other assets are queued", "labelledFrom !== undefined && labelStatus", "labelStatus"),
  inJob("thin pictures are sent to Rekognition", "< rekognition.minSide", "< 0 * rekognition.minSide"),
  inPictures("versions stay", "VersionId: version }", "}"),
  inLabel(
    "WebP is sent to Rekognition",
    'labelledFrom ? renditionKey(ownerId, id, "LABEL") : objectKey(ownerId, id)',
    "labelledFrom ? objectKey(ownerId, id) : objectKey(ownerId, id)",
  ),
  inLabel(
    "an asset without thumbnails is not checked for a week",
    'asset.renditions === "PENDING" &&',
    "false &&",
  ),
  inRenditions("a restored asset stays without thumbnails", 'before.state === "DELETED" || ', ""),
  inMessages("an unknown size gives the object itself", " || !isSize(size)", ""),
  inSweep("a lost job is not sent again", 'renditions === "PENDING"', "false"),
  inIngest("the thumbnails of a removed object stay", "await objects.removeRenditions(key);", ""),
  inIngest("a repeated removal keeps renditions", "await objects.removeRenditions(key);", ""),
  inPresign(
    "a URL is signed for thumbnails that do not exist",
    'size && asset.renditions !== "DONE"',
    "false",
  ),
];
