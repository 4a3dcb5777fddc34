import { randomUUID } from "node:crypto";
import type { ErasureRow, ErasureStatus } from "../../../domain/erasure.ts";
import { erase, type Erasing, settleTime, type Store } from "../../../functions/erase/erase.ts";
import { signInStore } from "../../../functions/erase/sign-in.ts";
import { assetStore, objectStore, profileStore, rowStore } from "../../../functions/erase/stores.ts";
import { versionsIn } from "../../../functions/purge/versions.ts";
import { erasuresIn } from "../../../functions/shared/erasures.ts";
import { partitionsIn } from "../../../functions/shared/partitions.ts";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ofType } from "../../../packages/local-cloud/src/base/graph.ts";
import { useCloud } from "../../support/cloud.ts";
import { asFunction, credentialsOf, type FunctionSide } from "../../support/function.ts";
import { putRows } from "../../support/repair.ts";

const use = useCloud({ stack: "prod", mappings: false });

let side: FunctionSide;
let account: FunctionSide;
let cognito: CognitoIdentityProviderClient;

beforeAll(() => {
  side = asFunction(use(), "erase");
  account = asFunction(use(), "administrator");
  const { endpointUrl: endpoint, region } = use().cloud.ready;
  cognito = new CognitoIdentityProviderClient({
    ...{ endpoint, region },
    credentials: credentialsOf(use().cloud, "erase"),
  });
});

afterAll(() => {
  side.close();
  account.close();
  cognito.destroy();
});

const grace = Date.parse("2026-01-08T00:00:00.000Z");

const partitions = {
  assets: "id",
  labels: "id",
  events: "id",
  callbacks: "id",
  "client-tokens": "clientToken",
  usage: "id",
};

function stores(): Store[] {
  const { dynamodb, s3, bucket, table } = side;
  const versions = versionsIn(s3, bucket);
  return [
    signInStore(cognito, use().cloud.ready.userPoolId),
    profileStore(dynamodb, table("users")),
    objectStore("uploads", versions),
    objectStore("renditions", versions),
    ...Object.entries(partitions).map(([name, key]) => {
      const rows = partitionsIn(dynamodb, table(name), key);
      return name === "assets"
        ? assetStore(rows, side.contents.forget)
        : rowStore(name === "client-tokens" ? "clientTokens" : (name as "events"), rows);
    }),
  ];
}

const contentAt = (ownerId: string, index: number) => ({ contentHash: `${ownerId} ${index % 29}` });

/** A user with something in every store, and a request to erase the user. */
async function user(ownerId: string = randomUUID(), changes: Partial<ErasureRow> = {}): Promise<string> {
  for (const [name, key] of Object.entries(partitions)) {
    await putRows(
      account,
      name,
      Array.from({ length: 30 }, (_, index) => ({
        ownerId,
        [key]: `${name} ${index}`,
        ...contentAt(ownerId, index),
      })),
    );
  }
  // Two of the assets have the same bytes.
  const contents = Array.from({ length: 29 }, (_, index) => ({
    ...{ sha256: contentAt(ownerId, index).contentHash, id: ownerId, first: `assets ${index}` },
  }));
  const results = contents.map(({ sha256 }) => ({ sha256, id: "#image/jpeg", of: ownerId }));
  await putRows(account, "contents", [...contents, ...results]);
  await putRows(account, "users", [{ id: ownerId, name: "Somebody" }]);
  for (const Key of [`uploads/${ownerId}/a`, `uploads/${ownerId}/b`, `renditions/${ownerId}/a/320`]) {
    const at = { Bucket: account.bucket, Key };
    await account.s3.send(new PutObjectCommand({ ...at, Body: "x", IfNoneMatch: "*" }));
    await account.s3.send(new DeleteObjectCommand(at));
    await account.s3.send(new PutObjectCommand({ ...at, Body: "y", IfNoneMatch: "*" }));
  }
  const row: ErasureRow = {
    ...{ ownerId, id: "erasure", status: "REQUESTED" },
    requestedAt: "2026-01-01T00:00:00.000Z",
    graceEndsAt: new Date(grace).toISOString(),
    ...{ dueShard: "0", dueAt: grace },
    ...changes,
  };
  await account.dynamodb.send(
    new PutItemCommand({ TableName: account.table("erasures"), Item: marshall(row) }),
  );
  return ownerId;
}

const receipt = {
  signIn: 0,
  profile: 1,
  assets: 30,
  labels: 30,
  events: 30,
  callbacks: 30,
  clientTokens: 30,
  usage: 30,
  objectVersions: 9,
};

async function left(ownerId: string): Promise<string[]> {
  const tables = ofType(use().cloud.graph, "aws:dynamodb/table:Table");
  const rows = await Promise.all(
    tables.map(async ({ name, outputs }) => {
      const { Items = [] } = await account.dynamodb.send(new ScanCommand({ TableName: outputs.name }));
      return Items.filter((item) => JSON.stringify(item).includes(ownerId)).map(() => name);
    }),
  );
  const { Versions = [], DeleteMarkers = [] } = await account.s3.send(
    new ListObjectVersionsCommand({ Bucket: account.bucket }),
  );
  const keys = [...Versions, ...DeleteMarkers].map(({ Key = "" }) => Key);
  return [...rows.flat(), ...keys.filter((key) => key.includes(ownerId))];
}

