import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { objectKey } from "../../domain/asset.ts";
import { countId, entryId, matchId } from "../../domain/labels.ts";
import type { Iam } from "../../packages/local-cloud/src/aws/iam/index.ts";
import { ofType } from "../../packages/local-cloud/src/base/graph.ts";
import { type AssetEvent, type Client, send } from "../support/client.ts";
import { anAsset } from "../support/asset.ts";
import { putRows } from "../support/repair.ts";
import { useCloud } from "../support/cloud.ts";
import { picturesIn } from "../../functions/thumbnail/pictures.ts";
import { startReceiver } from "../../tools/chaos/receiver.ts";
import { asFunction, credentialsOf, invoke } from "../support/function.ts";
import { signPost } from "../support/sign.ts";
import { corruptJpeg, jpeg } from "../support/pictures.ts";

/** What was asked of IAM and granted, as `<role's ARN> <action>`. */
const granted = new Set<string>();

const watch = (iam: Iam): Iam => ({
  ...iam,
  authorize(access) {
    iam.authorize(access);
    if (access.principal.kind === "role") {
      granted.add(`${access.principal.roleArn} ${access.action}`);
    }
  },
});

const use = useCloud({
  watch,
  faults: { actions: [{ action: "rekognition:DetectLabels", code: "ThrottlingException", times: 3 }] },
});

const ulid = "01JD3Z6V5K8Q2M7N4P9R0S1T2W";

async function store(client: Client, bytes: Buffer, contentType: string, more = {}): Promise<string> {
  const { asset, upload } = await client.create(bytes, contentType, more);
  const events = await client.events(asset.id);
  expect(await send(upload, bytes)).toMatchObject({ status: 200 });
  const ended = ({ type, asset: now }: AssetEvent) =>
    ["LABELLED", "LABEL_FAILED", "REJECTED"].includes(type) || now.labelStatus === "SKIPPED";
  await events.until(ended);
  return asset.id;
}

/** Everything that users can do, once. */
async function useEverything({ alice, admin }: { alice: Client; admin: Client }): Promise<string> {
  await alice.get('mutation { createUser(input: { name: "Alice" }) { id } }');
  await alice.get('mutation ($id: ID!) { updateUser(input: { id: $id, name: "A" }) { id } }', {
    id: alice.sub,
  });
  await alice.get("query ($id: ID!) { me { id } getUser(id: $id) { id } }", { id: alice.sub });
  await admin.get("{ listUsers { items { id } } limits { maxAssets } }");
  await alice.get("mutation ($id: ID!) { deleteUser(id: $id) { id } }", { id: alice.sub });

  const id = await store(alice, await jpeg(), "image/jpeg");
  const picture = await jpeg();
  const sha256 = createHash("sha256").update(picture).digest("hex");
  await store(alice, picture, "image/jpeg", { sha256 });
  await store(alice, picture, "image/jpeg");
  await store(alice, await corruptJpeg(), "image/jpeg");
  await store(alice, Buffer.from("words"), "text/plain");
  for (const repeat of [1, 2]) {
    const { asset } = await alice.create(Buffer.from("x"), "text/plain", { clientToken: "token" });
    expect([repeat, asset.labelStatus]).toEqual([repeat, "NONE"]);
  }
  const { getAsset } = await alice.get<{ getAsset: { downloadUrl: string } }>(
    "query ($id: ID!) { getAsset(id: $id) { downloadUrl } listAssets { items { id } } }",
    { id },
  );
  expect((await fetch(getAsset.downloadUrl)).status).toBe(200);
  await alice.get("{ listAssetEvents { items { seq } } }");
  await alice.get('mutation ($id: ID!) { setLabels(id: $id, add: ["A"]) { id } }', { id });
  await alice.get('mutation ($id: ID!) { setLabels(id: $id, remove: ["A"]) { id } }', { id });
  await use().cloud.idle();
  await alice.get(
    '{ searchAssets(label: "image property") { items { confidence } } listLabels { items { name } } }',
  );
  await alice.get("{ listAssets(state: RECEIVED) { items { id } } }");
  expect(
    (await alice.ask("mutation ($id: ID!) { restoreAsset(id: $id) { id } }", { id })).errors,
  ).toBeDefined();
  return id;
}

