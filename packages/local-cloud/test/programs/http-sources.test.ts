import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, it } from "@jest/globals";
import type { Ready } from "../../src/cloud.ts";
import { usePrograms } from "./support.ts";

const { boot, later } = usePrograms();

async function ask({ graphqlUrl, apiKeys }: Ready, query: string): Promise<unknown> {
  const headers = { "x-api-key": apiKeys[0] ?? "" };
  const response = await fetch(graphqlUrl, { method: "POST", headers, body: JSON.stringify({ query }) });
  return response.json();
}

it("a signed request to the address of SQS reaches the queue of this cloud", async () => {
  const { ready, complaints } = await boot("http-sources");
  const answer = await ask(ready, 'mutation { order(product: "chair") }');
  expect(answer).toEqual({ data: { order: expect.any(String) as unknown } });
  const credentials = ready.roles["administrator"] ?? { accessKeyId: "", secretAccessKey: "" };
  const client = new SQSClient({ endpoint: ready.endpointUrl, region: ready.region, credentials });
  later(() => client.destroy());
  const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl: ready.queues["orders"] }));
  expect(Messages?.map(({ Body }) => Body)).toEqual(["chair"]);
  expect(complaints).toEqual([]);
});

it("without the permission SQS refuses the request", async () => {
  const { ready } = await boot("http-sources", { config: { granted: "false" } });
  expect(await ask(ready, 'mutation { order(product: "chair") }')).toMatchObject({
    data: { order: null },
    errors: [
      { message: expect.stringContaining("is not authorized to perform: sqs:SendMessage") as unknown },
    ],
  });
});

it("a server on this machine stands in for a public API", async () => {
  const server = createServer((request, response) => response.end(`rain: ${request.url ?? ""}`));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  later(() => server.close());
  const weather = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { ready } = await boot("http-sources", { config: { weather } });
  expect(await ask(ready, '{ weather(city: "Oslo") }')).toEqual({
    data: { weather: "rain: /today?city=Oslo" },
  });
});

it("the address of a service that does not run here is refused by name", async () => {
  await expect(boot("http-sources", { config: { service: "states" } })).rejects.toThrow(
    /DataSource orders.*: .*https:\/\/states\..*the AWS service states, which is not part of the local cloud/,
  );
});
