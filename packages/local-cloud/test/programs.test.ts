import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, describe, expect, it } from "@jest/globals";
import { WebSocket } from "ws";
import { type Cloud, type Ready, startCloud } from "../src/cloud.ts";
import { createLog } from "../src/log.ts";
import { descendantsOf, ended } from "../../../test/support/processes.ts";
import { root } from "../../../test/support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "local-cloud-programs-"));
const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) {
    await stop();
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of the program outside of this repository, with packages of its own. */
function place(name: string): string {
  const copy = mkdtempSync(join(folder, `${name}-`));
  cpSync(join(import.meta.dirname, "programs", name), copy, { recursive: true });
  mkdirSync(join(copy, "node_modules", "@pulumi"), { recursive: true });
  for (const one of ["pulumi", "aws"]) {
    symlinkSync(join(root, "node_modules/@pulumi", one), join(copy, "node_modules/@pulumi", one), "junction");
  }
  return copy;
}

async function boot(name: string): Promise<Cloud & { readonly complaints: readonly string[] }> {
  const complaints: string[] = [];
  const log = createLog("warn", (line) => complaints.push(line));
  const cloud = await startCloud({ root: place(name), stack: "dev", port: 0, data: undefined, log });
  stops.push(() => cloud.stop());
  return { ...cloud, complaints };
}

async function ask(ready: Ready, query: string, variables: object = {}): Promise<unknown> {
  const response = await fetch(ready.graphqlUrl, {
    method: "POST",
    headers: { "x-api-key": ready.apiKeys[0] ?? "" },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

describe("a to-do list with an API key", () => {
  const add = "mutation ($title: String!) { addTodo(title: $title) { id title done } }";

  it("boots with npx local-cloud --program from a folder elsewhere, and answers", async () => {
    const child = spawn(
      "npx",
      ["--no-install", "local-cloud", "--program", place("todo"), "--memory", "--port", "0", "--json"],
      { cwd: root, stdio: ["ignore", "pipe", "inherit"] },
    );
    stops.push(() => endOf(child));
    const ready = await readyOf(child);
    expect(ready).toMatchObject({
      users: [],
      userPoolId: "",
      bucket: "",
      outputs: { url: ready.graphqlUrl },
    });
    expect(ready.outputs["apiKey"]).toBe(ready.apiKeys[0]);
    const added = (await ask(ready, add, { title: "Milk" })) as {
      data: { addTodo: { id: string } };
    };
    expect(added).toEqual({ data: { addTodo: { id: expect.any(String), title: "Milk", done: false } } });
    const { id } = added.data.addTodo;
    expect(await ask(ready, "query ($id: ID!) { todo(id: $id) { title } }", { id })).toEqual({
      data: { todo: { title: "Milk" } },
    });
  });

  it("refuses another key", async () => {
    const { ready } = await boot("todo");
    expect(await ask({ ...ready, apiKeys: ["da2-another"] }, add, { title: "Milk" })).toMatchObject({
      errors: [{ errorType: "UnauthorizedException" }],
    });
  });
});

it("a program with enhanced filters publishes to those whom they let through", async () => {
  const { ready, complaints } = await boot("pubsub");
  const heard = await listen(ready, 'subscription { urgentOn(channel: "a") { body } }');
  const publish = (channel: string, body: string, urgent: boolean) =>
    ask(
      ready,
      `mutation ($channel: String!, $body: String!, $urgent: Boolean!) {
        publish(channel: $channel, body: $body, urgent: $urgent) { channel body urgent } }`,
      { channel, body, urgent },
    );
  await publish("a", "not urgent", false);
  await publish("b", "elsewhere", true);
  await publish("a", "first", true);
  await publish("a", "last", true);
  expect(await heard("last")).toEqual(["first", "last"]);
  expect(complaints).toEqual([]);
});

it("a program without an API and a user pool boots, and says so where one is asked for", async () => {
  const { ready, complaints } = await boot("queue");
  expect(ready).toMatchObject({ users: [], apiKeys: [], userPoolId: "" });
  expect(await ask(ready, "{ ping }")).toEqual({
    errors: [{ errorType: "NotFoundException", message: "The program declares no GraphQL API." }],
  });
  const credentials = ready.roles["administrator"] ?? { accessKeyId: "", secretAccessKey: "" };
  const client = new SQSClient({ endpoint: ready.endpointUrl, region: ready.region, credentials });
  const { QueueUrl } = await client.send(
    new GetQueueUrlCommand({ QueueName: String(ready.outputs["queueUrl"]).split("/").at(-1) }),
  );
  expect(QueueUrl).toBe(ready.outputs["queueUrl"]);
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "work" }));
  client.destroy();
  expect(complaints).toEqual([]);
});

describe("local-cloud.config.ts", () => {
  const boots = (config: string) => {
    const copy = place("queue");
    writeFileSync(join(copy, "local-cloud.config.mjs"), config);
    return run("--program", copy, "--memory", "--port", "0", "--json");
  };

  it.each([
    ["export default { user: [] };", "local-cloud.config.mjs.user is no setting"],
    ["export default { users: [{}] };", "local-cloud.config.mjs.users[0].username is missing"],
    ["export default { config: { a: 1 } };", "local-cloud.config.mjs.config.a must be a text, not 1"],
    ["export const config = {};", "local-cloud.config.mjs has no default export"],
  ])("is checked before anything starts: %s", async (config, message) => {
    const { code, stderr } = await boots(config);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it("is looked for in a folder with a Pulumi.yaml only", async () => {
    const { code, stderr } = await run("--program", folder);
    expect(stderr).toContain("has no Pulumi.yaml: name the folder of a Pulumi program with --program");
    expect(code).toBe(2);
  });
});

async function run(...flags: string[]): Promise<{ code: unknown; stderr: string }> {
  const command = [
    "--disable-warning=ExperimentalWarning",
    join(root, "packages/local-cloud/src/main.ts"),
    ...flags,
  ];
  const child = spawn(process.execPath, command, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  stops.push(() => child.kill("SIGKILL"));
  const chunks: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, "close")) as [unknown];
  return { code, stderr: Buffer.concat(chunks).toString() };
}

/** npx does not hand every signal on: what it started is ended by its own id. */
async function endOf(child: ChildProcess): Promise<void> {
  const all = [child.pid ?? 0, ...descendantsOf(child.pid ?? 0)];
  for (const pid of all) {
    try {
      process.kill(pid, "SIGTERM");
    } catch {
      // It has ended with the one before.
    }
  }
  await ended(all);
}

async function readyOf(child: ChildProcess): Promise<Ready> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    return JSON.parse(line) as Ready;
  }
  throw new Error("It ended without being ready");
}

