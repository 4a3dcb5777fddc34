import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { util } from "../../../src/appsync/utils/index.ts";

describe("the string functions", () => {
  it("decode what they encode", () => {
    const wellFormed = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(wellFormed, (text) => {
        expect(util.urlDecode(util.urlEncode(text))).toBe(text);
        expect(util.base64Decode(util.base64Encode(text))).toBe(text);
        expect(util.urlEncode(text)).toMatch(/^(?:[A-Za-z0-9.\-*_+]|%[0-9A-F]{2})*$/u);
      }),
    );
  });

  it("escape what a JavaScript string needs escaped, without other effects", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii" }), (text) => {
        const escaped = util.escapeJavaScript(text);
        expect(escaped).toMatch(/^[\x20-\x7f]*$/u);
        const unescaped = escaped.replaceAll("\\'", "'").replaceAll("\\/", "/");
        expect(JSON.parse(`"${unescaped}"`)).toBe(text);
      }),
    );
  });

  it("refuse malformed escapes and unknown forms by name", () => {
    expect(() => util.urlDecode("100%")).toThrow("urlDecode: malformed escape %");
    expect(() => util.str.normalize("a", "nfx")).toThrow("normalize knows nfc, nfd, nfkc and nfkd, not nfx");
    expect(util.str.normalize("e\u0301", "nfc")).toBe("\u00e9");
  });
});
