import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { createLog } from "../src/base/log.ts";
import { evaluate } from "../src/engine/evaluate.ts";
import { reloadOnChange } from "../src/reload.ts";
import { root } from "../../../test/support/program.ts";

let folder: string;
let stop: (() => Promise<void>) | undefined;

const save = (file: string, text: string) => writeFileSync(join(folder, file), text);
const program = (before: string) =>
  `import * as aws from "@pulumi/aws";\n${before}\nnew aws.sqs.Queue("jobs");\n`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "darkroom-hanging-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  save("package.json", '{ "type": "module", "main": "index.ts" }');
  save("Pulumi.yaml", "name: hanging\nruntime: {name: nodejs, options: {typescript: false}}\n");
  save("Pulumi.dev.yaml", "config: {aws:region: eu-west-1}\n");
  save("index.ts", program(""));
});

afterEach(async () => {
  await stop?.();
  rmSync(folder, { recursive: true, force: true });
});

it("a program that waits forever is ended when its files are saved again", async () => {
  const evaluation = { root: folder, stack: "dev" };
  const evaluatedAt = Date.now();
  const graph = await evaluate(evaluation);
  let applied = Promise.withResolvers<undefined>();
  const ended = Promise.withResolvers<string>();
  const began = Promise.withResolvers<undefined>();
  const waits = Promise.withResolvers<undefined>();
  const log = createLog("info", (line) => {
    if (line.includes("saved again")) {
      ended.resolve(line);
    } else if (line.includes("it waits")) {
      waits.resolve(undefined);
    } else if (line.includes("Saved")) {
      began.resolve(undefined);
    }
  });
  stop = reloadOnChange({
    ...{ evaluation: { ...evaluation, log }, evaluatedAt, graph, log, patienceMs: 500 },
    appsync: { reload: () => applied.resolve(undefined) },
    lambda: { reload: () => () => new Set() },
    s3: { declare: () => Promise.resolve(new Set()) },
  });
  save("index.ts", program("// The first run, which prints nothing, is over when this one is."));
  await began.promise;
  save("index.ts", program('console.log("it waits");\nawait new Promise(() => undefined);'));
  await waits.promise;
  applied = Promise.withResolvers<undefined>();
  save("index.ts", program(""));
  expect(await ended.promise).toContain("its files were saved again");
  await applied.promise;
});