/** Receivers that fail, and that are gone: what a delivery needs beyond one that goes well. */
async function useCallbacks(client: Client): Promise<void> {
  const receiver = await startReceiver({ behave: ({ path }) => ({ status: path === "/gone" ? 410 : 500 }) });
  for (const path of ["/fails", "/gone"]) {
    const id = await store(client, Buffer.from("words"), "text/plain", { callbackUrl: receiver.url + path });
    await receiver.until((call) => call.path === path);
    await use().cloud.idle();
    const { listDeliveries } = await client.get<{ listDeliveries: { items: { id: string }[] } }>(
      "query ($id: ID!) { listDeliveries(assetId: $id) { items { id } } }",
      { id },
    );
    await client.get("mutation ($id: ID!) { replayDelivery(id: $id) { id } }", {
      id: listDeliveries.items[0]?.id,
    });
  }
  await client.get("mutation { rotateWebhookSecret { secret } }");
  await receiver.stop();
}

/** Who restores looks for what there was, and copies it back. */
async function restore(client: Client, id: string): Promise<void> {
  const { s3, bucket: Bucket, close } = asFunction(use(), "restore");
  const Key = objectKey(client.sub, id);
  await s3.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
  await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }));
  await s3.send(new GetObjectCommand({ Bucket, Key, VersionId: "null" }));
  const CopySource = `${Bucket}/${Key}`;
  await s3.send(new CopyObjectCommand({ Bucket, Key, CopySource, MetadataDirective: "REPLACE" }));
  close();
}

/** Who has left the admins stops hearing of others. */
async function endSubscriptions(userId: string): Promise<void> {
  const { graphqlUrl, region } = use().cloud.ready;
  const query = `mutation { endAdminSubscriptions(userId: ${JSON.stringify(userId)}) }`;
  const body = JSON.stringify({ query });
  const signing = { service: "appsync", region, credentials: credentialsOf(use().cloud, "operator") };
  const url = new URL(graphqlUrl);
  const answer = await fetch(url, {
    method: "POST",
    headers: await signPost({ ...signing, url, body }),
    body,
  });
  expect(await answer.json()).toEqual({ data: { endAdminSubscriptions: userId } });
}

/** Changes that could not be published come again from the bucket where Lambda put them. */
async function tellAgain(): Promise<void> {
  const { s3, close } = asFunction(use(), "administrator");
  const bucket = ofType(use().cloud.graph, "aws:s3/bucket:Bucket").find(
    ({ name }) => name === "pipeline-failed-changes",
  );
  const Body = JSON.stringify({ payload: '{"Records":[]}' });
  await s3.send(new PutObjectCommand({ Bucket: bucket?.id, Key: "aws/lambda/x", Body }));
  close();
}

/** What only the owner of the account does: removing objects, and one gone before it was looked at. */
async function removeObjects(client: Client, id: string): Promise<void> {
  const { s3, bucket, close } = asFunction(use(), "administrator");
  const events = await client.events(id);
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: objectKey(client.sub, id) }));
  await events.until(({ type }) => type === "PURGED");
  const foreign = { Bucket: bucket, Key: objectKey("nobody", ulid) };
  await s3.send(new PutObjectCommand({ ...foreign, Body: "x", IfNoneMatch: "*" }));
  await s3.send(new DeleteObjectCommand(foreign));
  close();
  expect(
    (await client.ask("query ($id: ID!) { getAsset(id: $id) { id } }", { id })).errors?.[0]?.errorType,
  ).toBe("NotFound");
}

/** An asset with labels and callbacks, and one whose upload ends after its purge. */
async function purge(client: Client): Promise<void> {
  const receiver = await startReceiver();
  const id = await store(client, await jpeg(), "image/jpeg", { callbackUrl: receiver.url });
  const { asset, upload } = await client.create(Buffer.from("x"), "text/plain");
  const events = await client.events();
  for (const one of [id, asset.id]) {
    await client.get("mutation ($id: ID!) { purgeAsset(id: $id) }", { id: one });
    await events.until(({ assetId, type }) => assetId === one && type === "PURGED");
  }
  expect(await send(upload, Buffer.from("x"))).toMatchObject({ status: 200 });
  await receiver.stop();
  await purgeIndexed(client.sub);
}

/** An asset that is still in the label index, whose own function was not there yet. */
async function purgeIndexed(ownerId: string): Promise<void> {
  const side = asFunction(use(), "administrator");
  const id = "01JD3Z6V5K8Q2M7N4P9R0S1T2X";
  await putRows(side, "labels", [
    { ownerId, id: entryId(id), revision: 1, terms: { "#sea": 90 } },
    { ownerId, id: matchId("sea", 90, id), assetId: id },
    { ownerId, id: countId("sea"), name: "Sea", count: 1 },
  ]);
  const purgeRequestedAt = new Date().toISOString();
  await putRows(side, "assets", [anAsset({ ownerId, id, state: "DELETED", purgeRequestedAt })]);
  await use().cloud.idle();
  expect(await side.assets.get({ ownerId, id })).toBeUndefined();
  side.close();
}

