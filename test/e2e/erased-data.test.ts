import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";
import { DeleteItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { erasureId } from "../../domain/erasure.ts";
import { purgedAssets } from "../../domain/purged.ts";
import { erase, type Store } from "../../functions/erase/erase.ts";
import { signInStore } from "../../functions/erase/sign-in.ts";
import { assetStore, objectStore, profileStore, rowStore } from "../../functions/erase/stores.ts";
import { versionsIn } from "../../functions/purge/versions.ts";
import { forgetIn } from "../../functions/shared/contents.ts";
import { erasuresIn } from "../../functions/shared/erasures.ts";
import { partitionsIn } from "../../functions/shared/partitions.ts";
import { compact } from "../../packages/local-cloud/src/aws/dynamodb/compact.ts";
import { createLog } from "../../packages/local-cloud/src/base/log.ts";
import { type Cloud, startCloud } from "../../packages/local-cloud/src/cloud.ts";
import local from "../../local-cloud.config.ts";
import { startReceiver } from "../../tools/chaos/receiver.ts";
import { tracesOf } from "../../tools/chaos/traces.ts";
import { listKeys } from "../../tools/chaos/objects.ts";
import { type Client, clientOf, send } from "../support/client.ts";
import type { Running } from "../support/cloud.ts";
import { asFunction, credentialsOf, type FunctionSide } from "../support/function.ts";
import { jpeg } from "../support/pictures.ts";
import { root } from "../support/program.ts";

const name = "gertrude-unmistakable";
const address = `${name}@example.com`;
const contents = "words-that-nobody-else-wrote";

let folder: string;
let cloud: Cloud;
let person: Client;
let account: FunctionSide;
let eraser: FunctionSide;
let cognito: CognitoIdentityProviderClient;

const running = (): Running => ({ cloud }) as Running;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "darkroom-erasure-"));
  const log = createLog("silent", () => undefined);
  cloud = await startCloud({ root, local, stack: "dev", port: 0, data: folder, log });
  account = asFunction(running(), "administrator");
  eraser = asFunction(running(), "erase");
  const { endpointUrl: endpoint, region } = cloud.ready;
  const of = (role: string) => ({ endpoint, region, credentials: credentialsOf(cloud, role) });
  cognito = new CognitoIdentityProviderClient(of("erase"));
  person = await signUp(new CognitoIdentityProviderClient(of("administrator")));
});

afterAll(() => {
  [account, eraser].forEach((side) => side.close());
  cognito.destroy();
  rmSync(folder, { recursive: true, force: true });
});

/** The invitation is a mail to the address. */
async function signUp(client: CognitoIdentityProviderClient): Promise<Client> {
  const { ready } = cloud;
  const of = { UserPoolId: ready.userPoolId, Username: name };
  const { User } = await client.send(
    new AdminCreateUserCommand({ ...of, UserAttributes: [{ Name: "email", Value: address }] }),
  );
  const password = "Aa1-aaaaaaaaaaaaaaaa";
  await client.send(new AdminSetUserPasswordCommand({ ...of, Password: password, Permanent: true }));
  client.destroy();
  const sub = User?.Attributes?.find(({ Name }) => Name === "sub")?.Value ?? "";
  const user = { username: name, password, sub, groups: [] };
  return clientOf({ ...ready, users: [...ready.users, user] }, name);
}

/** A user with something in every store: two pictures, one of them labelled by hand and one deleted, and a text. */
async function library(callbackUrl: string): Promise<{ readonly hash: string }> {
  const input = { name, email: address };
  await person.get("mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }", { input });
  const picture = Buffer.concat([await jpeg("red"), Buffer.from(contents)]);
  const files = [picture, Buffer.concat([picture, Buffer.from("2")]), Buffer.from(contents)];
  const ids: string[] = [];
  for (const [index, bytes] of files.entries()) {
    const type = index === 2 ? "text/plain" : "image/jpeg";
    const of = {
      filename: `${name}-${index}`,
      title: `${name}'s`,
      clientToken: `${name}-${index}`,
      callbackUrl,
    };
    const { asset, upload } = await person.create(bytes, type, of);
    expect((await send(upload, bytes)).status).toBe(200);
    ids.push(asset.id);
  }
  await cloud.idle();
  await person.get("mutation ($id: ID!, $add: [String!]) { setLabels(id: $id, add: $add) { id } }", {
    id: ids[0],
    add: [name],
  });
  await person.get("mutation ($id: ID!) { labelAsset(id: $id) { id } }", { id: ids[0] });
  await person.get("mutation ($id: ID!) { deleteAsset(id: $id) { id } }", { id: ids[1] });
  await cloud.idle();
  return { hash: createHash("sha256").update(picture).digest("base64") };
}

