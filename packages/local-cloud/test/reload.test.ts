import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import local from "../../../local-cloud.config.ts";
import { type Cloud, startCloud } from "../src/cloud.ts";
import { createLog } from "../src/base/log.ts";
import { type Client, clientOf } from "../../../test/support/client.ts";
import { root } from "../../../test/support/program.ts";

/** A copy of the program, so that saving its files disturbs nobody. */
const copy = mkdtempSync(join(tmpdir(), "darkroom-reload-"));

const lines: string[] = [];
const waiting = new Set<() => void>();

/** The first line of the log, past or to come, that matches. A test that waits in vain says what was logged instead. */
const logged = (pattern: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    const inVain = setTimeout(
      () => reject(new Error(`Nothing that matches ${pattern} was logged:\n${lines.join("\n")}`)),
      100_000,
    );
    const look = () => {
      const line = lines.find((one) => pattern.test(one));
      if (line !== undefined) {
        clearTimeout(inVain);
        waiting.delete(look);
        lines.length = 0;
        resolve(line);
      }
    };
    waiting.add(look);
    look();
  });

let cloud: Cloud;
let alice: Client;

beforeAll(async () => {
  for (const name of [
    "domain",
    "functions",
    "infra",
    "resolvers",
    "index.ts",
    "package.json",
    "web",
    "schema.graphql",
    "Pulumi.yaml",
    "Pulumi.dev.yaml",
  ]) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const log = createLog("info", (line) => {
    lines.push(line);
    for (const look of [...waiting]) {
      look();
    }
  });
  cloud = await startCloud({ root: copy, local, stack: "dev", port: 0, data: undefined, reload: true, log });
  alice = await clientOf(cloud.ready, "alice");
});

afterAll(async () => {
  await alice.close();
  await cloud.stop();
  rmSync(copy, { recursive: true, force: true });
});

const edited = new Set<string>();
let restored = 0;

/** Each test finds the program as it was. The schema's mark shows that all of it is in use. */
afterEach(async () => {
  for (const file of edited) {
    cpSync(join(root, file), join(copy, file));
  }
  restored += 1;
  const mark = `Restored${restored}`;
  const schema = readFileSync(join(root, "schema.graphql"), "utf8");
  writeFileSync(join(copy, "schema.graphql"), `${schema}\ntype ${mark} {\n  id: ID\n}\n`);
  const isBack = async () => {
    const { data } = await alice.ask<{ __type: unknown }>(`{ __type(name: "${mark}") { name } }`);
    return data?.__type != null;
  };
  do {
    await logged(/Reloaded|Saved/);
  } while (!(await isBack()));
  lines.length = 0;
});

function edit(file: string, from: string, to: string): void {
  edited.add(file);
  const path = join(copy, file);
  const text = readFileSync(path, "utf8");
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

describe("saving a file while the cloud runs", () => {
  it("reloads schema and resolvers, and keeps data and sockets", async () => {
    const events = await alice.events();
    const { asset } = await alice.create(Buffer.from("x"), "text/plain");
    await events.until(({ assetId }) => assetId === asset.id);
    edit("resolvers/shared/errors.ts", "${what} not found", "${what} is nowhere");
    edit("schema.graphql", "type User {", 'type User {\n  "A nickname."\n  nick: String');
    await logged(/Reloaded the API/);
    expect((await alice.ask("{ me { nick } }")).errors).toBeUndefined();
    const missing = await alice.ask('{ getAsset(id: "x") { id } }');
    expect(missing.errors?.[0]?.message).toBe("Asset is nowhere");
    expect(await alice.asset(asset.id)).toMatchObject({ id: asset.id });
    const { asset: next } = await alice.create(Buffer.from("x"), "text/plain");
    expect(await events.until(({ assetId }) => assetId === next.id)).toMatchObject({ type: "CREATED" });
  });

  it("says what needs a new start", async () => {
    edit("infra/queue.ts", "messageRetentionSeconds: days(4)", "messageRetentionSeconds: days(5)");
    const line = await logged(/Start again to apply/);
    expect(line).toContain("aws:sqs/queue:Queue uploads-events");
    expect(line).not.toContain("aws:lambda/function:Function");
  });

  it("refuses an input that AWS refuses, as at the start", async () => {
    edit("infra/queue.ts", "messageRetentionSeconds: days(4)", "messageRetentionSeconds: days(15)");
    expect(await logged(/Not reloaded, the API runs unchanged/)).toMatch(
      /Queue .*: messageRetentionSeconds must be a whole number from 60 to 1209600\./,
    );
  });

  it("runs a function's new code from its next invocation on", async () => {
    edit("functions/presign/presign.ts", '"if-none-match": "*"', '"if-none-match": "?"');
    expect(await logged(/Reloaded .*presign/)).not.toContain("relay");
    const { upload } = await alice.create(Buffer.from("x"), "text/plain");
    expect(upload.headers).toContainEqual({ name: "if-none-match", value: "?" });
  });

  it("names the line of the TypeScript source where a function failed", async () => {
    edit("functions/presign/presign.ts", '"if-none-match": "*"', '"if-none-match": nowhere()');
    appendFileSync(
      join(copy, "functions/presign/presign.ts"),
      '\nfunction nowhere(): string {\n  throw new TypeError("no such place");\n}\n',
    );
    await logged(/Reloaded .*presign/);
    const text = readFileSync(join(copy, "functions/presign/presign.ts"), "utf8");
    const lineOfThrow = text.slice(0, text.indexOf("no such place")).split("\n").length;
    await alice.ask(
      'mutation { createAsset(input: { contentType: "text/plain", contentLength: 1 }) { asset { id } } }',
    );
    const line = await logged(/no such place/);
    expect(line).toContain(`functions/presign/presign.ts:${lineOfThrow}:`);
  });

  it("keeps the running code when the new code is refused, and names file and line", async () => {
    edit(
      "resolvers/Query.me.ts",
      "return ctx.error ?",
      "try { ctx.stash.x = 1; } finally { ctx.stash.y = 2; }\n  return ctx.error ?",
    );
    expect(await logged(/Not reloaded, the API runs unchanged/)).toMatch(
      /resolvers\/Query\.me\.ts:\d+:\d+.*try/,
    );
    expect((await alice.ask("{ me { id } }")).errors).toBeUndefined();
  });
});

describe("a mistake in a resolver", () => {
  it("is logged with field, file and line of the source, and the shape of ctx", async () => {
    edit(
      "resolvers/Query.me.ts",
      "return ctx.error ?",
      "const nothing = ctx.stash.nothing;\n  nothing.at.all = 1;\n  return ctx.error ?",
    );
    await logged(/Reloaded the API/);
    const { errors } = await alice.ask("{ me { id } }");
    expect(errors?.[0]).toMatchObject({ errorType: "Code" });
    const line = await logged(/failed in its response handler/);
    expect(line).toContain("Query.me");
    expect(line).toMatch(/source=resolvers\/Query\.me\.ts:\d+:\d+/);
    expect(line).toContain("ctx={");
  });
});
