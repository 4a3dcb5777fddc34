import { type Fault, faultIn } from "../fault.ts";

const presign = "functions/presign/presign.ts";
const uploadTests = [
  "test/functions/presign/presign.test.ts",
  "test/e2e/uploads.test.ts",
  "test/e2e/lifecycle.test.ts",
];
const inPresign = faultIn(presign, uploadTests);

export const presignFaults: readonly Fault[] = [
  inPresign("an upload may overwrite an object", '"if-none-match": "*",', ""),
  inPresign("the size of an upload is not signed", '"content-length": String(request.contentLength),', ""),
  inPresign("the type of an upload is not signed", '"content-type": request.contentType,\n    "if', '"if'),
  inPresign(
    "a browser shows what a user uploaded",
    "ResponseContentDisposition: disposition(object.filename),",
    "",
  ),
  inPresign("an upload says how its download is encoded", 'ResponseContentEncoding: "identity",', ""),
  inPresign(
    "an upload says how long its download is cached",
    "ResponseCacheControl: `private, max-age=${ttlSeconds}`,",
    "",
  ),
  inPresign(
    "a download URL is valid longer than requested",
    "signed(signing, ttlSeconds, {",
    "signed(signing, ttlSeconds * 2, {",
  ),
];
