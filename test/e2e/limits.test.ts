import { beforeAll, describe, expect, it } from "@jest/globals";
import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { marshall } from "@aws-sdk/util-dynamodb";
import sharp from "sharp";
import { objectKey } from "../../domain/asset.ts";
import { deliveryOf } from "../../domain/callback.ts";
import type { Limits, Usage } from "../../domain/schema.ts";
import { createLog } from "../../packages/local-cloud/src/base/log.ts";
import { type Client, send } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { useOneDay } from "../support/day.ts";
import { startReceiver } from "../../tools/chaos/receiver.ts";
import { asFunction, invoke } from "../support/function.ts";
import { jpeg } from "../support/pictures.ts";

useOneDay();

/** The local cloud's log lines about calls of DetectLabels. */
const detections: string[] = [];

const use = useCloud({
  log: createLog("info", (line) => {
    if (line.includes("labels are detected")) {
      detections.push(line);
    }
  }),
});

const words = Buffer.from("some words");

let picture: Buffer;

beforeAll(async () => {
  picture = await jpeg();
  for (const client of [use().alice, use().bob]) {
    await client.get(`mutation { createUser(input: { name: "Somebody" }) { id } }`);
  }
});

const usageFields =
  "assets bytes changesToday labelledToday maxAssets maxBytes maxChangesADay maxLabelledADay callbacksToday maxCallbacksADay";

const usageOf = async (client: Client): Promise<Usage> =>
  (await client.get<{ me: { usage: Usage } }>(`query { me { usage { ${usageFields} } } }`)).me.usage;

const setLimits = async (input: Partial<Limits>): Promise<Limits> => {
  const { setLimits: limits } = await use().admin.get<{ setLimits: Limits }>(
    `mutation ($input: LimitsInput!) { setLimits(input: $input) { maxAssets maxBytes maxChangesADay maxLabelledADay
      maxLabelledADayInAll maxRelabelsADay labellingPaused maxCallbacksADay maxCallbacksADayToAHost updatedAt } }`,
    { input },
  );
  return limits;
};

const createQuery = `mutation ($input: CreateAssetInput!) { createAsset(input: $input) { asset { id } } }`;

const create = (client: Client, more: object = {}) =>
  client.ask<{ createAsset: { asset: { id: string } } }>(createQuery, {
    input: { contentType: "text/plain", contentLength: words.length, ...more },
  });

/** Removes all objects and rows of an owner, so that the account is as it was at first. */
async function empty(client: Client): Promise<void> {
  const side = asFunction(use(), "ingest");
  const { cloud } = use();
  const listed = await client.get<{ listAssets: { items: { id: string }[]; nextToken: string | null } }>(
    `query { listAssets(limit: 100) { items { id } nextToken } }`,
  );
  for (const { id } of listed.listAssets.items) {
    const asset = await side.assets.get({ ownerId: client.sub, id });
    if (asset) {
      await side.assets.remove(asset, { when: "attribute_exists(#id)" });
      await side.s3.send(
        new DeleteObjectCommand({ Bucket: cloud.ready.bucket, Key: objectKey(client.sub, id) }),
      );
    }
  }
  side.close();
  await cloud.idle();
  if (listed.listAssets.nextToken) {
    await empty(client);
  }
}

