import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { BatchGetItemCommand, DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { afterEach, expect, it } from "@jest/globals";
import local from "../../../local-cloud.config.ts";
import { startEngine } from "../src/aws/dynamodb/engine.ts";
import { type Cloud, startCloud } from "../src/cloud.ts";
import { createLog } from "../src/base/log.ts";
import { clientOf } from "../../../test/support/client.ts";
import { root } from "../../../test/support/program.ts";
import { silentLog, temporaryStorage } from "./aws/graph.ts";

let cloud: Cloud | undefined;

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  await cloud?.stop();
  for (const stop of stops.splice(0)) {
    await stop();
  }
});

it("answers the requests under way before it stops, and refuses new ones", async () => {
  const complaints: string[] = [];
  const log = createLog("warn", (line) => complaints.push(line));
  cloud = await startCloud({ root, local, stack: "dev", port: 0, data: undefined, log });
  const alice = await clientOf(cloud.ready, "alice");
  const { upload } = await alice.create(Buffer.from("1234"), "text/plain");
  const headers = Object.fromEntries(upload.headers.map(({ name, value }) => [name, value]));
  const underWay = request(upload.url, {
    method: upload.method,
    headers: { ...headers, expect: "100-continue", "content-length": 4 },
  });
  underWay.flushHeaders();
  await once(underWay, "continue");
  underWay.write("12");

  const stopped = cloud.stop();
  while ((await statusOf(cloud.ready.graphqlUrl)) !== 503) {}
  underWay.end("34");

  const [answer] = (await once(underWay, "response")) as [IncomingMessage];
  expect(answer.resume().statusCode).toBe(200);
  await stopped;
  expect(complaints).toEqual([]);
  await expect(statusOf(cloud.ready.graphqlUrl)).rejects.toThrow("ECONNREFUSED");
  await alice.close();
});

it("ends what clients have left behind before it stops", async () => {
  const complaints: string[] = [];
  const log = createLog("warn", (line) => complaints.push(line));
  // Nothing else uses this operation while the cloud has no objects.
  const engine = await holdingEngine("BatchGetItem");
  process.env["DYNAMODB_ENDPOINT"] = engine.url;
  cloud = await startCloud({ root, local, stack: "dev", port: 0, data: undefined, log });
  const { endpointUrl: endpoint, region, roles } = cloud.ready;
  const credentials = roles["administrator"] ?? { accessKeyId: "", secretAccessKey: "" };
  const client = new DynamoDBClient({ endpoint, region, credentials });
  const { TableNames = [] } = await client.send(new ListTablesCommand());
  const users = TableNames.find((name) => name.startsWith("tables-users")) ?? "";
  const RequestItems = { [users]: { Keys: [{ id: { S: "a" } }] } };
  const leave = new AbortController();
  const left = expect(
    client.send(new BatchGetItemCommand({ RequestItems }), { abortSignal: leave.signal }),
  ).rejects.toThrow("aborted");
  await engine.asked;
  leave.abort();
  await left;

  const stopped = cloud.stop();
  while ((await statusOf(cloud.ready.graphqlUrl)) !== 503) {}
  await statusOf(cloud.ready.graphqlUrl);
  engine.answer();
  await stopped;
  expect(complaints).toEqual([]);
});

/** A DynamoDB engine, stopped after the test, that keeps one operation waiting until it may `answer`. */
async function holdingEngine(held: string) {
  const engine = await startEngine(temporaryStorage(), silentLog, false);
  const asked = Promise.withResolvers<undefined>();
  const answered = Promise.withResolvers<undefined>();
  const server = createServer((incoming, response) => {
    const forward = () => {
      const { method, headers } = incoming;
      const outgoing = request(engine.endpoint, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      incoming.pipe(outgoing);
    };
    if (incoming.headersDistinct["x-amz-target"]?.[0]?.endsWith(`.${held}`)) {
      asked.resolve(undefined);
      void answered.promise.then(forward);
    } else {
      forward();
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  stops.push(async () => {
    delete process.env["DYNAMODB_ENDPOINT"];
    server.close();
    server.closeAllConnections();
    await engine.stop();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked: asked.promise, answer: () => answered.resolve(undefined) };
}

/** On a connection of its own. */
async function statusOf(url: string): Promise<number | undefined> {
  const asked = request(url, { agent: false }).end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return answer.resume().statusCode;
}
