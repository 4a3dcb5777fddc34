import { describe, expect, it } from "@jest/globals";
import { compileCondition } from "../../../src/aws/iam/condition.ts";
import type { Context } from "../../../src/aws/iam/match.ts";

const holds = (element: object, context: Context = {}) => compileCondition(element, true)(context);

describe("condition operators", () => {
  it.each([
    ["StringEquals", "a", "a", "b"],
    ["StringNotEquals", "a", "b", "a"],
    ["StringEqualsIgnoreCase", "Ab", "aB", "b"],
    ["StringNotEqualsIgnoreCase", "Ab", "b", "aB"],
    ["StringLike", "a*z?", "abczd", "abcz"],
    ["StringNotLike", "a*", "b", "ab"],
    ["NumericEquals", "10", "10.0", "11"],
    ["NumericNotEquals", "10", "11", "10"],
    ["NumericLessThan", "10", "9", "10"],
    ["NumericLessThanEquals", "10", "10", "11"],
    ["NumericGreaterThan", "10", "11", "10"],
    ["NumericGreaterThanEquals", "10", "10", "9"],
    ["DateLessThan", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z"],
    ["DateGreaterThan", "1767225600", "2026-01-01T00:00:01Z", "2026-01-01T00:00:00Z"],
    ["Bool", "true", "TRUE", "false"],
    ["BinaryEquals", "QUI=", "QUI=", "qui="],
    ["IpAddress", "10.0.0.0/8", "10.1.2.3", "11.0.0.1"],
    ["IpAddress", "2001:db8::/32", "2001:db8::1", "10.1.2.3"],
    ["NotIpAddress", "10.0.0.0/8", "11.0.0.1", "10.1.2.3"],
    ["ArnLike", "arn:aws:s3:::bucket*", "arn:aws:s3:::bucket-1", "arn:aws:s3:eu::bucket"],
    ["ArnEquals", "arn:aws:sqs:*:1:q", "arn:aws:sqs:eu:1:q", "arn:aws:sqs:eu:1:2:q"],
    ["ArnNotLike", "arn:aws:s3:::b*", "arn:aws:s3:::c", "arn:aws:s3:::b"],
    ["ArnNotEquals", "arn:aws:s3:::b", "arn:aws:s3:::c", "arn:aws:s3:::b"],
  ])("%s %s holds for %s, not for %s", (operator, wanted, match, mismatch) => {
    expect(holds({ [operator]: { "x:key": wanted } }, { "x:key": match })).toBe(true);
    expect(holds({ [operator]: { "x:key": wanted } }, { "x:key": mismatch })).toBe(false);
  });

  it("takes any of several values, and all of several keys", () => {
    const element = { StringEquals: { "x:a": ["1", "2"], "x:b": "3" } };
    expect(holds(element, { "x:a": "2", "x:b": "3" })).toBe(true);
    expect(holds(element, { "x:a": "2", "x:b": "4" })).toBe(false);
  });

  it("denies by a negated operator only when no value fits", () => {
    const element = { StringNotEquals: { "x:a": ["1", "2"] } };
    expect(holds(element, { "x:a": "2" })).toBe(false);
    expect(holds(element, { "x:a": "3" })).toBe(true);
  });

  it("decides an absent key as AWS does", () => {
    expect(holds({ StringEquals: { "x:a": "1" } })).toBe(false);
    expect(holds({ StringNotEquals: { "x:a": "1" } })).toBe(true);
    expect(holds({ StringEqualsIfExists: { "x:a": "1" } })).toBe(true);
    expect(holds({ "ForAllValues:StringEquals": { "x:a": "1" } })).toBe(true);
    expect(holds({ "ForAnyValue:StringEquals": { "x:a": "1" } })).toBe(false);
    expect(holds({ "ForAnyValue:StringNotEquals": { "x:a": "1" } })).toBe(false);
    expect(holds({ Null: { "x:a": "true" } })).toBe(true);
    expect(holds({ Null: { "x:a": "false" } })).toBe(false);
  });

  it("compares sets of values", () => {
    const all = { "ForAllValues:StringEquals": { "x:a": ["1", "2"] } };
    expect(holds(all, { "x:a": ["1", "2"] })).toBe(true);
    expect(holds(all, { "x:a": ["1", "3"] })).toBe(false);
    const any = { "ForAnyValue:StringLike": { "x:a": "1*" } };
    expect(holds(any, { "x:a": ["3", "12"] })).toBe(true);
    expect(holds(any, { "x:a": ["3"] })).toBe(false);
  });

  it("knows keys whatever their case, and fills in variables literally", () => {
    const element = { StringLike: { "X:Owner": "${x:user}/*" } };
    expect(holds(element, { "x:owner": "ann/1", "x:user": "ann" })).toBe(true);
    expect(holds(element, { "x:owner": "bob/1", "x:user": "*" })).toBe(false);
    expect(holds(element, { "x:owner": "/1" })).toBe(false);
    expect(holds({ StringEquals: { "x:a": "${x:b, 'none'}" } }, { "x:a": "none" })).toBe(true);
  });

  it.each([
    [{ StringSimilar: { "x:a": "1" } }, 'unknown condition operator "StringSimilar"'],
    [{ "ForSome:StringEquals": { "x:a": "1" } }, 'unknown condition operator "ForSome:StringEquals"'],
    [{ NumericEquals: { "x:a": "ten" } }, '"ten" cannot be compared'],
    [{ DateEquals: { "x:a": "soon" } }, '"soon" cannot be compared'],
    [{ IpAddress: { "x:a": "10.0.0.300" } }, '"10.0.0.300" is no IP range'],
    [{ Null: { "x:a": "maybe" } }, "Null takes"],
    [{ StringLike: { "aws:UserAgent": "a" } }, '"aws:useragent" is not supported'],
    [{ StringEquals: { "dynamodb:Attributes": "a" } }, '"dynamodb:attributes" is not supported'],
    [{ StringEquals: "x" }, "StringEquals must be an object"],
  ])("refuses %j", (element, message) => {
    expect(() => compileCondition(element, true)).toThrow(message);
  });
});
