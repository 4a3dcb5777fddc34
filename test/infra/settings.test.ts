import { describe, expect, it } from "@jest/globals";
import { loopbackCallbacks, readSettings } from "../../infra/settings.ts";
import { evaluate } from "../../packages/local-cloud/src/engine/evaluate.ts";
import { longestName, problemsOfPlace, warningOfAccount } from "../../infra/place.ts";
import { graphOf, root } from "../support/program.ts";

const good: Record<string, unknown> = {
  protectData: true,
  introspection: false,
  fieldLogLevel: "ERROR",
  functionLogLevel: "INFO",
  logSampleRate: 0.1,
  logRetentionDays: 30,
  functionMemory: 512,
  publishTogether: 25,
  labelConcurrency: 5,
  thumbnailConcurrency: 5,
  ingestConcurrency: 10,
  deliverConcurrency: 5,
  loopbackCallbacks: false,
  auditRemoves: true,
  keepDeletedDays: 30,
  keepFailedDays: 0,
  keepEventsDays: 90,
  limits: {
    maxAssets: 10,
    maxBytes: 1000,
    maxChangesADay: 100,
    maxLabelledADay: 5,
    maxLabelledADayInAll: 50,
    maxCallbacksADay: 50,
    maxCallbacksADayToAHost: 500,
    maxRelabelsADay: 2,

    labellingPaused: false,
  },
  eraseGraceDays: 0.5,
  alarms: true,
  signUp: ["example.com", "mail.example.org"],
  mfa: "required",
  passwordSignIn: false,
  accessLogs: true,
  allowedOrigins: ["https://app.example.com"],
};

const read = (values: Record<string, unknown>) => {
  const get = (key: string) => {
    const value = values[key];
    return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
  };
  return readSettings("test", { get } as Parameters<typeof readSettings>[1], Object.keys(values));
};