/** The files below the data folder that have a text. */
function filesWith(text: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files
    .map(({ parentPath, name: file }) => join(parentPath, file))
    .filter((file) => readFileSync(file).includes(text))
    .map((file) => relative(folder, file));
}

class Death extends Error {}

/** The stores of the function, in its order. One dies after it was emptied. */
function stores(dying: number): Store[] {
  const { dynamodb, s3, bucket, table } = eraser;
  const versions = versionsIn(s3, bucket);
  const rows = (holds: Store["holds"], of: string, sortKey?: string) =>
    rowStore(holds, partitionsIn(dynamodb, table(of), sortKey));
  const all = [
    signInStore(cognito, cloud.ready.userPoolId),
    profileStore(dynamodb, table("users")),
    assetStore(partitionsIn(dynamodb, table("assets")), forgetIn(dynamodb, table("contents"))),
    objectStore("uploads", versions),
    objectStore("renditions", versions),
    rows("labels", "labels"),
    rows("events", "events"),
    rows("callbacks", "callbacks"),
    rows("usage", "usage"),
    rows("clientTokens", "client-tokens", "clientToken"),
  ];
  return all.map((store, index) => ({
    ...store,
    async remove(userId, hasTime) {
      await store.remove(userId, hasTime);
      if (index === dying) {
        throw new Death();
      }
    },
  }));
}

let days = 30;

/** One run of the function. Before each, the grace period, and the time to settle, are over. */
const run = (dying: number, hasTime = () => true) =>
  erase(
    { ownerId: person.sub, id: erasureId },
    {
      erasures: erasuresIn(eraser.dynamodb, eraser.table("erasures")),
      stores: stores(dying),
      hasTime,
      queue: () => Promise.resolve(),
      now: () => Date.now() + (days += 1) * 86_400_000,
    },
  );

/** Removes what is kept on purpose: the receipt, and which uploads may still arrive. */
async function forget(): Promise<void> {
  const TableName = account.table("client-tokens");
  const { Items = [] } = await account.dynamodb.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: "ownerId = :purged",
      ExpressionAttributeValues: { ":purged": { S: purgedAssets } },
    }),
  );
  const keys = Items.map(({ ownerId, clientToken }) => ({ ownerId, clientToken })) as Record<
    string,
    { S: string }
  >[];
  const receipt = { ownerId: { S: person.sub }, id: { S: erasureId } };
  for (const Key of keys) {
    await account.dynamodb.send(new DeleteItemCommand({ TableName, Key }));
  }
  await account.dynamodb.send(new DeleteItemCommand({ TableName: account.table("erasures"), Key: receipt }));
}

/** DynamoDB keeps the records of a stream for a day, and SQS the deduplication ids of a FIFO queue for five minutes. */
function letTimePass(): void {
  compact(join(folder, "dynamodb", "dynamodb.sqlite"), Date.now() + 25 * 3_600_000);
  using queues = new DatabaseSync(join(folder, "sqs", "sqs.sqlite"));
  queues.exec("PRAGMA secure_delete = ON; DELETE FROM deduplications");
}

describe("an erasure that is killed after each step", () => {
  it("leaves nothing of the user in any store, nor in any file", async () => {
    const receiver = await startReceiver();
    const { hash } = await library(receiver.url);
    const needles = [person.sub, address, name, contents, hash];
    for (const needle of needles) {
      expect(filesWith(needle)).not.toEqual([]);
    }
    await person.get("mutation ($id: ID!) { eraseUser(id: $id) { status } }", { id: person.sub });
    const count = stores(-1).length;
    for (let dying = 0; dying < count; dying += 1) {
      await expect(run(dying)).rejects.toBeInstanceOf(Death);
      expect(await run(-1, () => false)).toBe("continues");
    }
    expect([await run(-1), await run(-1)]).toEqual(["settling", "done"]);
    await cloud.idle();

    const leaver = { id: person.sub, marker: name, problems: [] };
    const signal = AbortSignal.timeout(60_000);
    expect(await tracesOf([leaver], await listKeys(cloud.ready, signal), cloud.ready, signal)).toEqual([]);
    await forget();
    const bob = await clientOf(cloud.ready, "bob");
    await bob.create(Buffer.from("more"), "text/plain");
    await cloud.idle();
    await person.close();
    await cloud.stop();
    await receiver.stop();
    letTimePass();
    expect(Object.fromEntries(needles.map((needle) => [needle, filesWith(needle)]))).toEqual(
      Object.fromEntries(needles.map((needle) => [needle, []])),
    );
  });
});
