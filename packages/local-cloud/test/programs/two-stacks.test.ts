import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "@jest/globals";
import { mergeStandIns, parseStackOutput, parseStandIns } from "../../src/engine/stand-ins.ts";
import { root } from "../../../../test/support/program.ts";
import { usePrograms } from "./support.ts";

const { boot, place } = usePrograms();
const secrets = { token: "t0ken" };
const stack = "acme/network/dev";

describe("a program that reads a secret and another stack's outputs", () => {
  it("gets the values that stand in for them", async () => {
    const standIns = { secrets, stacks: { [stack]: { vpcId: "vpc-1", subnets: ["a", "b"] } } };
    const { ready } = await boot("two-stacks", { standIns });
    expect(ready.outputs).toMatchObject({ vpcId: "vpc-1", subnets: ["a", "b"], tokenLength: 5 });
  });

  it("gets those of local-cloud.config.ts too, which an option replaces one by one", async () => {
    const local = { standIns: { secrets, stacks: { [stack]: { vpcId: "vpc-1", subnets: ["a"] } } } };
    const standIns = { stacks: { [stack]: { vpcId: "vpc-2" } } };
    const { ready } = await boot("two-stacks", { local, standIns });
    expect(ready.outputs).toMatchObject({ vpcId: "vpc-2", subnets: ["a"], tokenLength: 5 });
  });

  it.each([
    ["the secret", {}, /two-stacks:token is encrypted.*--secret two-stacks:token=VALUE/],
    ["the stack", { secrets }, /the stack acme\/network\/dev.*--stack-output acme\/network\/dev:NAME=VALUE/],
    ["a required output", { secrets, stacks: { [stack]: {} } }, /Required output 'vpcId' does not exist/],
  ])("is refused without %s, with what to do", async (_, standIns, words) => {
    await expect(boot("two-stacks", { standIns })).rejects.toThrow(words);
  });
});

describe("the command's flags", () => {
  const refusal = (...args: string[]) => {
    const main = "packages/local-cloud/src/main.ts";
    const options = { cwd: root, encoding: "utf8" } as const;
    const flags = ["--program", place("two-stacks"), "--memory", "--port", "0", ...args];
    const { status, stderr } = spawnSync(process.execPath, [main, ...flags], options);
    return `${String(status)} ${stderr}`;
  };

  it("say what is missing, and take it", () => {
    expect(refusal()).toMatch(/--secret two-stacks:token=VALUE/);
    expect(refusal("--secret", "token=x")).toMatch(/--stack-output acme\/network\/dev:NAME=VALUE/);
    expect(refusal("--secret", "token=x", "--stack-output", `${stack}:other=1`)).toMatch(/'vpcId'/);
  });

  it.each([
    ["--secret", "token", "--secret must be KEY=VALUE, not token"],
    ["--stack-output", "vpcId=1", "--stack-output must be STACK:NAME=VALUE, not vpcId=1"],
  ])("are refused in a sentence: %s %s", (flag, value, words) => {
    expect(refusal(flag, value)).toMatch(new RegExp(`^2 ${words}`));
  });

  it.each([
    ["{", /^2 --stand-ins: .*: .*JSON/],
    ['{"secret":{}}', /^2 --stand-ins: .*: the file\.secret is not a setting/],
    ['{"secrets":{"a":1}}', /^2 --stand-ins: .*: the file\.secrets\.a must be a text, not 1/],
  ])("refuse a file of stand-ins that is %s", (text, words) => {
    const file = join(place("two-stacks"), "values.json");
    writeFileSync(file, text);
    expect(refusal("--stand-ins", file)).toMatch(words);
  });

  it("take the file that the documentation shows", () => {
    const docs = readFileSync(join(root, "docs/local-cloud.md"), "utf8");
    const [, example = ""] = /## Another program.*?```json\n(.*?)```/s.exec(docs) ?? [];
    expect(parseStandIns(example)).toHaveProperty(["stacks", stack]);
  });

  it("read an output as JSON where it is JSON", () => {
    const given = ["a:list=[1]", "a:text=vpc-1", 'a:quoted="7"', "b:empty="].map(parseStackOutput);
    expect(mergeStandIns(...given).stacks).toEqual({
      a: { list: [1], text: "vpc-1", quoted: "7" },
      b: { empty: "" },
    });
  });
});