/** A user is erased, in two passes. */
async function eraseUser({ admin, cloud }: ReturnType<typeof use>, userId: string): Promise<void> {
  const { dynamodb, table, close } = asFunction(use(), "administrator");
  await admin.get("mutation ($id: ID!) { eraseUser(id: $id) { status } }", { id: userId });
  for (const change of ["graceEndsAt = :past", "settlesAt = :now"]) {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: table("erasures"),
        Key: { ownerId: { S: userId }, id: { S: "erasure" } },
        UpdateExpression: `SET dueAt = :now, ${change}`,
        ExpressionAttributeValues: {
          ":now": { N: "1" },
          ...(change.endsWith(":past") && { ":past": { S: "2026-01-01T00:00:00.000Z" } }),
        },
      }),
    );
    await invoke(use(), "sweep");
    await cloud.idle();
  }
  close();
  expect(await admin.get("query ($id: ID!) { getErasure(userId: $id) { status } }", { id: userId })).toEqual({
    getErasure: { status: "DONE" },
  });
}

/** What mends itself: an upload that never came, one that came too late, and what the bucket holds. */
async function repair(client: Client): Promise<void> {
  const side = asFunction(use(), "administrator");
  const { asset } = await client.create(Buffer.from("x"), "text/plain");
  const events = await client.events(asset.id);
  await side.assets.update(asset, {
    set: { dueAt: 1, uploadExpiresAt: "2026-01-01T00:00:00.000Z" },
    when: "attribute_exists(#id)",
  });
  await invoke(use(), "sweep");
  await events.until(({ type }) => type === "EXPIRED");
  const late = { Bucket: side.bucket, Key: objectKey(client.sub, asset.id) };
  await side.s3.send(new PutObjectCommand({ ...late, Body: "x", IfNoneMatch: "*" }));
  const { url: QueueUrl } = side.queue("uploads-events");
  await side.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"audit":"objects"}' }));
  side.close();
}

/** Thumbnails of a picture whose object is gone, and some that nobody needs any more. */
async function missThumbnails(client: Client): Promise<void> {
  const side = asFunction(use(), "administrator");
  const { asset } = await client.create(await jpeg(), "image/jpeg");
  const set = { state: "RECEIVED", labelStatus: "DONE", renditions: "PENDING" };
  await side.assets.update(asset, { set, when: "attribute_exists(#id)" });
  await use().cloud.idle();
  expect(await side.assets.get(asset)).toMatchObject({ renditions: "FAILED" });
  side.close();
  const thumbnail = asFunction(use(), "thumbnail");
  const pictures = picturesIn(thumbnail.s3, thumbnail.bucket);
  await pictures.remove(await pictures.put(asset, { SMALL: Buffer.from("x") }));
  thumbnail.close();
}

/** CloudWatch is not here. */
const unwatched = [/ logs:/];

describe("every feature, used once", () => {
  it("needs exactly the permissions that the program grants", async () => {
    const { alice, bob, cloud, complaints } = use();
    const id = await useEverything(use());
    await useCallbacks(alice);
    await restore(alice, id);
    await endSubscriptions("nobody");
    await removeObjects(alice, id);
    await tellAgain();
    await purge(alice);
    await missThumbnails(alice);
    await repair(alice);
    await store(bob, Buffer.from("words"), "text/plain");
    await eraseUser(use(), bob.sub);
    await cloud.idle();

    const graph = use().cloud.graph;
    const declared = ofType(graph, "aws:iam/rolePolicy:RolePolicy").flatMap(({ name, inputs }) =>
      (JSON.parse(inputs.policy) as { Statement: { Action: string[] }[] }).Statement.flatMap(({ Action }) =>
        Action.map((action) => `${name} ${action}`),
      ),
    );
    const logical = new Map(
      ofType(graph, "aws:iam/role:Role").map(({ name, outputs }) => [outputs.arn, name]),
    );
    const used = new Set(
      [...granted].map((entry) => {
        const [arn = "", action = ""] = entry.split(" ");
        return `${logical.get(arn) ?? "administrator"} ${action}`;
      }),
    );
    const unused = declared.filter(
      (permission) => !used.has(permission) && !unwatched.some((pattern) => pattern.test(permission)),
    );
    expect(unused).toEqual([]);
    expect(complaints.filter((line) => /AccessDenied|not authorized/.test(line))).toEqual([]);
  });
});
