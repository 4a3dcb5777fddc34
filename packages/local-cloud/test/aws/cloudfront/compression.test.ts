import { describe, expect, it } from "@jest/globals";
import { compresses, compressionOf } from "../../../src/aws/cloudfront/compression.ts";

const css = { "content-type": "text/css; charset=utf-8", "content-length": "5000", etag: '"abc"' };
const encodingFor = (accepted: string | undefined, headers: Record<string, string> = css) =>
  compressionOf(accepted, headers)?.headers["content-encoding"];

describe("compression", () => {
  it.each([
    ["gzip, deflate, br", "br"],
    ["gzip;q=1.0", "gzip"],
    ["GZIP", "gzip"],
    ["br;q=0, gzip", "gzip"],
    ["br;q=0.000, gzip;q=0", undefined],
    ["deflate", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("for Accept-Encoding %s is %s", (accepted, encoding) => {
    expect(encodingFor(accepted)).toBe(encoding);
  });

  it.each([
    ["small", { "content-length": "999" }],
    ["huge", { "content-length": "10000001" }],
    ["of unknown size", { "content-length": "" }],
    ["pictures", { "content-type": "image/png" }],
    ["of no type", { "content-type": "" }],
    ["compressed already", { "content-encoding": "gzip" }],
  ])("leaves files that are %s", (_, headers) => {
    expect(encodingFor("br", { ...css, ...headers })).toBeUndefined();
  });

  it("has no length, varies by what is accepted, and weakens the ETag", () => {
    expect(compressionOf("br", css)?.headers).toEqual({
      ...{ "content-type": css["content-type"], "content-encoding": "br", vary: "Accept-Encoding" },
      etag: 'W/"abc"',
    });
  });

  it("needs the setting and a cache policy that keeps compressed answers apart", () => {
    const cachePolicyId = "658327ea-f89d-4fab-a63d-7e88639e58f6";
    const disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
    expect(compresses({ compress: true, cachePolicyId })).toBe(true);
    expect(compresses({ compress: false, cachePolicyId })).toBe(false);
    expect(compresses({ compress: true, cachePolicyId: disabled })).toBe(false);
    expect(compresses({ compress: true })).toBe(false);
  });
});