describe("limits", () => {
  it("are those of the stack until an admin sets others; what is not given stays", async () => {
    const { limits } = await use().admin.get<{ limits: Limits }>(
      "{ limits { maxAssets maxBytes updatedAt } }",
    );
    expect(limits).toEqual({ maxAssets: 10_000, maxBytes: 50_000_000_000, updatedAt: null });
    const set = await setLimits({ maxAssets: 9_000 });
    expect(set).toMatchObject({ maxAssets: 9_000, maxBytes: 50_000_000_000, labellingPaused: false });
    expect(set.updatedAt).toEqual(expect.any(String));
    expect(await usageOf(use().alice)).toMatchObject({ maxAssets: 9_000 });
    await setLimits({ maxAssets: 10_000 });
  });

  it("can be set, and read in full, by admins only", async () => {
    for (const query of [
      "{ limits { maxAssets } }",
      "mutation { setLimits(input: { maxAssets: 1 }) { maxAssets } }",
    ]) {
      const { errors } = await use().alice.ask(query);
      expect(errors?.[0]?.errorType).toBe("Unauthorized");
    }
  });

  it.each([
    [{}, "input: give what is to change"],
    [{ maxAssets: -1 }, "maxAssets: must be a whole number from 0 to 1000000000"],
    [{ maxAssets: 1_000_000_001 }, "maxAssets: must be a whole number from 0 to 1000000000"],
    [{ maxBytes: 0.5 }, "maxBytes: must be a whole number from 0 to 1000000000000000"],
    [{ maxBytes: 1e15 + 1 }, "maxBytes: must be a whole number from 0 to 1000000000000000"],
  ])("%j are refused by name", async (input, message) => {
    const { errors } = await use().admin.ask(
      "mutation ($input: LimitsInput!) { setLimits(input: $input) { maxAssets } }",
      { input },
    );
    expect(errors?.[0]).toMatchObject({ errorType: "ValidationError" });
    expect(errors?.[0]?.message).toContain(message);
  });
});

describe("a quota of assets", () => {
  it("admits exactly the limit of 200 concurrent creations, and refuses the others with the reason", async () => {
    const { alice } = use();
    await setLimits({ maxAssets: 100 });
    const answers = await Promise.all(Array.from({ length: 200 }, () => create(alice)));
    const reasons = answers.flatMap(({ errors }) => errors ?? []);
    expect(answers.filter(({ data }) => data?.createAsset)).toHaveLength(100);
    expect(reasons).toHaveLength(100);
    expect(new Set(reasons.map(({ errorType, message }) => `${errorType ?? ""} ${message}`))).toEqual(
      new Set(["QuotaExceeded maxAssets: you have 100 of 100 assets; purge some"]),
    );
    expect(await usageOf(alice)).toMatchObject({ assets: 100, bytes: 100 * words.length, maxAssets: 100 });
  });

  it("cannot be evaded by a clientToken, a renewal, a deletion or a restoration", async () => {
    const { alice } = use();
    const { errors } = await create(alice, { clientToken: "new" });
    expect(errors?.[0]?.errorType).toBe("QuotaExceeded");
    const { listAssets } = await alice.get<{ listAssets: { items: { id: string }[] } }>(
      "{ listAssets(limit: 1) { items { id } } }",
    );
    const id = listAssets.items[0]?.id;
    for (const field of ["renewUpload", "deleteAsset", "restoreAsset"]) {
      const selection = field === "renewUpload" ? "asset { id }" : "id";
      await alice.get(`mutation ($id: ID!) { ${field}(id: $id) { ${selection} } }`, { id });
      expect((await create(alice)).errors?.[0]?.errorType).toBe("QuotaExceeded");
    }
    expect(await usageOf(alice)).toMatchObject({ assets: 100 });
  });

  it("counts a removal once, however often it is repeated", async () => {
    const { alice } = use();
    await empty(alice);
    expect(await usageOf(alice)).toMatchObject({ assets: 0, bytes: 0 });
    await setLimits({ maxAssets: 10_000 });
  });

  it("counts a clientToken once, also for 20 concurrent creations", async () => {
    const { bob } = use();
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(bob, { clientToken: "same" })));
    expect(new Set(answers.map(({ data }) => data?.createAsset.asset.id)).size).toBe(1);
    expect(await usageOf(bob)).toMatchObject({ assets: 1, bytes: words.length });
    await setLimits({ maxAssets: 1 });
    expect((await create(bob, { clientToken: "same" })).errors).toBeUndefined();
    expect((await create(bob)).errors?.[0]?.errorType).toBe("QuotaExceeded");
    await setLimits({ maxAssets: 10_000 });
    await empty(bob);
  });

  it("of zero admits no asset", async () => {
    await setLimits({ maxAssets: 0 });
    expect((await create(use().alice)).errors?.[0]?.errorType).toBe("QuotaExceeded");
    await setLimits({ maxAssets: 10_000 });
  });
});

