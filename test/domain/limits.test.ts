import { describe, expect, it } from "@jest/globals";
import { mediaTypes } from "../../domain/media.ts";
import { signedTypes } from "../../functions/ingest/magic.ts";
import { maxContentLength, problemOfAsset, problemOfUser } from "../../domain/limits.ts";

const asset = { contentType: "image/jpeg", contentLength: 1 };

describe("an asset's input", () => {
  it.each([
    asset,
    { ...asset, contentLength: maxContentLength },
    { ...asset, sha256: "a".repeat(64) },
    { ...asset, sha256: `${"A".repeat(43)}=` },
    { ...asset, filename: "ä/ö 图.jpg" },
    { ...asset, contentType: "application/json" },
    { ...asset, filename: "😀.jpg", clientToken: "😀" },
    { ...asset, filename: null, sha256: null, clientToken: null },
  ])("may be %j", (input) => {
    expect(problemOfAsset(input)).toBeUndefined();
  });

  it.each([
    ["contentType", { ...asset, contentType: "" }],
    ["contentType", { ...asset, contentType: "image" }],
    ["contentType", { ...asset, contentType: "image/" }],
    ["contentType", { ...asset, contentType: "Image/JPEG" }],
    ["contentType", { ...asset, contentType: "image/jpeg; charset=utf-8" }],
    ["contentType", { ...asset, contentType: "image/jpeg\r\nx-evil: 1" }],
    ["contentType", { ...asset, contentType: "text/html" }],
    ["contentType", { ...asset, contentType: "image/svg+xml" }],
    ["contentLength", { ...asset, contentLength: 0 }],
    ["contentLength", { ...asset, contentLength: -1 }],
    ["contentLength", { ...asset, contentLength: maxContentLength + 1 }],
    ["sha256", { ...asset, sha256: "abc" }],
    ["sha256", { ...asset, sha256: "g".repeat(64) }],
    ["sha256", { ...asset, sha256: "" }],
    ["sha256", { ...asset, sha256: "=".repeat(44) }],
    ["sha256", { ...asset, sha256: `${"A".repeat(42)}==` }],
    ["sha256", { ...asset, sha256: "A".repeat(44) }],
    ["sha256", { ...asset, sha256: `${"A".repeat(42)}B=` }],
    ["sha256", { ...asset, sha256: `${"A".repeat(42)}-=` }],
    ["filename", { ...asset, filename: "a\ud800b.jpg" }],
    ["filename", { ...asset, filename: "a\udc00b.jpg" }],
    ["filename", { ...asset, filename: "\ude00\ud83d" }],
    ["filename", { ...asset, filename: "a\u0000b" }],
    ["filename", { ...asset, filename: "a\nb" }],
    ["filename", { ...asset, filename: "a\u007fb" }],
    ["clientToken", { ...asset, clientToken: "\ud800" }],
    ["contentType", { ...asset, contentType: "text/xml" }],
    ["contentType", { ...asset, contentType: "text/ecmascript" }],
    ["contentType", { ...asset, contentType: "constructor" }],
    ["filename", { ...asset, filename: "" }],
    ["filename", { ...asset, filename: "x".repeat(256) }],
    ["clientToken", { ...asset, clientToken: " " }],
    ["clientToken", { ...asset, clientToken: "x".repeat(129) }],
  ])("names %s in %j", (field, input) => {
    expect(problemOfAsset(input)).toMatch(new RegExp(`^${field}:`));
  });
});

describe("a SHA-256 that is taken", () => {
  it("is 32 bytes: what an upload can have", () => {
    const of = (bytes: Buffer) => problemOfAsset({ ...asset, sha256: bytes.toString("base64") });
    for (let last = 0; last < 256; last += 1) {
      expect(of(Buffer.alloc(32, last))).toBeUndefined();
    }
    expect(of(Buffer.alloc(31))).toMatch(/^sha256:/);
    expect(of(Buffer.alloc(33))).toMatch(/^sha256:/);
  });
});

describe("a media type", () => {
  it("is taken if it is known, and none that a browser would run is", () => {
    for (const contentType of mediaTypes) {
      expect(problemOfAsset({ ...asset, contentType })).toBeUndefined();
      expect(contentType).not.toMatch(/html|xml$|script|svg|wasm|flash|java/);
    }
  });

  it.each([
    ["image/jpg", "image/jpeg"],
    ["image/pjpeg", "image/jpeg"],
    ["Image/JPEG", "image/jpeg"],
    ["text/plain; charset=utf-8", "text/plain"],
    ["audio/x-wav", "audio/wav"],
  ])("%s is refused with its right name, %s", (contentType, right) => {
    expect(problemOfAsset({ ...asset, contentType })).toBe(
      `contentType: must be ${right}, in lower case, without parameters`,
    );
  });

  it("of pictures, films and sounds is one whose beginning the uploads are held to", () => {
    const without = mediaTypes.filter(
      (type) => /^(image|video|audio)\//.test(type) && !signedTypes.includes(type),
    );
    expect(without).toEqual([]);
  });
});

describe("a user's input", () => {
  it.each([{ name: "Ada" }, { firstName: "Ada", lastName: "Lovelace" }, { id: "x", name: "Ada" }])(
    "may be %j",
    (input) => {
      expect(problemOfUser(input, true)).toBeUndefined();
    },
  );

  it.each([
    ["neither name", {}],
    ["both kinds of name", { name: "Ada", firstName: "Ada", lastName: "Lovelace" }],
    ["half a name", { firstName: "Ada" }],
    ["an empty name", { name: "  " }],
    ["a long name", { name: "x".repeat(201) }],
    ["an empty id", { id: "", name: "Ada" }],
    ["an id of 129 characters", { id: "x".repeat(129), name: "Ada" }],
    ["an id that the tables use for all users together", { id: "#all", name: "Ada" }],
    ["half a character", { name: "\ud800" }],
    ["a control character", { name: "A\u0000" }],
    ["a long address", { name: "Ada", email: `${"x".repeat(251)}@a.b` }],
  ])("may not have %s", (_, input) => {
    expect(problemOfUser(input, true)).toBeDefined();
  });

  it("needs no name to change an address", () => {
    expect(problemOfUser({ id: "x" }, false)).toBeUndefined();
  });
});
