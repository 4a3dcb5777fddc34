import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { xml } from "../../../src/appsync/utils/xml.ts";

describe("XML", () => {
  it.each([
    ["<a/>", { a: "" }],
    ["", {}],
    ["<a>1.5</a>", { a: 1.5 }],
    ["<a>007</a>", { a: "007" }],
    ["<a>12345678901234567890</a>", { a: "12345678901234567890" }],
    ["<a>true</a>", { a: true }],
    ["<a> padded </a>", { a: "padded" }],
    ["<a><b>1</b><b>2</b><b>3</b></a>", { a: { b: [1, 2, 3] } }],
    [`<a id="1" n='x &amp; y'>t<b/></a>`, { a: { id: 1, n: "x & y", b: "", content: "t" } }],
    ["<a><![CDATA[<b>&amp;]]></a>", { a: "<b>&amp;" }],
    ["<a>&lt;&#65;&#x42;&apos;</a>", { a: "<AB'" }],
    [
      `<?xml version="1.0"?><!-- <b> --><ns:a xmlns:ns="u"><é>1</é></ns:a>\n`,
      { "ns:a": { "xmlns:ns": "u", é: 1 } },
    ],
  ])("%s is a map", (source, expected) => expect(xml.toMap(source)).toEqual(expected));

  it.each([
    "<a>",
    "<a></b>",
    "</a>",
    "text",
    "<a/><b/>",
    "<a b></a>",
    "<a>&nope;</a>",
    "<a>&</a>",
    "<",
    `<a b="<"/>`,
    "<a>&#x110000;</a>",
  ])("%s is malformed", (source) => expect(() => xml.toMap(source)).toThrow(/^malformed XML at line 1/u));

  it("has no custom entities: no bombs, no files", () => {
    const bomb = `<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>`;
    expect(() => xml.toMap(bomb)).toThrow(/malformed XML/u);
    expect(() => xml.toMap(`<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`)).toThrow(
      /malformed XML/u,
    );
  });

  it("adds no member to any other object", () => {
    xml.toMap("<a><__proto__><polluted>1</polluted></__proto__></a>");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("keeps any text except numbers", () => {
    const escape = (text: string) =>
      text.replace(/[&<]/gu, (character) => `&#${character.codePointAt(0) ?? 0};`);
    fc.assert(
      fc.property(
        fc.string().map((text) => `~${text}~`),
        (text) => expect(xml.toMap(`<a>${escape(text)}</a>`)).toEqual({ a: text }),
      ),
    );
  });
});