const erasureOf = (ownerId: string) => erasuresIn(side.dynamodb, side.table("erasures")).get(ownerId);

function erasing(now: number, changes: Partial<Erasing> = {}) {
  const queued: number[] = [];
  const services: Erasing = {
    erasures: erasuresIn(side.dynamodb, side.table("erasures")),
    stores: stores(),
    hasTime: () => true,
    queue: (_, seconds) => Promise.resolve(void queued.push(seconds)),
    now: () => now,
    ...changes,
  };
  return { queued, run: (ownerId: string) => erase({ ownerId, id: "erasure" }, services) };
}

describe("an erasure", () => {
  it("empties every store, waits, empties them again, and leaves a receipt", async () => {
    const [gone, other] = [await user(), await user()];
    const before = (await left(other)).length;
    const first = erasing(grace);
    expect(await first.run(gone)).toBe("settling");
    expect(first.queued).toEqual([settleTime / 1000]);
    expect(await left(gone)).toEqual(["tables-erasures"]);
    expect(await erasing(grace + settleTime - 1).run(gone)).toBe("not due");
    await putRows(account, "labels", [{ ownerId: gone, id: "written late" }]);
    expect(await erasing(grace + settleTime).run(gone)).toBe("done");
    expect(await left(gone)).toEqual(["tables-erasures"]);
    const erasure = await erasureOf(gone);
    expect(erasure).toEqual({
      ...{ ownerId: gone, id: "erasure", status: "DONE", removed: receipt },
      requestedAt: "2026-01-01T00:00:00.000Z",
      graceEndsAt: new Date(grace).toISOString(),
      finishedAt: new Date(grace + settleTime).toISOString(),
    });
    expect(await erasing(grace + 2 * settleTime).run(gone)).toBe("not due");
    expect(await left(other)).toHaveLength(before);
  });

  it("that crashes after any of its calls is finished by the next job, with the same receipt", async () => {
    let died = true;
    for (let calls = 1; died; calls += 1) {
      const gone = await user();
      let remaining = calls;
      const dying = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
        const value = await answer;
        remaining -= 1;
        if (remaining === 0) {
          throw new Error("The function died");
        }
        return value;
      };
      const table = erasuresIn(side.dynamodb, side.table("erasures"));
      const mortal: Partial<Erasing> = {
        erasures: {
          get: (id) => dying(table.get(id)),
          update: (id, update, condition) => dying(table.update(id, update, condition)),
        },
        stores: stores().map((store) => ({
          holds: store.holds,
          count: (id) => dying(store.count(id)),
          remove: (id, hasTime) => dying(store.remove(id, hasTime)),
        })),
      };
      await erasing(grace, mortal)
        .run(gone)
        .catch(() => undefined);
      await erasing(grace, mortal)
        .run(gone)
        .catch(() => undefined);
      died = remaining <= 0;
      await erasing(grace).run(gone);
      expect(await erasing(grace + settleTime).run(gone)).toBe("done");
      expect(await left(gone)).toEqual(["tables-erasures"]);
      expect((await erasureOf(gone))?.removed).toEqual(receipt);
      expect(calls).toBeLessThan(40);
    }
  });

  it("continues in another job when its time is over", async () => {
    const gone = await user();
    let times = 0;
    const { run, queued } = erasing(grace, { hasTime: () => (times += 1) < 8 });
    expect(await run(gone)).toBe("continues");
    expect(queued).toEqual([0]);
    expect((await left(gone)).length).toBeGreaterThan(1);
    expect((await erasureOf(gone))?.status).toBe("RUNNING");
    expect(await erasing(grace).run(gone)).toBe("settling");
    expect((await erasureOf(gone))?.removed).toEqual(receipt);
  });

  it.each<[string, Partial<ErasureRow>, number]>([
    ["in its grace period", {}, grace - 1],
    ["that was cancelled", { status: "CANCELLED" }, grace],
    ["that is done", { status: "DONE" }, grace],
  ])("%s removes nothing", async (_, changes, now) => {
    const kept = await user(undefined, changes);
    const before = (await left(kept)).length;
    expect(await erasing(now).run(kept)).toBe("not due");
    expect(await left(kept)).toHaveLength(before);
  });

  it("removes nothing if it is cancelled while its job starts", async () => {
    const kept = await user();
    const table = erasuresIn(side.dynamodb, side.table("erasures"));
    const cancelled: ErasureStatus = "CANCELLED";
    const { run } = erasing(grace, {
      erasures: {
        ...table,
        async get(id) {
          const row = await table.get(id);
          await table.update(id, { set: { status: cancelled } }, { when: "attribute_exists(#status)" });
          return row;
        },
      },
    });
    const before = (await left(kept)).length;
    expect(await run(kept)).toBe("not due");
    expect(await left(kept)).toHaveLength(before);
  });

  it("removes the sign-in of a user of the pool, and makes no request for an id of another form", async () => {
    const { sub } = use().bob;
    const store = signInStore(cognito, use().cloud.ready.userPoolId);
    expect(await store.count(sub)).toBe(1);
    await store.remove(sub, () => true);
    expect(await store.count(sub)).toBe(0);
    await store.remove(sub, () => true);
    expect(await store.count('x" or sub ^= "')).toBe(0);
  });
});
