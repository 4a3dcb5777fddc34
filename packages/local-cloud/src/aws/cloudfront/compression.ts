import type { Transform } from "node:stream";
import { constants, createBrotliCompress, createGzip } from "node:zlib";

/** Bytes. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html */
const minSize = 1000;
const maxSize = 10_000_000;

/** Of those that CloudFront compresses, what sites are made of. */
const types =
  /^(?:text\/(?:css|csv|html|javascript|js|plain|richtext|tab-separated-values|xml|x-component|x-script)|application\/(?:javascript|json|manifest\+json|vnd\.ms-fontobject|wasm|x-javascript|xhtml\+xml|xml|rss\+xml)|image\/svg\+xml|font\/(?:eot|otf|opentype|ttf))$/;

/** Managed cache policies that keep compressed answers apart. Without one of them, CloudFront does not compress. */
const policies = new Set([
  // CachingOptimized
  "658327ea-f89d-4fab-a63d-7e88639e58f6",
]);

interface Behavior {
  readonly compress?: boolean | undefined;
  readonly cachePolicyId?: string | undefined;
}

export const compresses = ({ compress = false, cachePolicyId = "" }: Behavior): boolean =>
  compress && policies.has(cachePolicyId);

interface Compression {
  readonly headers: Record<string, string>;
  readonly stream: () => Transform;
}

/** How an answer is compressed for what the browser accepts, Brotli first. Undefined if it goes as it is. */
export function compressionOf(
  accepted: string | readonly string[] | undefined,
  headers: Readonly<Record<string, string>>,
): Compression | undefined {
  const { "content-length": length, etag, ...others } = headers;
  const size = Number(length);
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "";
  const encoding = (["br", "gzip"] as const).find((one) => accepts(String(accepted ?? ""), one));
  const isOfSize = size >= minSize && size <= maxSize;
  if (!encoding || !isOfSize || !types.test(type) || headers["content-encoding"] !== undefined) {
    return undefined;
  }
  return {
    headers: {
      ...{ ...others, "content-encoding": encoding, vary: "Accept-Encoding" },
      ...(etag !== undefined && { etag: etag.startsWith("W/") ? etag : `W/${etag}` }),
    },
    stream: encoding === "br" ? brotli : createGzip,
  };
}

/** A quality of 0 refuses. */
function accepts(accepted: string, encoding: string): boolean {
  return accepted.split(",").some((one) => {
    const [name = "", ...parameters] = one.split(";").map((part) => part.trim());
    return name.toLowerCase() === encoding && !parameters.some((each) => /^q=0(?:\.0*)?$/.test(each));
  });
}

const brotli = (): Transform => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
