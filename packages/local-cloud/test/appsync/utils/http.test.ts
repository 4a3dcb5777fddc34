import { describe, expect, it } from "@jest/globals";

import { evaluate, newEvaluation } from "../../../src/appsync/utils/evaluation.ts";
import { http } from "../../../src/appsync/utils/http.ts";

const after = (act: () => void) => {
  const evaluation = newEvaluation();
  evaluate(evaluation, act);
  return evaluation.effects.responseHeaders;
};

describe("response headers", () => {
  it("are text, and the last value of a name is used", () => {
    const headers = after(() => {
      http.addResponseHeaders({ "X-A": 12, "X-B": { c: 1 } });
      http.addResponseHeader("x-a", "new");
      http.addResponseHeader("x-none", undefined);
    });
    expect(headers).toEqual({ "X-B": `{"c":1}`, "x-a": "new", "x-none": "null" });
  });

  it.each(["x-amzn-requestid", "X-Amz-Date", "Content-Type", "set-cookie", "Access-Control-Allow-Origin"])(
    "may not be %s",
    (name) => {
      expect(() => after(() => http.addResponseHeader(name, "1"))).toThrow(
        `the response header ${name} is reserved`,
      );
    },
  );

  it.each([
    ["a b", "1"],
    ["", "1"],
    ["a\r\nb", "1"],
    ["a", "1\r\nset-cookie: x=1"],
  ])("may not smuggle another: %j %j", (name, value) => {
    expect(() => after(() => http.addResponseHeader(name, value))).toThrow(/malformed/u);
  });

  it("are limited to 4 KB, names and values", () => {
    expect(after(() => http.addResponseHeader("a", "x".repeat(4095)))).toHaveProperty("a");
    expect(() => after(() => http.addResponseHeader("a", "x".repeat(4096)))).toThrow(
      "response headers exceed 4096 bytes",
    );
  });
});

describe("request headers to forward", () => {
  it("exclude those of the connection", () => {
    const headers = {
      Authorization: "t",
      "x-mine": "1",
      Host: "h",
      "Content-Length": "1",
      te: "trailers",
      Upgrade: "websocket",
    };
    expect(http.copyHeaders(headers)).toEqual({ Authorization: "t", "x-mine": "1" });
  });
});
