import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readSettings, type Secrets } from "../../src/engine/config.ts";

const PROJECT = `name: shop
runtime: nodejs
`;
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "engine-config-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function read(project: string, stack: string, secrets?: Secrets) {
  writeFileSync(join(root, "Pulumi.yaml"), project);
  writeFileSync(join(root, "Pulumi.dev.yaml"), stack);
  return readSettings(root, "dev", secrets);
}

describe("the settings of a stack", () => {
  it("are qualified by the project; objects become JSON, other values strings", () => {
    const { config } = read(
      `${PROJECT}config: {aws:region: eu-west-1, days: {type: integer, default: 7}, "aws:profile": {value: p}}`,
      "config: {size: 3, on: true, list: [a, b], when: 2026-01-01, aws:region: us-east-1}",
    );
    expect(config).toEqual({
      "aws:region": "us-east-1",
      "aws:profile": "p",
      "shop:days": "7",
      "shop:size": "3",
      "shop:on": "true",
      "shop:list": '["a","b"]',
      "shop:when": "2026-01-01",
    });
  });

  it("use a stand-in for each encrypted value, also within an object", () => {
    const stack = "config: {token: {secure: v1:x}, keys: {a: 1, list: [{secure: v1:y}]}}";
    const { config, secretKeys } = read(PROJECT, stack, (key) => `<${key}>`);
    expect(config).toEqual({
      "shop:token": "<shop:token>",
      "shop:keys": '{"a":1,"list":["<shop:keys.list[0]>"]}',
    });
    expect(secretKeys).toEqual(["shop:token", "shop:keys"]);
  });

  it("name a missing stand-in", () => {
    expect(() => read(PROJECT, "config: {token: {secure: v1:x}}", { "shop:other": "o" })).toThrow(
      expect.objectContaining({
        code: "SecretMissing",
        message: expect.stringMatching(/Pulumi\.dev\.yaml: shop:token is encrypted/),
      }),
    );
  });

  it.each([
    ["integer", "seven"],
    ["boolean", "perhaps"],
    ["array", "a"],
    ["object", "[a]"],
    ["string", "[a]"],
  ])("are refused when not of the declared type %s", (type, value) => {
    expect(() => read(`${PROJECT}config: {key: {type: ${type}}}`, `config: {key: ${value}}`)).toThrow(
      expect.objectContaining({
        code: "ConfigInvalid",
        message: `Pulumi.dev.yaml: shop:key must be of type ${type}.`,
      }),
    );
  });

  it.each([
    ["another language", "name: shop\nruntime: python", "", "Unsupported"],
    ["an environment that only Pulumi Cloud knows", PROJECT, "environment: [prod]", "Unsupported"],
    ["a project without name", "runtime: nodejs", "", "ConfigInvalid"],
    ["YAML that is none", PROJECT, "config: {", "ConfigInvalid"],
    ["a missing entry point", `${PROJECT}main: nowhere.ts`, "", "ConfigInvalid"],
  ])("are refused for %s", (_case, project, stack, code) => {
    expect(() => read(project, stack)).toThrow(expect.objectContaining({ code }));
  });

  it("include how the CLI starts the program", () => {
    writeFileSync(join(root, "app.ts"), "");
    const runtime = "runtime: {name: nodejs, options: {typescript: false, nodeargs: --no-warnings -r x}}";
    expect(read(`name: shop\n${runtime}\nmain: app.ts`, "")).toMatchObject({
      folder: root,
      entry: "app.ts",
      typescript: false,
      nodeArguments: ["--no-warnings", "-r", "x"],
    });
    expect(read(PROJECT, "")).toMatchObject({ folder: root, entry: ".", typescript: true });
  });
});