describe("a quota of bytes", () => {
  it("admits exactly the limit, and not one byte more", async () => {
    const { alice } = use();
    await setLimits({ maxBytes: 30 });
    expect((await create(alice, { contentLength: 31 })).errors?.[0]).toMatchObject({
      errorType: "QuotaExceeded",
      message: "maxBytes: the upload does not fit into your 30 bytes; purge some assets",
    });
    expect((await create(alice, { contentLength: 20 })).errors).toBeUndefined();
    expect((await create(alice, { contentLength: 11 })).errors?.[0]?.errorType).toBe("QuotaExceeded");
    expect((await create(alice, { contentLength: 10 })).errors).toBeUndefined();
    expect(await usageOf(alice)).toMatchObject({ assets: 2, bytes: 30 });
    await setLimits({ maxBytes: 50_000_000_000 });
    await empty(alice);
  });

  it("does not count rejected uploads, and keeps no object of them", async () => {
    const { alice, cloud } = use();
    const { asset, upload } = await alice.create(words, "image/png");
    expect(await usageOf(alice)).toMatchObject({ assets: 1 });
    expect((await send(upload, words)).status).toBe(200);
    await cloud.idle();
    expect(await alice.asset(asset.id)).toMatchObject({ state: "REJECTED" });
    const side = asFunction(use(), "administrator");
    const objects = await side.s3.send(
      new ListObjectVersionsCommand({ Bucket: side.bucket, Prefix: objectKey(alice.sub, asset.id) }),
    );
    expect([objects.Versions, objects.DeleteMarkers]).toEqual([undefined, undefined]);
    side.close();
    expect(await usageOf(alice)).toMatchObject({ assets: 0, bytes: 0 });
    await empty(alice);
    expect(await usageOf(alice)).toMatchObject({ assets: 0, bytes: 0 });
  });
});

describe("a limit of changes a day", () => {
  it("admits exactly the limit of mutations of any kind, and does not limit reads", async () => {
    const { bob } = use();
    const { changesToday } = await usageOf(bob);
    await setLimits({ maxChangesADay: changesToday + 30 });
    const rename = `mutation ($id: ID!) { updateUser(input: { id: $id, name: "Bob" }) { id } }`;
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => (index % 2 ? create(bob) : bob.ask(rename, { id: bob.sub }))),
    );
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(30);
    const refused = answers.flatMap(({ errors }) => errors ?? []);
    expect(new Set(refused.map(({ errorType }) => errorType))).toEqual(new Set(["QuotaExceeded"]));
    expect(refused[0]?.message).toBe(`maxChangesADay: you have sent ${changesToday + 30} changes today`);
    for (const mutation of ["rotateWebhookSecret { secret }", `deleteUser(id: "${bob.sub}") { id }`]) {
      expect((await bob.ask(`mutation { ${mutation} }`)).errors?.[0]?.errorType).toBe("QuotaExceeded");
    }
    expect(await usageOf(bob)).toMatchObject({ changesToday: changesToday + 30 });
    // The admin can take back what bounds the admin too.
    await setLimits({ maxChangesADay: 0 });
    await setLimits({ maxChangesADay: 20_000 });
  });
});

describe("an erasure, as a change", () => {
  const erasure = (client: Client, field: string) =>
    client.ask<Record<string, { status: string }>>(
      `mutation { ${field}(${field === "eraseUser" ? "id" : "userId"}: "${client.sub}") { status } }`,
    );

  it("is refused at the limit; its cancellation is counted, but never refused", async () => {
    const { bob } = use();
    const { changesToday } = await usageOf(bob);
    await setLimits({ maxChangesADay: changesToday + 1 });
    expect((await erasure(bob, "eraseUser")).data?.["eraseUser"]?.status).toBe("REQUESTED");
    for (let tries = 0; tries < 2; tries += 1) {
      expect((await erasure(bob, "cancelErasure")).data?.["cancelErasure"]?.status).toBe("CANCELLED");
    }
    expect((await erasure(bob, "eraseUser")).errors?.[0]?.errorType).toBe("QuotaExceeded");
    expect(await usageOf(bob)).toMatchObject({ changesToday: changesToday + 3 });
    await setLimits({ maxChangesADay: 20_000 });
  });
});

