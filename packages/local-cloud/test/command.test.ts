import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { root } from "../../../test/support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "darkroom-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text = ""): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

function run(script: string, ...args: string[]) {
  const command = ["--disable-warning=ExperimentalWarning", script, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: root,
    encoding: "utf8",
    timeout: 200_000,
  });
  return { status, stdout, stderr };
}

/** What package.json runs, by the command's name. */
const scripts = Object.entries(
  (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> })
    .scripts,
).flatMap(([name, text]) => {
  const [, script] = /^node .*?([\w/-]+\.ts)$/.exec(text) ?? [];
  return script === undefined ? [] : [[name, script] as const];
});

describe.each(scripts)("npm run %s", (name, script) => {
  it("prints its usage for --help", () => {
    const { status, stdout, stderr } = run(script, "--help");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(name === "start" ? /^npm start/ : new RegExp(`^npm run ${name}`));
    expect(stdout).toContain("--help");
  });

  it("names an unknown flag, and shows its usage", () => {
    const { status, stdout, stderr } = run(script, "--nonsense");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("--nonsense");
    expect(stderr).toContain("--help");
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe("npm start refuses in a sentence", () => {
  const refusal = (...args: string[]) => {
    const { status, stderr } = run("packages/local-cloud/src/main.ts", ...args);
    return { status, sentence: stderr.split("\n")[0] };
  };

  it("a port in use", async () => {
    const server = net.createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as net.AddressInfo;
    expect(refusal("--port", String(port), "--memory")).toEqual({
      status: 2,
      sentence: expect.stringContaining(`Port ${port} is in use`),
    });
    server.close();
  });

  it("a data folder that is a file", () => {
    const taken = file("taken");
    expect(refusal("--port", "0", "--data", taken)).toEqual({
      status: 2,
      sentence: `${taken} is not a folder`,
    });
  });

  it("a file of faults that is missing or not JSON", () => {
    const missing = join(folder, "missing.json");
    expect(refusal("--faults", missing)).toEqual({
      status: 2,
      sentence: `--faults: ${missing} does not exist`,
    });
    expect(refusal("--faults", file("bad.json", "{"))).toEqual({
      status: 2,
      sentence: expect.stringMatching(/^--faults: .*bad\.json: .*JSON/),
    });
  });

  it.each([
    ["--port", "70000", "0 to 65535"],
    ["--port", "", "0 to 65535"],
    ["--log", "xml", "text or json"],
    ["--config", "=1", "KEY=VALUE"],
  ])("%s %j", (flag, value, words) => {
    expect(refusal(flag, value)).toEqual({ status: 2, sentence: expect.stringContaining(words) });
  });
});

describe("local-cloud.config.ts", () => {
  const refusal = (program: string) => {
    const { status, stderr } = run("packages/local-cloud/src/main.ts", "--program", program, "--memory");
    return { status, sentence: stderr.split("\n")[0] };
  };

  it.each([
    ["export default { user: [] };", "local-cloud.config.mjs.user is not a setting"],
    ["export default { users: [{}] };", "local-cloud.config.mjs.users[0].username is missing"],
    ["export default { config: { a: 1 } };", "local-cloud.config.mjs.config.a must be a text, not 1"],
    ["export const config = {};", "local-cloud.config.mjs has no default export"],
  ])("is checked before anything starts: %s", (config, words) => {
    const program = mkdtempSync(join(folder, "program-"));
    writeFileSync(join(program, "Pulumi.yaml"), "name: small\nruntime: nodejs\n");
    writeFileSync(join(program, "local-cloud.config.mjs"), config);
    expect(refusal(program)).toEqual({ status: 2, sentence: expect.stringContaining(words) });
  });

  it("is read only beside a Pulumi.yaml", () => {
    expect(refusal(folder)).toEqual({
      status: 2,
      sentence: `${folder} has no Pulumi.yaml: name the folder of a Pulumi program with --program`,
    });
  });
});

describe("npm run demo refuses before it boots", () => {
  const big = file("big.jpg");
  truncateSync(big, 104_857_601);

  it.each([
    ["a missing file", join(folder, "missing.jpg"), "does not exist"],
    ["a folder", folder, "is a folder"],
    ["an empty file", file("empty.jpg"), "is empty"],
    ["more than 100 MiB", big, "104857600"],
    ["what it does not know", file("unknown.jpg", "\0\0"), "does not know its type"],
  ])("%s", (_, path, words) => {
    const { status, stdout, stderr } = run("tools/demo/main.ts", path);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(words);
  });
});

describe("npm run evaluate", () => {
  const handler = file("resolver.js", "export function request(ctx) { return { a: ctx.args.b.c }; }");
  const context = file("ctx.json", '{ "arguments": { "b": { "c": 1 } } }');

  it("prints what the handler returned", () => {
    const { status, stdout } = run(
      ...([
        "packages/local-cloud/src/appsync/evaluate.ts",
        handler,
        "--function",
        "request",
        "--context",
        context,
      ] as const),
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ evaluationResult: '{"a":1}' });
  });

  it("ends with 1 if the handler threw", () => {
    const { status, stdout } = run(
      "packages/local-cloud/src/appsync/evaluate.ts",
      handler,
      "--function",
      "request",
    );
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toHaveProperty("error.message");
  });

  it("runs the example of the README", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const [, example = ""] = /`npm run evaluate -- ([^`]+)`/.exec(readme) ?? [];
    const { status, stdout } = run("packages/local-cloud/src/appsync/evaluate.ts", ...example.split(" "));
    expect(status).toBe(0);
    const { evaluationResult } = JSON.parse(stdout) as { evaluationResult: string };
    expect(JSON.parse(evaluationResult)).toMatchObject({ operation: "GetItem", consistentRead: true });
  });

  it("names the line of the TypeScript source where the handler threw", () => {
    const source = `interface Gone { here: string }
// Types and comments are not deployed: the line in the bundle is another.
export function request(ctx: { source: { id: string } }): unknown {
  return { payload: ctx.source.id };
}`;
    const { status, stderr } = run(
      ...([
        "packages/local-cloud/src/appsync/evaluate.ts",
        file("throws.ts", source),
        "--function",
        "request",
      ] as const),
    );
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^At \S*throws\.ts:4:\d+\n$/),
    });
  });

  it("refuses a context that is missing or not JSON", () => {
    const args = ["Query.getAsset", "--function", "request", "--context"];
    const missing = run("packages/local-cloud/src/appsync/evaluate.ts", ...args, join(folder, "none.json"));
    expect(missing).toMatchObject({ status: 2, stderr: expect.stringContaining("does not exist") });
    const bad = run(
      "packages/local-cloud/src/appsync/evaluate.ts",
      ...args,
      file("bad-ctx.json", "nonsense"),
    );
    expect(bad).toMatchObject({ status: 2, stderr: expect.stringContaining("is not JSON") });
  });
});

describe("a command that is stopped by a signal", () => {
  const scriptOf = (ofMain: string): string =>
    file(
      "stopped.ts",
      `import { beforeEnd, run } from ${JSON.stringify(join(root, "packages/local-cloud/src/command.ts"))};
       run("usage", () => new Promise((resolve, reject) => {
         beforeEnd(async () => {
           ${ofMain};
           await new Promise((done) => setImmediate(done));
           console.log("cleaned up");
         });
         setInterval(() => undefined, 1000);
         process.kill(process.pid, "SIGTERM");
       }));`,
    );

  it.each([
    ["fails because of it", `reject(new Error("the cloud is gone"))`],
    ["succeeds meanwhile", "resolve(0)"],
  ])("cleans up, and ends with the signal's code and no error, when its work %s", (_, ofMain) => {
    expect(run(scriptOf(ofMain))).toEqual({ status: 143, stdout: "cleaned up\n", stderr: "" });
  });
});
