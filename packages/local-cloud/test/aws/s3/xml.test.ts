import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { document, parseXml } from "../../../src/aws/s3/xml.ts";
import { element, group } from "../../../src/aws/xml.ts";

describe("XML", () => {
  it("comes back as it was written, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const whole = text.replaceAll("\u0000", "");
        const written = document("A", [group("B", [element("C", whole)])]);
        expect(parseXml(written)?.children[0]?.children[0]?.text).toBe(whole);
      }),
    );
  });

  it("reads entities, references, comments, attributes and empty elements", () => {
    const source = `<?xml version="1.0"?>\n<A b="c"><!-- <x> --><B>&lt;&#65;&#x42;&amp;amp;</B><C/></A>\n`;
    expect(parseXml(source)).toMatchObject({
      name: "A",
      children: [
        { name: "B", text: "<AB&amp;" },
        { name: "C", text: "" },
      ],
    });
  });

  it.each([
    "",
    "text",
    "<a>",
    "<a></b>",
    "</a>",
    "<a/><b/>",
    "<a/>text",
    "<a>&b;</a>",
    "<a>&</a>",
    "<a>&#0;</a>",
    "<a>&#xD800;</a>",
    "<a>&#x110000;</a>",
    "<a>&constructor;</a>",
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "<a><![CDATA[x]]></a>",
    "<a>".repeat(9) + "</a>".repeat(9),
  ])("refuses %s", (source) => {
    expect(parseXml(source)).toBeUndefined();
  });

  it("takes time in proportion to its length", () => {
    for (const unit of ["<a ", "<!--", "&", "<a b='", " "]) {
      expect(parseXml(`<a${unit.repeat(200_000)}`)).toBeUndefined();
    }
  });
});