describe("labelling again", () => {
  it("is limited for each asset and day", async () => {
    const { alice, cloud } = use();
    await setLimits({ maxRelabelsADay: 2 });
    const [one, other] = [
      await alice.create(picture, "image/jpeg"),
      await alice.create(picture, "image/jpeg"),
    ];
    for (const { upload } of [one, other]) {
      expect((await send(upload, picture)).status).toBe(200);
    }
    await cloud.idle();
    const again = async (id: string) => {
      const { errors } = await alice.ask("mutation ($id: ID!) { labelAsset(id: $id) { id } }", { id });
      await cloud.idle();
      return errors?.[0];
    };
    expect([await again(one.asset.id), await again(one.asset.id)]).toEqual([undefined, undefined]);
    expect(await again(one.asset.id)).toMatchObject({
      errorType: "QuotaExceeded",
      message: "maxRelabelsADay: labelAsset was called 2 times for it today",
    });
    expect(await again(other.asset.id)).toBeUndefined();
    await setLimits({ maxRelabelsADay: 10 });
  });
});

describe("a budget of labels", () => {
  /** Bytes after the end of a picture make it another one. */
  const upload = async (client: Client, given?: Buffer) => {
    const bytes = given ?? (await jpeg());
    const { asset, upload: request } = await client.create(bytes, "image/jpeg");
    expect((await send(request, bytes)).status).toBe(200);
    return asset.id;
  };
  const labelsOf = async (client: Client, ids: readonly string[]) => {
    await use().cloud.idle();
    const assets = await Promise.all(ids.map((id) => client.asset(id)));
    return assets
      .map(({ labelStatus, labelError }) => `${labelStatus} ${labelError?.code ?? ""}`.trim())
      .sort();
  };
  /** What the sweep does on the next day. */
  const nextDay = async (client: Client, ids: readonly string[]) => {
    const side = asFunction(use(), "administrator");
    const due = { set: { dueAt: 1 }, when: "attribute_exists(#id)" };
    await Promise.all(ids.map((id) => side.assets.update({ ownerId: client.sub, id }, due)));
    side.close();
    await invoke(use(), "sweep");
  };

  it.each([
    ["an owner", "maxLabelledADay", 1000],
    ["all owners", "maxLabelledADayInAll", 5000],
  ] as const)(
    "of %s admits exactly so many, and the others go on when there is one again",
    async (_, name, usual) => {
      const { bob, cloud } = use();
      await cloud.idle();
      const { labelledToday } = await usageOf(name === "maxLabelledADay" ? bob : use().alice);
      const inAll = labelledToday + (name === "maxLabelledADay" ? 0 : (await usageOf(bob)).labelledToday);
      await setLimits({ [name]: inAll + 5 });
      const events = await bob.events();
      const ids = await Promise.all(Array.from({ length: 12 }, () => upload(bob)));
      const done = Array.from({ length: 5 }, () => "DONE");
      expect(await labelsOf(bob, ids)).toEqual([
        ...done,
        ...Array.from({ length: 7 }, () => "PENDING LabelBudgetExceeded"),
      ]);
      const waiting = events.seen.filter(
        ({ edited, asset }) => edited && asset.labelError?.code === "LabelBudgetExceeded",
      );
      // Thumbnails that come later are an event too.
      expect(new Set(waiting.map(({ assetId }) => assetId)).size).toBe(7);
      await nextDay(bob, ids);
      expect((await labelsOf(bob, ids)).filter((labels) => labels === "DONE")).toEqual(done);
      await setLimits({ [name]: usual });
      await nextDay(bob, ids);
      expect(await labelsOf(bob, ids)).toEqual(ids.map(() => "DONE"));
    },
  );

  it("of a quarter of the concurrent pictures calls the model for exactly so many", async () => {
    const all = Number(process.env["LIMIT_PICTURES"] ?? 60);
    const budget = all / 4;
    const { alice, cloud } = use();
    await cloud.idle();
    const { labelledToday } = await usageOf(alice);
    await setLimits({ maxLabelledADay: labelledToday + budget });
    const calls = detections.length;
    const small = await sharp(picture).resize(96, 96).jpeg().toBuffer();
    const ids = await Promise.all(
      Array.from({ length: all }, (_, index) =>
        upload(alice, Buffer.concat([small, Buffer.from(`${index}`)])),
      ),
    );
    const outcomes = (done: number, ...rest: string[]) => [
      ...Array.from({ length: done }, () => "DONE"),
      ...rest,
    ];
    const waits = Array.from({ length: all - budget }, () => "PENDING LabelBudgetExceeded");
    expect(await labelsOf(alice, ids)).toEqual(outcomes(budget, ...waits));
    expect(detections.length - calls).toBe(budget);
    expect(await usageOf(alice)).toMatchObject({ labelledToday: labelledToday + budget });
    await setLimits({ maxLabelledADay: labelledToday + 1000 });
    await nextDay(alice, ids);
    expect(await labelsOf(alice, ids)).toEqual(outcomes(all));
    expect(detections.length - calls).toBe(all);
    await setLimits({ maxLabelledADay: 1000 });
  });

  it("labels no pictures while it is paused, and labels them afterwards", async () => {
    const { alice } = use();
    const { labelledToday } = await usageOf(alice);
    await setLimits({ labellingPaused: true });
    const id = await upload(alice);
    expect(await labelsOf(alice, [id])).toEqual(["PENDING LabellingPaused"]);
    expect(await usageOf(alice)).toMatchObject({ labelledToday });
    await setLimits({ labellingPaused: false });
    await nextDay(alice, [id]);
    expect(await labelsOf(alice, [id])).toEqual(["DONE"]);
    expect(await usageOf(alice)).toMatchObject({ labelledToday: labelledToday + 1 });
  });
});

