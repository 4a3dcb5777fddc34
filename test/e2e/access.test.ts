import { describe, expect, it } from "@jest/globals";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { signIn } from "../../packages/local-cloud/src/sign-in.ts";
import { asFunction, credentialsOf } from "../support/function.ts";
import { signPost } from "../support/sign.ts";
import { otherId } from "../support/asset.ts";
import { type Client, subscribe } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { jpeg } from "../support/pictures.ts";
import { ofType } from "../../packages/local-cloud/src/base/graph.ts";

const use = useCloud();

const errorType = async (asked: ReturnType<Client["ask"]>) => (await asked).errors?.[0]?.errorType;

describe("another user's asset", () => {
  it("answers every operation like an asset that does not exist", async () => {
    const { alice, bob } = use();
    const { asset } = await alice.create(await jpeg(), "image/jpeg");
    const missing = otherId(asset.id);
    const fields: Record<string, string> = {
      "query getAsset": "id",
      "mutation confirmUpload": "id",
      "mutation labelAsset": "id",
      "mutation deleteAsset": "id",
      "mutation restoreAsset": "id",
      "mutation renewUpload": "upload { url }",
    };
    for (const [field, selection] of Object.entries(fields)) {
      const [kind, name] = field.split(" ");
      const query = `${kind} ($id: ID!) { ${name}(id: $id) { ${selection} } }`;
      const others = await bob.ask(query, { id: asset.id });
      expect(others.errors?.[0]?.errorType).toBe("NotFound");
      expect(others).toEqual(await bob.ask(query, { id: missing }));
    }
  });

  it("keeps its title, also from admins", async () => {
    const { alice, bob, admin } = use();
    const { asset } = await alice.create(await jpeg(), "image/jpeg", { title: "Mine" });
    const edit = 'mutation ($id: ID!) { updateAsset(input: { id: $id, title: "Theirs" }) { title } }';
    for (const other of [bob, admin]) {
      const answer = await other.ask(edit, { id: asset.id });
      expect(answer.errors?.[0]?.errorType).toBe("NotFound");
      expect(answer).toEqual(await other.ask(edit, { id: otherId(asset.id) }));
    }
    expect(await alice.asset(asset.id)).toMatchObject({ title: "Mine", version: 1 });
  });

  it("is in no list, and its events reach nobody else", async () => {
    const { alice, bob, cloud } = use();
    expect(
      await errorType(bob.ask("query ($o: ID) { listAssets(ownerId: $o) { nextToken } }", { o: alice.sub })),
    ).toBe("Unauthorized");
    await expect(subscribe(cloud.ready, bob.token, { ownerId: alice.sub })).rejects.toMatchObject({
      errorType: "Unauthorized",
    });
  });
});

describe("admins", () => {
  it("see the assets, users and events of others", async () => {
    const { alice, admin, cloud } = use();
    const { asset } = await alice.create(await jpeg(), "image/jpeg");
    const get = "query ($id: ID!, $o: ID) { getAsset(id: $id, ownerId: $o) { id } }";
    expect(await admin.get(get, { id: asset.id, o: alice.sub })).toEqual({ getAsset: { id: asset.id } });
    const events = await subscribe(cloud.ready, admin.token, { ownerId: alice.sub });
    const { asset: next } = await alice.create(await jpeg(), "image/jpeg");
    expect((await events.until(({ assetId }) => assetId === next.id)).ownerId).toBe(alice.sub);
    await events.close();
  });

  it("are the only ones who list users", async () => {
    const { alice, admin } = use();
    const list = "{ listUsers(limit: 5) { items { id } nextToken } }";
    expect(await alice.ask(list)).toMatchObject({
      data: null,
      errors: [{ errorType: "Unauthorized", message: "Not Authorized to access listUsers on type Query" }],
    });
    expect(await admin.get(list)).toHaveProperty("listUsers");
  });
});

describe("publishing", () => {
  it("is allowed to the relay's role only", async () => {
    const { alice, admin } = use();
    const publish = `mutation { publishAssetEvent(input: { seq: 1, type: CREATED, ownerId: "x", assetId: "y",
      at: "2026-01-01T00:00:00.000Z", asset: { id: "y", ownerId: "x", contentType: "a/b", contentLength: 1,
      state: CREATED, labelStatus: NONE, createdAt: "2026-01-01T00:00:00.000Z",
      updatedAt: "2026-01-01T00:00:00.000Z", version: 1 } }) { seq } }`;
    expect(await errorType(alice.ask(publish))).toBe("Unauthorized");
    expect(await errorType(admin.ask(publish))).toBe("Unauthorized");
  });
});

