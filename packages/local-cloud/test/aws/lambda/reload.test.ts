import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { buildSync } from "esbuild";
import { graphOf, role, temporaryStorage } from "../graph.ts";
import { functionArn, lambdaFunction, openFunction, openLambda, self } from "./support.ts";

const answering = (text: string): string => `export const handler = async () => ${JSON.stringify(text)};`;
const graphWith = (...fn: Parameters<typeof lambdaFunction>) =>
  graphOf(...role("fn-role"), lambdaFunction(...fn));

describe("the reload of a function", () => {
  it("runs the new code from the next invocation on", async () => {
    const { call, reload } = openFunction(answering("old"));
    expect(await call()).toMatchObject({ payload: "old" });
    expect([...reload(graphWith("fn", answering("new")))()]).toEqual([lambdaFunction("fn", "").urn]);
    expect(await call()).toMatchObject({ payload: "new" });
  });

  it("lets a running invocation end with the old code", async () => {
    const { call, reload, log } = openFunction(
      "export const handler = async () => { console.log('begun'); await new Promise((r) => setTimeout(r, 300)); return 'old'; };",
    );
    const running = call();
    await log.until(({ message }) => message === "begun");
    reload(graphWith("fn", answering("new")))();
    expect(await call()).toMatchObject({ payload: "new" });
    expect(await running).toMatchObject({ payload: "old" });
    expect(await call()).toMatchObject({ payload: "new" });
  });

  it("applies environment, memory and timeout", async () => {
    const code = "export const handler = async (_, c) => [process.env.COLOUR, c.memoryLimitInMB];";
    const { call, reload } = openFunction(code);
    await call();
    const environment = { variables: { COLOUR: "blue" } };
    reload(graphWith("fn", code, { environment, memorySize: 256 }))();
    expect(await call()).toMatchObject({ payload: ["blue", "256"] });
  });

  it("keeps a warm worker where nothing has changed", async () => {
    const code = "let runs = 0; export const handler = async () => ++runs;";
    const { call, reload } = openFunction(code);
    await call();
    reload(graphWith("fn", code))();
    expect(await call()).toMatchObject({ payload: 2 });
  });

  it("changes nothing before it is applied, nor if the code cannot be unpacked", async () => {
    const { call, reload } = openFunction(answering("old"));
    reload(graphWith("fn", answering("new")));
    expect(await call()).toMatchObject({ payload: "old" });
    const remote = { code: { uri: "https://example.com/code.zip" } };
    expect(() => reload(graphWith("fn", "", remote))).toThrow("not on this machine");
    expect(await call()).toMatchObject({ payload: "old" });
  });

  it("needs a restart for a function with another role", async () => {
    const { call, reload } = openFunction(answering("old"));
    const other = { role: "arn:aws:iam::000000000000:role/other" };
    expect(reload(graphWith("fn", answering("new"), other))().size).toBe(0);
    expect(await call()).toMatchObject({ payload: "old" });
  });

  it("notices a file of the same name with another content", async () => {
    const storage = temporaryStorage();
    const file = join(storage.folder, "code.mjs");
    const code = { assets: { "index.mjs": { path: "code.mjs" } } };
    writeFileSync(file, answering("old"));
    const lambda = openLambda(graphWith("fn", "", { code }), { program: storage.folder });
    const call = () => lambda.invoke(self, functionArn("fn"), {});
    expect(await call()).toMatchObject({ payload: "old" });
    writeFileSync(file, answering("newer"));
    lambda.reload(graphWith("fn", "", { code }))();
    expect(await call()).toMatchObject({ payload: "newer" });
  });
});

describe("a function with a source map beside its bundle", () => {
  const source = `interface Event { readonly name: string }

export const handler = async ({ name }: Event) => {
  console.error(new Error("in a line").stack?.split("\\n")[1]);
  throw new Error(name);
};
`;

  function open() {
    const storage = temporaryStorage();
    const program = storage.folder;
    mkdirSync(join(program, "src"));
    writeFileSync(join(program, "src/handler.ts"), source);
    buildSync({
      absWorkingDir: program,
      entryPoints: ["src/handler.ts"],
      outfile: "out/index.mjs",
      bundle: true,
      minify: true,
      format: "esm",
      sourcemap: "external",
      sourcesContent: false,
    });
    const code = { assets: { "index.mjs": { path: "out/index.mjs" } } };
    const lambda = openLambda(graphWith("fn", "", { code }), { program });
    return { ...lambda, program, call: () => lambda.invoke(self, functionArn("fn"), { name: "no" }) };
  }

  it("is logged with the lines of its source, in its own log lines too", async () => {
    const { call, log } = open();
    await call();
    expect(await log.until(({ message }) => message.includes("src/handler.ts:4:"))).toBeTruthy();
    const { fields } = await log.until(({ message }) => message === "function failed");
    expect(fields["trace"]).toContainEqual(expect.stringMatching(/src\/handler\.ts:5:\d+/));
  });

  it("answers its callers with the lines of the bundle, as on AWS", async () => {
    const { call } = open();
    expect(JSON.stringify(await call())).toMatch(/index\.mjs:\d+:\d+/);
  });

  it("has no map in its archive", () => {
    const { program } = open();
    expect(readFileSync(join(program, "out/index.mjs"), "utf8")).not.toContain("sourceMappingURL");
  });
});

describe("a line that a function writes", () => {
  it.each([
    ["ERROR", "error"],
    ["WARN", "warn"],
    ["INFO", "info"],
    ["DEBUG", "debug"],
  ] as const)("with level %s in JSON is logged as %s, whatever its stream", async (level, expected) => {
    const { call, log } = openFunction(
      `export const handler = async () => console.log(JSON.stringify({ level: "${level}", message: "x" }));`,
    );
    await call();
    expect(await log.until(({ message }) => message.includes('"message":"x"'))).toMatchObject({
      level: expected,
    });
  });
});
