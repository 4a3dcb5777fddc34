import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { afterEach, expect, it } from "@jest/globals";
import { type Cloud, startCloud } from "../src/cloud.ts";
import { createLog } from "../src/log.ts";
import { clientOf } from "../../../test/support/client.ts";
import { root } from "../../../test/support/program.ts";

let cloud: Cloud | undefined;

afterEach(() => cloud?.stop());

it("answers the requests under way before it stops, and takes no others", async () => {
  const complaints: string[] = [];
  const log = createLog("warn", (line) => complaints.push(line));
  cloud = await startCloud({ root, stack: "dev", port: 0, data: undefined, log });
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
  while ((await statusOf(cloud.ready.graphqlUrl)) !== 503);
  underWay.end("34");

  const [answer] = (await once(underWay, "response")) as [IncomingMessage];
  expect(answer.resume().statusCode).toBe(200);
  await stopped;
  expect(complaints).toEqual([]);
  await expect(statusOf(cloud.ready.graphqlUrl)).rejects.toThrow("ECONNREFUSED");
  alice.close();
});

/** On a connection of its own. */
async function statusOf(url: string): Promise<number | undefined> {
  const asked = request(url, { agent: false }).end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return answer.resume().statusCode;
}