describe("a limit of callbacks", () => {
  interface Waiting {
    readonly id: string;
    readonly status: string;
    readonly attempts: readonly object[];
  }
  const deliveriesOf = async (client: Client, assetId: string): Promise<Waiting[]> => {
    const { listDeliveries } = await client.get<{ listDeliveries: { items: Waiting[] } }>(
      `query ($assetId: ID!) { listDeliveries(assetId: $assetId) {
        items { id status attempts { succeeded errorCode } } } }`,
      { assetId },
    );
    return listDeliveries.items;
  };
  /** What the sweep does on the next day. */
  const nextDay = async ({ sub: ownerId }: Client, deliveries: readonly Waiting[]) => {
    const side = asFunction(use(), "administrator");
    for (const { id } of deliveries) {
      await side.dynamodb.send(
        new UpdateItemCommand({
          TableName: side.table("callbacks"),
          Key: marshall({ ownerId, id: deliveryOf(id) }),
          UpdateExpression: "SET nextAttemptAt = :past, dueAt = :past",
          ExpressionAttributeValues: marshall({ ":past": 1 }),
        }),
      );
    }
    side.close();
    await invoke(use(), "sweep");
    await use().cloud.idle();
  };

  it.each([
    ["a user", "maxCallbacksADay"],
    ["a host", "maxCallbacksADayToAHost"],
  ] as const)("of %s admits exactly so many calls, and the others wait for the next day", async (_, name) => {
    const { alice, cloud } = use();
    const receiver = await startReceiver();
    const { callbacksToday } = await usageOf(alice);
    const many = 1_000_000;
    // The receivers of these tests are one host.
    await setLimits({ maxCallbacksADay: many, maxCallbacksADayToAHost: many, [name]: callbacksToday + 3 });
    const bytes = Buffer.from("words");
    const ids = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const { asset, upload } = await alice.create(bytes, "text/plain", { callbackUrl: receiver.url });
        expect((await send(upload, bytes)).status).toBe(200);
        return asset.id;
      }),
    );
    await cloud.idle();
    expect(receiver.received).toHaveLength(3);
    expect(await usageOf(alice)).toMatchObject({ callbacksToday: callbacksToday + 3 });
    const deliveries = (await Promise.all(ids.map((id) => deliveriesOf(alice, id)))).flat();
    const waiting = deliveries.filter(({ status }) => status === "PENDING");
    expect(waiting.map(({ attempts }) => attempts)).toEqual(
      Array.from({ length: 5 }, () => [{ succeeded: false, errorCode: "CallbackLimitExceeded" }]),
    );
    await setLimits({ [name]: many });
    await nextDay(alice, waiting);
    expect(receiver.received).toHaveLength(8);
    await receiver.stop();
  });
});
