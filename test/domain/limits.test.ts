import { describe, expect, it } from "@jest/globals";
import { maxContentLength, problemOfAsset, problemOfUser } from "../../domain/limits.ts";

const asset = { contentType: "image/jpeg", contentLength: 1 };

describe("an asset's input", () => {
  it.each([
    asset,
    { ...asset, contentLength: maxContentLength },
    { ...asset, sha256: "a".repeat(64) },
    { ...asset, sha256: `${"A".repeat(43)}=` },
    { ...asset, filename: "ä/ö 图.jpg" },
    { ...asset, contentType: "application/vnd.api+json" },
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
    ["filename", { ...asset, filename: "" }],
    ["filename", { ...asset, filename: "x".repeat(256) }],
    ["clientToken", { ...asset, clientToken: " " }],
    ["clientToken", { ...asset, clientToken: "x".repeat(129) }],
  ])("names %s in %j", (field, input) => {
    expect(problemOfAsset(input)).toMatch(new RegExp(`^${field}:`));
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
  ])("may not have %s", (_, input) => {
    expect(problemOfUser(input, true)).toBeDefined();
  });

  it("needs no name to change an address", () => {
    expect(problemOfUser({ id: "x" }, false)).toBeUndefined();
  });
});
