import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { createLogger, isSampled } from "../../../functions/shared/logger.ts";

afterEach(() => void jest.restoreAllMocks());

function lineOf(keys: object): string {
  const lines: string[] = [];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  createLogger("label").info("text", { ...keys });
  jest.restoreAllMocks();
  expect(lines).toHaveLength(1);
  return lines.join("");
}

it.each([
  "authorization",
  "Authorization",
  "cookie",
  "x-api-key",
  "x-amz-security-token",
  "secret",
  "secretAccessKey",
  "sessionToken",
  "nextToken",
  "password",
  "newPassword",
])("a log line keeps what is under the name %s to itself", (name) => {
  expect(lineOf({ [name]: "open sesame" })).not.toContain("sesame");
  expect(lineOf({ nested: { [name]: "open sesame" } })).not.toContain("sesame");
});

it("a log line masks webhook secrets and signatures within a text", () => {
  const url =
    "https://s3/x?X-Amz-Credential=AKIA%2F&X-Amz-Expires=5&X-Amz-Security-Token=tok&X-Amz-Signature=abc";
  const line = lineOf({ text: "was whsec_QUJD+/= once", url, key: "uploads/a/b" });
  expect(line).toContain("was [redacted] once");
  expect(line).toContain(
    "X-Amz-Credential=[redacted]&X-Amz-Expires=5&X-Amz-Security-Token=[redacted]&X-Amz-Signature=[redacted]",
  );
  expect(line).toContain("uploads/a/b");
});

describe("the sample of assets", () => {
  const id = (end: string) => `01KAAAAAAAAAAAAAAAAAAA${end}`;

  it.each([
    ["0000", 0, false],
    ["0000", 0.000001, true],
    ["36CS", 0.1, true],
    ["36CT", 0.1, false],
    ["FZZZ", 0.5, true],
    ["G000", 0.5, false],
    ["ZZZZ", 0.999999, false],
    ["ZZZZ", 1, true],
  ])("has an id that ends with %s at the rate %d: %s", (end, rate, expected) => {
    expect(isSampled(id(end), rate)).toBe(expected);
    expect(isSampled(`uploads/someone/${id(end)}`, rate)).toBe(expected);
  });

  it("has ids that are no ULIDs, which only what is wrong has", () => {
    expect(isSampled("a file.jpg", 0)).toBe(true);
    expect(isSampled("", 0)).toBe(true);
  });
});
