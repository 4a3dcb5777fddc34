import { describe, expect, it } from "@jest/globals";
import { createFirewall } from "../../../src/aws/waf/firewall.ts";
import type { Resource } from "../../../src/base/graph.ts";
import { createMeter } from "../../../src/meter/index.ts";

const api = "arn:aws:appsync:eu-west-1:000000000000:apis/a";

const declared = (type: string, inputs: Readonly<Record<string, unknown>>): Resource => ({
  ...{ urn: type, type, name: "acl", custom: true, id: type, inputs },
  outputs: { name: "acl", arn: "arn:acl", ...inputs },
  ...{ secretInputs: [], dependencies: [], protect: false, retainOnDelete: false },
});

const headerField = (name: string) => ({
  fieldToMatch: { singleHeader: { name } },
  textTransformations: [{ priority: 0, type: "NONE" }],
});

function firewallOf(...statements: readonly object[]) {
  let now = 0;
  const warnings: string[] = [];
  const log = { warn: (text: string) => void warnings.push(text) };
  const rules = statements.map((statement, index) => ({
    ...{ name: `rule${index}`, priority: index, statement, action: { block: {} } },
  }));
  const resources = [
    declared("aws:wafv2/webAcl:WebAcl", { rules }),
    declared("aws:wafv2/webAclAssociation:WebAclAssociation", { resourceArn: api, webAclArn: "arn:acl" }),
  ];
  const graph = { project: "test", stack: "test", resources, outputs: {} };
  const meter = createMeter();
  const firewall = createFirewall(graph, () => now, log as never, meter);
  const passes = (headers: Record<string, string>, address = "10.0.0.1", arn = api) =>
    !firewall(arn, { headers, address });
  const billed = () => meter.bill().lines.map(({ resource, quantity }) => [resource, quantity]);
  return { passes, billed, warnings, wait: (seconds: number) => void (now += seconds * 1000) };
}

const rate = (more: object) => ({ rateBasedStatement: { limit: 10, evaluationWindowSec: 300, ...more } });
const ofSignUps = ["a", "b"].map((name) => ({
  regexMatchStatement: { ...headerField(name), regexString: "^SignUp$" },
}));
const ofToken = rate({
  aggregateKeyType: "CUSTOM_KEYS",
  customKeys: [{ header: { name: "authorization" } }],
});

describe("a web ACL", () => {
  it("blocks an address beyond its limit, only that one, and only until the window has passed", () => {
    const { passes, wait } = firewallOf(rate({ aggregateKeyType: "IP" }));
    const answers = Array.from({ length: 12 }, () => passes({}));
    expect(answers).toEqual([...Array.from({ length: 10 }, () => true), false, false]);
    expect(passes({}, "10.0.0.2")).toBe(true);
    wait(301);
    expect(passes({})).toBe(true);
  });

  it("blocks a token from whatever address, and counts no request without one", () => {
    const { passes } = firewallOf(ofToken);
    const from = (index: number, token: string) => passes({ authorization: token }, `10.0.0.${index}`);
    const answers = Array.from({ length: 11 }, (_, index) => from(index, "mallory"));
    expect(answers).toEqual([...Array.from({ length: 10 }, () => true), false]);
    expect(from(1, "alice")).toBe(true);
    expect(Array.from({ length: 20 }, () => passes({})).every(Boolean)).toBe(true);
  });

  it("counts only what a rule is for", () => {
    const signed = {
      byteMatchStatement: {
        ...headerField("authorization"),
        positionalConstraint: "STARTS_WITH",
        searchString: "AWS4",
      },
    };
    const { passes } = firewallOf(
      rate({ aggregateKeyType: "IP", scopeDownStatement: { notStatement: { statement: signed } } }),
    );
    expect(
      Array.from({ length: 20 }, () => passes({ authorization: "AWS4-HMAC-SHA256 x" })).every(Boolean),
    ).toBe(true);
    expect(Array.from({ length: 11 }, () => passes({ authorization: "x" })).at(-1)).toBe(false);
  });

  it("counts all addresses together", () => {
    const { passes } = firewallOf(
      rate({ aggregateKeyType: "CONSTANT", scopeDownStatement: { orStatement: { statements: ofSignUps } } }),
    );
    const from = (index: number, headers: Record<string, string>) => passes(headers, `10.0.0.${index}`);
    expect(Array.from({ length: 20 }, (_, index) => from(index, {})).every(Boolean)).toBe(true);
    const answers = Array.from({ length: 11 }, (_, index) =>
      from(index, { [index % 2 ? "a" : "b"]: "SignUp" }),
    );
    expect(answers).toEqual([...Array.from({ length: 10 }, () => true), false]);
  });

  it("blocks by the length that is announced", () => {
    const { passes } = firewallOf({
      regexMatchStatement: { ...headerField("content-length"), regexString: "^[0-9]{6,}$" },
    });
    expect([
      passes({ "content-length": "99999" }),
      passes({}),
      passes({ "content-length": "100000" }),
    ]).toEqual([true, true, false]);
  });

  it("is charged for each request of its API, blocked ones included", () => {
    const { passes, billed } = firewallOf(rate({ aggregateKeyType: "IP" }));
    Array.from({ length: 12 }, () => passes({}));
    passes({}, "10.0.0.1", "other");
    expect(billed()).toEqual([["acl", 12]]);
  });

  it("lets another API's requests pass, and names the rules that do not run here", () => {
    const { passes, warnings } = firewallOf(rate({ aggregateKeyType: "IP" }), { geoMatchStatement: {} });
    expect(warnings).toEqual(["WebAcl acl: the rule rule1 has no effect here"]);
    expect(Array.from({ length: 20 }, () => passes({}, "10.0.0.1", "other")).every(Boolean)).toBe(true);
  });
});