/** Subscribes by API key. The function returned waits for a body, and gives all up to it. */
async function listen(ready: Ready, query: string): Promise<(body: string) => Promise<string[]>> {
  const authorization = { host: new URL(ready.graphqlUrl).host, "x-api-key": ready.apiKeys[0] };
  const header = Buffer.from(JSON.stringify(authorization)).toString("base64url");
  const socket = new WebSocket(ready.realtimeUrl, ["graphql-ws", `header-${header}`]);
  stops.push(() => socket.terminate());
  const bodies: string[] = [];
  let look = (): void => undefined;
  const acknowledged = Promise.withResolvers<undefined>();
  socket.on("error", acknowledged.reject);
  socket.on("open", () => socket.send(JSON.stringify({ type: "connection_init" })));
  socket.on("message", (frame: Buffer) => {
    const { type, payload } = JSON.parse(frame.toString()) as {
      type: string;
      payload?: { data: { urgentOn: { body: string } } };
    };
    if (type === "connection_ack") {
      const data = JSON.stringify({ query, variables: {} });
      const start = { id: randomUUID(), type: "start", payload: { data, extensions: { authorization } } };
      socket.send(JSON.stringify(start));
    } else if (type === "start_ack") {
      acknowledged.resolve(undefined);
    } else if (type === "data" && payload) {
      bodies.push(payload.data.urgentOn.body);
      look();
    } else if (type !== "ka") {
      acknowledged.reject(new Error(frame.toString()));
    }
  });
  await acknowledged.promise;
  return (body) =>
    new Promise((resolve) => {
      look = () => {
        if (bodies.includes(body)) {
          resolve(bodies);
        }
      };
      look();
    });
}
