import { describe, expect, it } from "@jest/globals";
import { compilePattern } from "../../../src/aws/logs/pattern.ts";

const line = '{"level":"ERROR","message":"A message failed","size":3,"ok":true,"off":false,"none":null}';

describe("a pattern of terms", () => {
  it.each([
    ["", line, true],
    ["   ", line, true],
    ["ERROR", line, true],
    ["error", line, false],
    ["ERROR", "[ERROR 400] BAD REQUEST", true],
    ["AUTHORIZED", "UNAUTHORIZED REQUEST", false],
    ["ERR", line, false],
    ["ERROR failed", line, true],
    ["ERROR passed", line, false],
    ['"A message failed"', line, true],
    ['"message failed" ERROR', line, true],
    ['"failed message"', line, false],
    [String.raw`"\"level\":\"ERROR\""`, line, true],
    ['"message\\failed"', line, false],
    ['".*"', line, false],
    ["?WARN ?ERROR", line, true],
    ['?WARN ?"Task timed out"', line, false],
    ["ERROR -failed", line, false],
    ["ERROR -passed", line, true],
    ['-"A message"', line, false],
  ])("%p matches %p: %p", (pattern, text, expected) => {
    expect(compilePattern(pattern)(text)).toBe(expected);
  });

  it.each([
    ["someone@example.com", "Invalid character(s) in term 'someone@example.com'"],
    ['ERROR "', "Invalid character(s) in term '\"'"],
    ['""', "Invalid character(s) in term '\"\"'"],
    ['"a"b', "Invalid character(s) in term '\"a\"b'"],
    ["?", "Invalid character(s) in term '?'"],
    ["%AUTHORIZED%", "Invalid character(s) in term '%AUTHORIZED%'"],
    ["ERROR ?WARN", "terms with ? beside other terms are not supported locally"],
    ["[first, second]", "columns in brackets are not supported locally"],
  ])("%p is refused", (pattern, why) => {
    expect(() => compilePattern(pattern)).toThrow(
      expect.objectContaining({
        code: "InvalidParameterException",
        message: `Invalid filter pattern: ${why}`,
      }),
    );
  });
});

const nested = JSON.stringify({
  type: "LABEL_FAILED",
  outcome: { refused: "ImageDamaged", list: [{ id: "one" }] },
  count: 3,
  small: 1e-3,
  yes: true,
  none: null,
  "with-dash": "a b",
});

describe("a pattern of fields", () => {
  it.each([
    ['{ $.type = "LABEL_FAILED" }', true],
    ['{$.type="LABEL_FAILED"}', true],
    ["{ $.type = LABEL_FAILED }", true],
    ['{ $.type = "LABEL" }', false],
    ['{ $.type = "LABEL*" }', true],
    ["{ $.type = *FAILED }", true],
    ['{ $.type = "L*_F*D" }', true],
    ['{ $.type = "L.*" }', false],
    ['{ $.type != "OTHER" }', true],
    ['{ $.type != "LABEL*" }', false],
    ['{ $.outcome.refused = "*" }', true],
    ['{ $.outcome.missing = "*" }', false],
    ['{ $.outcome.missing != "x" }', false],
    ['{ $.outcome.list[0].id = "one" }', true],
    ['{ $.outcome.list[1].id = "one" }', false],
    ['{ $.with-dash = "a b" }', true],
    ["{ $.count = 3 }", true],
    ['{ $.count = "3" }', false],
    ["{ $.type = 3 }", false],
    ["{ $.count != 3 }", false],
    ["{ $.count != 4 }", true],
    ["{ $.count > 2 }", true],
    ["{ $.count > 3 }", false],
    ["{ $.count >= 3 }", true],
    ["{ $.count < 3 }", false],
    ["{ $.count <= 3.0 }", true],
    ["{ $.small = 1e-3 }", true],
    ["{ $.count > -1 }", true],
    ["{ $.yes IS TRUE }", true],
    ["{ $.yes IS FALSE }", false],
    ["{ $.none IS NULL }", true],
    ["{ $.missing IS NULL }", false],
    ["{ $.missing NOT EXISTS }", true],
    ["{ $.none NOT EXISTS }", false],
    ["{ $.toString NOT EXISTS }", true],
    ['{ $.count = 3 && $.type = "OTHER" }', false],
    ['{ $.count = 3 || $.type = "OTHER" }', true],
    ["{ $.count = 4 && $.count = 5 || $.count = 3 }", true],
    ["{ $.count = 3 || $.count = 4 && $.count = 5 }", true],
    ["{ ($.count = 3 || $.count = 4) && $.count = 5 }", false],
    ['{ ($.count = 3) && (($.type = "L*")) }', true],
  ])("%s: %p", (pattern, expected) => {
    expect(compilePattern(pattern)(nested)).toBe(expected);
  });

  it("with many wildcards takes no time", () => {
    const pattern = `{ $.text = "${"*a".repeat(300)}b" }`;
    expect(compilePattern(pattern)(JSON.stringify({ text: "a".repeat(100_000) }))).toBe(false);
  });

  it.each([
    ["a*", "a", true],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["*ab*b", "xabb", true],
    ["*ab*b", "xab", false],
    ["**", "", true],
    ["a", "aa", false],
  ])("%p is like %p: %p", (like, text, expected) => {
    expect(compilePattern(`{ $.text = "${like}" }`)(JSON.stringify({ text }))).toBe(expected);
  });

  it.each(["LABEL_FAILED", "{", '"LABEL_FAILED"', ""])("matches no line that is not JSON: %p", (text) => {
    expect(compilePattern("{ $.type NOT EXISTS }")(text)).toBe(false);
  });

  it.each([
    ["{ $.a = 1", "If a filter pattern starts with '{' it must end with '}'"],
    ["{ }", "it is not supported locally at 'its end'"],
    ["{ $.a }", "it is not supported locally at 'its end'"],
    ["{ $.a = }", "it is not supported locally at 'its end'"],
    ["{ a = 1 }", "it is not supported locally at 'a'"],
    ["{ $.a = 1 && }", "it is not supported locally at 'its end'"],
    ["{ $.a = 1 $.b = 2 }", "it is not supported locally at '$.b'"],
    ["{ ($.a = 1 }", "it is not supported locally at 'its end'"],
    ["{ $.a = 1) }", "it is not supported locally at ')'"],
    ["{ $.a == 1 }", "it is not supported locally at '='"],
    ["{ $.a LIKE 1 }", "it is not supported locally at 'LIKE'"],
    ["{ $.a IS EMPTY }", "it is not supported locally at 'IS'"],
    ["{ $.a constructor 1 }", "it is not supported locally at 'constructor'"],
    ["{ $.a = %x% }", "it is not supported locally at '%x%'"],
    ["{ $.a[*] = 1 }", "it is not supported locally at '[*] = 1'"],
    ['{ $.a > "x" }', "> compares numbers, not '\"x\"'"],
  ])("%s is refused", (pattern, why) => {
    expect(() => compilePattern(pattern)).toThrow(`Invalid filter pattern: ${why}`);
  });
});
