import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { compileArnPattern, compilePattern } from "../../../src/aws/iam/match.ts";

const options = { variables: true, wildcards: true, ignoreCase: false };

/** What the wildcards mean, written as plainly as can be: exponential, but obviously right. */
function reference(pattern: string, value: string): boolean {
  const [head] = pattern;
  if (head === undefined) {
    return value === "";
  }
  if (head === "*") {
    return reference(pattern.slice(1), value) || (value !== "" && reference(pattern, value.slice(1)));
  }
  return value !== "" && (head === "?" || head === value[0]) && reference(pattern.slice(1), value.slice(1));
}

describe("wildcards", () => {
  const text = (letters: readonly string[]) =>
    fc.array(fc.constantFrom(...letters), { maxLength: 9 }).map((all) => all.join(""));

  it("mean what the reference says, for any pattern and value", () => {
    fc.assert(
      fc.property(text(["a", "b", ":", "*", "?", "."]), text(["a", "b", ":", "."]), (pattern, value) => {
        expect(compilePattern(pattern, options)(value, {})).toBe(reference(pattern, value));
      }),
      { numRuns: 2000 },
    );
  });

  it("take a variable's value literally, whatever it holds", () => {
    fc.assert(
      fc.property(
        text(["a", "*", "?", "$", "{", "}"]),
        text(["a", "*", "?", "$", "{", "}"]),
        (own, value) => {
          const matcher = compilePattern("x/${aws:userid}", options);
          expect(matcher(`x/${value}`, { "aws:userid": own })).toBe(own === value);
        },
      ),
    );
  });

  it("stand for themselves as ${*}, ${?} and ${$}", () => {
    const matcher = compilePattern("${*}${?}${$}", options);
    expect(matcher("*?$", {})).toBe(true);
    expect(matcher("abc", {})).toBe(false);
  });

  it("match a hostile pattern without stalling", () => {
    const matcher = compilePattern(`${"*a".repeat(50)}b`, options);
    expect(matcher("a".repeat(5000), {})).toBe(false);
  });
});

describe("a pattern of an ARN", () => {
  it.each([
    ["arn:aws:s3:*:*:*", "arn:aws:s3:::photos", true],
    ["arn:aws:s3:*:*:*", "arn:aws:s3", false],
    ["arn:aws:s*:photos", "arn:aws:s3:::photos", false],
    ["arn:aws:sqs:*:000000000000:jobs", "arn:aws:sqs:eu-west-1:000000000000:jobs", true],
    ["arn:aws:sqs:*:jobs", "arn:aws:sqs:eu-west-1:000000000000:jobs", false],
    ["arn:aws:logs:*:*:group:*", "arn:aws:logs:eu-west-1:000000000000:group:a:b", true],
  ])("%s against %s: %p, since a wildcard stays between its colons", (pattern, arn, holds) => {
    expect(compileArnPattern(pattern, false)(arn, {})).toBe(holds);
  });
});