describe("settings", () => {
  it("are read", () => {
    expect(read(good)).toEqual(good);
    const requests = { maxRequestsOfAddress: 100, maxRequestsOfToken: 100 };
    const firewall = { ...requests, maxSignUpsOfAddress: 10, maxSignUps: 100 };
    const mailFrom = "Darkroom <no-reply@example.com>";
    expect(read({ ...good, firewall, mailFrom })).toMatchObject({ firewall, mailFrom });
    expect(read({ ...good, alarmEmail: "ops@example.com" })).toMatchObject({ alarmEmail: "ops@example.com" });
  });

  it("are refused in one message that names all that are missing or wrong", () => {
    const { protectData, ...rest } = good;
    const bad = { ...rest, labelConcurrency: 1, allowedOrigins: ["app.example.com/"] };
    expect(protectData).toBe(true);
    expect(() => read(bad)).toThrow(
      [
        "Pulumi.test.yaml does not fit:",
        "  protectData: is missing",
        "  labelConcurrency: must be a whole number from 2 to 1000, not 1",
        '  allowedOrigins: must be a list of origins such as https://app.example.com, not ["app.example.com/"]',
      ].join("\n"),
    );
  });

  it.each([
    ["is missing", { maxBytes: undefined }],
    ["is unknown", { maxBites: 5 }],
    ["is no number", { maxAssets: "10" }],
    ["is below zero", { maxAssets: -1 }],
    ["is no flag", { labellingPaused: 0 }],
  ])("with limits of which one %s are refused", (_, wrong) => {
    const limits = { ...(good["limits"] as object), ...wrong };
    expect(() => read({ ...good, limits })).toThrow("limits: must be an object with maxAssets, maxBytes,");
  });

  it.each([
    [0, true],
    [1, true],
    [1.01, false],
    [-0.1, false],
    ["half", false],
  ])("with a logSampleRate of %s are accepted: %s", (logSampleRate, accepted) => {
    const reading = () => read({ ...good, logSampleRate });
    if (accepted) {
      expect(reading()).toMatchObject({ logSampleRate });
    } else {
      expect(reading).toThrow("logSampleRate: must be a number from 0 to 1");
    }
  });

  it("are refused by name if they are unknown", () => {
    expect(() => read({ ...good, deliverConcurency: 5, labelConcurrency: 1 })).toThrow(
      [
        "Pulumi.test.yaml does not fit:",
        "  labelConcurrency: must be a whole number from 2 to 1000, not 1",
        "  deliverConcurency: is not a setting",
      ].join("\n"),
    );
  });

  it("of a stack are refused by name too, except those of the provider", async () => {
    const config = { "darkroom:alarmMail": "ops@example.com", "aws:profile": "someone" };
    const evaluation = evaluate({ root, stack: "dev", config });
    await expect(evaluation).rejects.toThrow(/^ {2}alarmMail: is not a setting$/m);
    await expect(evaluation).rejects.not.toThrow(/profile/);
  });

  it.each([
    [
      "a stack's name",
      ["a-name-that-is-much-too-long-for-what-it-names", "pictures", "eu-west-1"],
      /6 characters too long/,
    ],
    ["a region without Rekognition", ["prod", "darkroom", "eu-north-1"], /eu-north-1 has no Rekognition/],
  ] as const)("refuse %s that AWS would refuse halfway through a deployment", (_, place, problem) => {
    expect(problemsOfPlace(place[0], place[1], place[2])).toEqual([expect.stringMatching(problem)]);
    expect(problemsOfPlace("prod", "darkroom", "eu-west-1")).toEqual([]);
  });

  it("know the longest name of what AWS allows 64 characters", async () => {
    const { resources } = await graphOf("prod");
    const names = resources
      .filter(({ type }) => /lambda\/function:|scheduler\/schedule:/.test(type))
      .map(({ outputs }) => outputs.name.replace("darkroom-prod-", ""));
    expect(Math.max(...names.map(({ length }) => length))).toBe(longestName.length);
  });

  it("need the log of the API for alarms", () => {
    expect(() => read({ ...good, fieldLogLevel: "NONE" })).toThrow("fieldLogLevel: must be ERROR or ALL");
  });

  it("allow callbacks to this machine only in the local cloud's account", () => {
    expect(loopbackCallbacks({ loopbackCallbacks: true }, "000000000000")).toBe("true");
    expect(loopbackCallbacks({ loopbackCallbacks: false }, "123456789012")).toBe("false");
    expect(() => loopbackCallbacks({ loopbackCallbacks: true }, "123456789012")).toThrow(
      "must not be deployed",
    );
  });

  it("warn about a protected stack on AWS that is not bound to its account", () => {
    expect(warningOfAccount("prod", true, "123456789012", undefined)).toContain(
      "pulumi config set --path 'aws:allowedAccountIds[0]' 123456789012 -s prod",
    );
    expect(warningOfAccount("prod", true, "123456789012", '["123456789012"]')).toBeUndefined();
    expect(warningOfAccount("dev", false, "123456789012", undefined)).toBeUndefined();
    expect(warningOfAccount("prod", true, "000000000000", undefined)).toBeUndefined();
  });

  it.each([
    ["protectData", "yes"],
    ["fieldLogLevel", "LOUD"],
    ["logRetentionDays", 8],
    ["functionMemory", 64],
    ["publishTogether", 0],
    ["publishTogether", 26],
    ["alarmEmail", "nobody"],
    ["urgentEmail", 5],
    ["signUp", "everybody"],
    ["signUp", []],
    ["signUp", ["*.example.com"]],
    ["signUp", ["Example.com"]],
    ["mfa", "sometimes"],
    ["mailFrom", "Darkroom"],
    ["firewall", { maxRequestsOfAddress: 100 }],
    ["firewall", { maxRequestsOfAddress: 100, maxRequestsOfToken: 100 }],
    [
      "firewall",
      { maxRequestsOfAddress: 100, maxRequestsOfToken: 100, maxSignUpsOfAddress: 9, maxSignUps: 100 },
    ],
    ["allowedOrigins", "*"],
  ])("refuse %s: %p", (key, value) => {
    expect(() => read({ ...good, [key]: value })).toThrow(`${key}: must be`);
  });
});
