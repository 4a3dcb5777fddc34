import { type ChildProcess, spawn } from "node:child_process";
import https from "node:https";
import http from "node:http";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { ofType } from "../../packages/local-cloud/src/base/graph.ts";
import { runScript } from "../clients/child.ts";
import { clientOf } from "../support/client.ts";
import { descendantsOf, listeningPorts, seesSockets } from "../support/processes.ts";
import { graphOf, root } from "../support/program.ts";

export interface Asked {
  readonly origins: readonly string[];
  readonly requests: readonly { readonly headers: Record<string, string>; readonly body: string }[];
}

/** Stands in a row of the table of users. */
const secret = "Nobody's Business";

let cloud: ChildProcess;
let ready: Ready;
let warned = "";
let asked: Asked;

beforeAll(async () => {
  const flags = ["--json", "--memory", "--port", "0"];
  cloud = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "packages/local-cloud/src/main.ts", ...flags],
    {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  cloud.stderr?.on("data", (chunk: Buffer) => (warned += chunk.toString()));
  ready = await readyOf(cloud);
  const alice = await clientOf(ready, "alice");
  await alice.get("mutation ($name: String) { createUser(input: { name: $name }) { id } }", { name: secret });
  asked = { origins: originsOf(cloud), requests: await requestsForRows() };
});

afterAll(async () => {
  const exited = new Promise((resolve) => cloud.once("exit", resolve));
  cloud.kill();
  await exited;
});

async function readyOf(child: ChildProcess): Promise<Ready> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    return JSON.parse(line) as Ready;
  }
  throw new Error(`It ended without being ready: ${warned}`);
}

/** Every port on which the cloud or a process of it listens, by http and https. */
function originsOf({ pid = 0 }: ChildProcess): string[] {
  const said = [ready.endpointUrl, ready.graphqlTlsUrl].map((url) => Number(new URL(url).port));
  const ports = seesSockets ? listeningPorts([pid, ...descendantsOf(pid)]) : said;
  expect(ports).toEqual(expect.arrayContaining(said));
  return ports.flatMap((port) => [`http://127.0.0.1:${port}`, `https://127.0.0.1:${port}`]);
}

/** The engine demands that a request look signed; a made-up signature looks so. */
async function requestsForRows(): Promise<Asked["requests"]> {
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${ready.region}/dynamodb/aws4_request, SignedHeaders=host, Signature=none`,
    "x-amz-date": "20260101T000000Z",
    "content-type": "application/x-amz-json-1.0",
  };
  const tables = ofType(await graphOf("dev"), "aws:dynamodb/table:Table").map(({ outputs }) => outputs.name);
  return [
    { headers: { ...headers, "x-amz-target": "DynamoDB_20120810.ListTables" }, body: "{}" },
    ...tables.map((TableName) => ({
      headers: { ...headers, "x-amz-target": "DynamoDB_20120810.Scan" },
      body: JSON.stringify({ TableName }),
    })),
  ];
}

/** What was answered, or why nothing was. */
function post(origin: string, { headers, body }: Asked["requests"][number]): Promise<string> {
  const client = origin.startsWith("https") ? https : http;
  return new Promise((resolve) => {
    const sent = client.request(origin, { method: "POST", headers, rejectUnauthorized: false }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
      answer.on("close", () => resolve(text));
    });
    sent.on("error", (error) => resolve(error.message));
    sent.end(body);
  });
}

/** Where the engine cannot have a network of its own its port is open, and the cloud says so. */
const isOpen = () => warned.includes("other programs of this machine can read and write the tables");

describe("the tables of a running cloud", () => {
  it("are read through none of its ports by a program without credentials", async () => {
    const answers: string[] = [];
    for (const origin of asked.origins) {
      for (const request of asked.requests) {
        answers.push(await post(origin, request));
      }
    }
    expect(answers.some((answer) => answer.includes(secret))).toBe(isOpen());
    expect(
      answers.filter((answer) => /incomplete signature|security token|signature/i.test(answer)),
    ).not.toEqual([]);
  });

  it("are read through none of its ports by a page of another loopback origin", async () => {
    process.env["ASKED"] = JSON.stringify(asked);
    const read = await runScript<string[]>(ready, "../e2e/neighbour.ts");
    expect(read).toHaveLength(asked.origins.length * asked.requests.length);
    expect(read.some((answer) => answer.includes(secret))).toBe(isOpen());
  });
});
