import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { expect, it } from "@jest/globals";
import { usePrograms } from "./support.ts";

const { command, place, later } = usePrograms();

it("sessions that expire are deleted and reach the function whose filter is for them; closed ones do not", async () => {
  const ready = await command(place("sessions"));
  const client = new DynamoDBClient({
    endpoint: ready.endpointUrl,
    region: ready.region,
    credentials: ready.roles["administrator"] ?? { accessKeyId: "", secretAccessKey: "" },
  });
  later(() => client.destroy());
  const TableName = String(ready.outputs["sessionsName"]);
  const expiresAt = { N: String(Math.floor(Date.now() / 1000) - 1) };
  const future = { N: String(Math.floor(Date.now() / 1000) + 1000) };
  const put = (id: string, at: { N: string }) =>
    client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, expiresAt: at } }));
  await put("closed", future);
  await client.send(new DeleteItemCommand({ TableName, Key: { id: { S: "closed" } } }));
  await put("open", future);
  await put("expired", expiresAt);

  const archive = String(ready.outputs["archiveName"]);
  const read = new GetItemCommand({ TableName: archive, Key: { id: { S: "expired" } } });
  let archived;
  do {
    ({ Item: archived } = await client.send(read));
  } while (archived === undefined);
  expect(archived).toEqual({ id: { S: "expired" }, expiresAt, endedBy: { S: "dynamodb.amazonaws.com" } });
  // Records arrive in order, so the closed session would be here by now.
  expect((await client.send(new ScanCommand({ TableName: archive }))).Count).toBe(1);
  expect((await client.send(new ScanCommand({ TableName }))).Items).toEqual([
    { id: { S: "open" }, expiresAt: future },
  ]);
});