describe("a user who was removed from the group admins", () => {
  const listen = (token: string, ownerId: string) => subscribe(use().cloud.ready, token, { ownerId });

  const group = (operation: string) =>
    signed("cognito-idp", "administrator", use().cloud.ready.endpointUrl, {
      headers: { "x-amz-target": `AWSCognitoIdentityProviderService.${operation}` },
      body: { UserPoolId: use().cloud.ready.userPoolId, Username: "bob", GroupName: "admins" },
    });

  const end = (role: string, userId: string) =>
    signed("appsync", role, use().cloud.ready.graphqlUrl, {
      body: {
        query: "mutation ($id: ID!) { endAdminSubscriptions(userId: $id) }",
        variables: { id: userId },
      },
    });

  it("receives no events of other users, with an old token or a new one", async () => {
    const { alice, bob, cloud } = use();
    await group("AdminAddUserToGroup");
    const { token: old } = await signIn(cloud.ready, "bob");
    const others = await listen(old, alice.sub);
    const own = await listen(old, bob.sub);
    await group("AdminRemoveUserFromGroup");
    expect(await end("operator", bob.sub)).toEqual({ data: { endAdminSubscriptions: bob.sub } });
    await others.ended;

    const refused = { errorType: "Unauthorized" };
    await expect(listen(old, alice.sub)).rejects.toMatchObject(refused);
    const { token: fresh } = await signIn(cloud.ready, "bob");
    await expect(listen(fresh, alice.sub)).rejects.toMatchObject(refused);
    const mine = await listen(fresh, bob.sub);
    const { asset: hers } = await alice.create(await jpeg(), "image/jpeg");
    const { asset: his } = await bob.create(await jpeg(), "image/jpeg");
    await Promise.all([own, mine].map((events) => events.until(({ assetId }) => assetId === his.id)));
    const seen = [own, mine, others].flatMap((events) => events.seen);
    expect(seen.filter(({ assetId }) => assetId === hers.id)).toEqual([]);
    await Promise.all([own.close(), mine.close()]);
  });

  it("is revoked by the operator's role only", async () => {
    const { alice, admin } = use();
    const mutation = "mutation ($id: ID!) { endAdminSubscriptions(userId: $id) }";
    expect(await errorType(alice.ask(mutation, { id: admin.sub }))).toBe("Unauthorized");
    expect(await errorType(admin.ask(mutation, { id: admin.sub }))).toBe("Unauthorized");
    for (const role of ["relay", "restore", "source-clientTokens"]) {
      expect({ role, answer: JSON.stringify(await end(role, admin.sub)) }).toEqual({
        role,
        answer: expect.stringMatching(/Unauthorized|AccessDenied/) as unknown,
      });
    }
  });

  it("can write only the revocation", async () => {
    const { dynamodb, table, close } = asFunction(use(), "source-clientTokens");
    const put = (ownerId: string) =>
      dynamodb.send(
        new PutItemCommand({
          TableName: table("client-tokens"),
          Item: { ownerId: { S: ownerId }, clientToken: { S: "x" } },
        }),
      );
    await expect(put(use().alice.sub)).rejects.toMatchObject({ name: "AccessDeniedException" });
    await put("#admins");
    close();
  });
});

/** The answer to a request with a role's signature. */
async function signed(
  service: string,
  role: string,
  address: string,
  { headers = {}, body }: { headers?: Record<string, string>; body: object },
): Promise<unknown> {
  const { cloud } = use();
  const url = new URL(address);
  const credentials = credentialsOf(cloud, role);
  const text = JSON.stringify(body);
  const signing = { service, region: cloud.ready.region, credentials, url, headers, body: text };
  const answer = await fetch(url, { method: "POST", headers: await signPost(signing), body: text });
  return answer.json();
}

describe("a role's printed credentials", () => {
  const clientFor = (role: string) => {
    const { endpointUrl, region, roles } = use().cloud.ready;
    const credentials = roles[role];
    if (!credentials) {
      throw new Error(`No role ${role}`);
    }
    return { endpoint: endpointUrl, region, credentials };
  };

  it("allow in DynamoDB what the role allows", async () => {
    const tables = ofType(use().cloud.graph, "aws:dynamodb/table:Table");
    const table = (name: string) => tables.find((one) => one.name === `tables-${name}`)?.outputs.name;
    const dynamodb = new DynamoDBClient(clientFor("source-users"));
    const key = { id: { S: "nobody" } };
    expect(
      (await dynamodb.send(new GetItemCommand({ TableName: table("users"), Key: key }))).Item,
    ).toBeUndefined();
    const denied = dynamodb.send(new PutItemCommand({ TableName: table("events"), Item: key }));
    await expect(denied).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringMatching(
        /source-users.*is not authorized to perform: dynamodb:PutItem on resource: .*events/,
      ) as unknown,
    });
    dynamodb.destroy();
  });

  it("allow in S3 what the role allows", async () => {
    const { bucket } = use().cloud.ready;
    const s3 = new S3Client({ ...clientFor("presign"), forcePathStyle: true });
    const put = (key: string, condition: object) =>
      s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: "x", ...condition }));
    await put("uploads/a/b", { IfNoneMatch: "*" });
    expect(
      await (
        await s3.send(new GetObjectCommand({ Bucket: bucket, Key: "uploads/a/b" }))
      ).Body?.transformToString(),
    ).toBe("x");
    await expect(put("uploads/a/c", {})).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(put("elsewhere", { IfNoneMatch: "*" })).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(s3.send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: "AccessDenied" });
    s3.destroy();
  });

  it("allow in SQS what the role allows", async () => {
    const queues = ofType(use().cloud.graph, "aws:sqs/queue:Queue");
    const name = queues.find((queue) => queue.name === "pipeline-labels")?.outputs.name ?? "";
    const QueueUrl = `${use().cloud.ready.endpointUrl}/${use().cloud.ready.accountId}/${name}`;
    const reader = new SQSClient(clientFor("label"));
    const attributes = await reader.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
    );
    expect(attributes.Attributes).toMatchObject({ VisibilityTimeout: "180" });
    await expect(reader.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}" }))).rejects.toMatchObject({
      message: expect.stringContaining("sqs:SendMessage") as unknown,
    });
    reader.destroy();
    const outsider = new SQSClient(clientFor("presign"));
    await expect(outsider.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toMatchObject({
      message: expect.stringContaining("sqs:ReceiveMessage") as unknown,
    });
    outsider.destroy();
  });
});
