import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { JavaPattern } from "../../../src/appsync/utils/java-pattern.ts";

/** Patterns by Java's documentation, with texts that match whole and texts that do not. */
const PATTERNS: readonly (readonly [pattern: string, matches: readonly string[], not: readonly string[]])[] =
  [
    ["a*b", ["b", "aaab"], ["", "aaabc"]],
    ["[^@\\s]+@[\\w.-]+\\.[a-z]{2,}", ["me@x.example"], ["me@", "m e@x.io"]],
    ["\\d{3}-\\d{4}", ["555-1234"], ["٥٥٥-1234"]],
    ["[a-c[x-z]]+", ["abxz"], ["d"]],
    ["[a-z&&[^aeiou]]+", ["xyz"], ["xaz"]],
    ["[a-z&&[def]&&[^e]]", ["d", "f"], ["e", "g"]],
    ["[^a-c&&[a-z]]", ["é", "d", "1"], ["a"]],
    ["[]a]+", ["]a"], ["b"]],
    ["[a\\-z]+", ["a-z"], ["b"]],
    ["[&|~!#/()]+", ["&|~!#/()"], ["a"]],
    ["[\\d\\p{Upper}_]+", ["A_1"], ["a"]],
    ["\\p{Alpha}\\P{Alpha}", ["a1"], ["aa", "é1"]],
    ["\\p{L}+", ["éß"], ["1"]],
    ["\\pL\\p{Lu}", ["éÉ"], ["éé"]],
    ["\\p{IsAlphabetic}\\p{IsLatin}\\p{script=Greek}", ["éaα"], ["1aα"]],
    ["\\p{Punct}+", ["!@[`{"], ["a"]],
    ["\\s\\h\\v", ["\t\u00a0\n"], ["\u00a0\u00a0\n"]],
    ["\\Qa.b*\\E+", ["a.b*", "a.b*a.b*"], ["axb*"]],
    ["\\x41\\u0042\\x{43}\\0104\\cI", ["ABCD\t"], ["ABCDI"]],
    ["(a)(?<two>b)\\1\\k<two>\\2", ["ababb"], ["abab"]],
    ["(?i)abc", ["ABC", "abc"], ["abd"]],
    ["a(?i)b(?-i)c", ["aBc", "abc"], ["ABc", "abC"]],
    ["(?i:a)b", ["Ab"], ["AB"]],
    ["(?i)[a-c]\\Qx\\E(y)\\1", ["AXyY"], ["d"]],
    ["(?x) a b # a comment\n c", ["abc"], ["a b c"]],
    ["(?s)a.b", ["a\nb"], []],
    ["a.b", ["axb"], ["a\nb", "a\u0085b"]],
    ["(?m)^a$\\n^b$", ["a\nb"], ["ab"]],
    ["x*+x", [], ["xxx"]],
    ["x++y", ["xxy"], ["y"]],
    ["(?>a|ab)c", ["ac"], ["abc"]],
    ["(a|b)*+c", ["abc"], ["ab"]],
    ["(?=.*\\d)(?!.*x).{3}", ["a1b"], ["abc", "1xb"]],
    ["(?<=^a)b|ab", ["ab"], ["b"]],
    ["a{2}b{1,2}?c{2,}", ["aabcc", "aabbccc"], ["abcc"]],
    ["\\Aab\\z", ["ab"], ["ab\n"]],
    ["}]", ["}]"], []],
    ["\\R", ["\r\n", "\n", "\u2028"], ["a"]],
  ];

describe("a Java pattern", () => {
  it.each(PATTERNS)("%s matches what it should", (pattern, matches, not) => {
    expect(matches.filter((text) => !JavaPattern.of(pattern).matches(text))).toEqual([]);
    expect(not.filter((text) => JavaPattern.of(pattern).matches(text))).toEqual([]);
  });

  it.each([
    "\\G",
    "\\X",
    "\\N{DIGIT ONE}",
    "\\p{InGreek}",
    "\\p{Nonsense}",
    "\\y",
    "(?d)a",
    "(?q)a",
    "(",
    "a)",
    "[a",
    "*a",
    "a**b",
    "\\2(a)",
    "\\k<x>",
    "a{2}{3}",
    "[",
  ])("%s is refused by name", (pattern) =>
    expect(() => JavaPattern.of(pattern).matches("a")).toThrow(/regular expression/u),
  );

  it.each([
    ["a1b22", "(\\d)(\\d)?", "<$1$2>", "a<1>b22", "a<1>b<22>"],
    ["a.b.c", ".", "x", "x.b.c", "xxxxx"],
    ["a.b.c", "\\.", "$0$0", "a..b.c", "a..b..c"],
    ["k=v", "(?<key>\\w)=(?<value>\\w)", "${value}=${key}", "v=k", "v=k"],
    ["price", "price", "\\$10 \\\\", "$10 \\", "$10 \\"],
    ["ab", "(a)", "$12", "a2b", "a2b"],
    ["aaa", "a*+", "-", "-", "--"],
    ["line\n", "$", "!", "line!\n", "line!\n!"],
    ["x", "(?>x)(y)?", "[$1]", "[]", "[]"],
  ])("in %j replaces %s by %s", (text, pattern, replacement, first, all) => {
    expect(JavaPattern.of(pattern).replaceFirst(text, replacement)).toBe(first);
    expect(JavaPattern.of(pattern).replaceAll(text, replacement)).toBe(all);
  });

  it.each(["$", "$x", "$2", "${none}", "\\"])("refuses the replacement %s", (replacement) => {
    expect(() => JavaPattern.of("(a)").replaceAll("a", replacement)).toThrow(/group/u);
  });

  it("quotes any text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\\E")),
        (text) => {
          expect(JavaPattern.of(`\\Q${text}\\E`).matches(text)).toBe(true);
        },
      ),
    );
  });

  it("reads any escaped character except letters and digits literally, in and out of a class", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-/:-@[-`{-~]$/u), (character) => {
        expect(JavaPattern.of(`\\${character}`).matches(character)).toBe(true);
        expect(JavaPattern.of(`[\\${character}]`).matches(character)).toBe(true);
      }),
    );
  });
});
