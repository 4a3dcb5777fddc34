import { describe, expect, it } from "@jest/globals";
import { anAsset } from "../support/asset.ts";
import { admin, assetId, conditionFailure, errorOf, run, valueOf } from "../support/resolver.ts";

const input = { contentType: "image/jpeg", contentLength: 1000 };

describe("Query.getAsset", () => {
  it("reads by the caller's own key", () => {
    expect(valueOf(run("Query.getAsset", "request", { arguments: { id: assetId } }))).toEqual({
      operation: "GetItem",
      key: { ownerId: { S: "alice-sub" }, id: { S: assetId } },
      consistentRead: true,
    });
  });

  it("lets admins, and nobody else, name the owner", () => {
    const context = { arguments: { id: assetId, ownerId: "bob-sub" } };
    expect(errorOf(run("Query.getAsset", "request", context))).toBe("NotFound");
    expect(valueOf(run("Query.getAsset", "request", { ...context, identity: admin }))).toMatchObject({
      key: { ownerId: { S: "bob-sub" } },
    });
  });

  it.each(["", "x", "../etc", "a".repeat(5000)])("reads nothing for the id %p", (id) => {
    expect(errorOf(run("Query.getAsset", "request", { arguments: { id } }))).toBe("NotFound");
  });

  it("answers a deleted, a missing and another's asset alike", () => {
    const deleted = run("Query.getAsset", "response", { result: anAsset({ state: "DELETED" }) });
    const missing = run("Query.getAsset", "response", { result: null });
    const others = run("Query.getAsset", "request", { arguments: { id: assetId, ownerId: "bob-sub" } });
    expect(deleted.end).toEqual(missing.end);
    expect(others.end).toEqual(missing.end);
  });

  it("does not say what went wrong in the table", () => {
    const { end } = run("Query.getAsset", "response", {
      error: { type: "DynamoDB:AccessDeniedException", message: "arn:aws:dynamodb:eu-west-1:0:table/assets" },
    });
    expect(JSON.stringify(end)).not.toMatch(/arn:|table|DynamoDB/);
    expect(end).toMatchObject({ kind: "error", error: { errorType: "Internal" } });
  });
});

describe("Query.listAssets", () => {
  it("lists what is not deleted, newest first, full pages", () => {
    expect(valueOf(run("Query.listAssets", "request"))).toEqual({
      operation: "Query",
      index: "live",
      query: { expression: "ownerId = :owner", expressionValues: { ":owner": { S: "alice-sub" } } },
      scanIndexForward: false,
      limit: 20,
    });
  });

  it("lists one state by its own index, oldest first, from a cursor", () => {
    const context = { arguments: { state: "DELETED", order: "OLDEST_FIRST", limit: 100, nextToken: "t" } };
    expect(valueOf(run("Query.listAssets", "request", context))).toMatchObject({
      index: "byState",
      query: { expressionValues: { ":state": { S: "DELETED#" } } },
      scanIndexForward: true,
      limit: 100,
      nextToken: "t",
    });
  });

  it.each([0, 101, -1])("refuses a page of %p", (limit) => {
    expect(errorOf(run("Query.listAssets", "request", { arguments: { limit } }))).toBe("ValidationError");
  });

  it("refuses another's list, but not to admins", () => {
    const context = { arguments: { ownerId: "bob-sub" } };
    expect(run("Query.listAssets", "request", context).end).toMatchObject({ unauthorized: true });
    expect(valueOf(run("Query.listAssets", "request", { ...context, identity: admin }))).toMatchObject({
      query: { expressionValues: { ":owner": { S: "bob-sub" } } },
    });
  });

  it("takes a refused cursor for the caller's fault", () => {
    const error = { type: "DynamoDB:ValidationException", message: "outside" };
    expect(errorOf(run("Query.listAssets", "response", { arguments: { nextToken: "x" }, error }))).toBe(
      "InvalidToken",
    );
    expect(errorOf(run("Query.listAssets", "response", { error }))).toBe("Internal");
  });

  it("does not blame the cursor for a page that was throttled", () => {
    const error = { type: "DynamoDB:ProvisionedThroughputExceededException", message: "too fast" };
    expect(errorOf(run("Query.listAssets", "response", { arguments: { nextToken: "x" }, error }))).toBe(
      "Internal",
    );
  });

  it("shows nothing of another owner, whatever the cursor led to", () => {
    const result = { items: [anAsset(), anAsset({ ownerId: "bob-sub" })], nextToken: null };
    expect(errorOf(run("Query.listAssets", "response", { arguments: { nextToken: "x" }, result }))).toBe(
      "InvalidToken",
    );
  });
});

describe("Mutation.createAsset", () => {
  const created = (more: object = {}) =>
    run("Mutation.createAsset", "request", { arguments: { input: { ...input, ...more } } });

  it("reserves a live asset in CREATED for the caller", () => {
    const { stash } = created({ filename: "ä/ö.jpg" });
    const asset = stash["asset"] as { id: string };
    expect(asset).toMatchObject({
      ownerId: "alice-sub",
      filename: "ä/ö.jpg",
      state: "CREATED",
      labelStatus: "NONE",
      version: 1,
      liveId: asset.id,
      stateId: `CREATED#${asset.id}`,
    });
    expect(asset.id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  it.each([{ contentLength: 0 }, { contentType: "text/html" }, { sha256: "x" }, { filename: "" }])(
    "refuses %j",
    (bad) => {
      expect(errorOf(created(bad))).toBe("ValidationError");
    },
  );

  const reserving = (more: object = {}): Record<string, unknown> => ({
    ...created(more).stash,
    limits: { maxAssets: 10, maxBytes: 1000 },
  });

  it("writes the row, only if its id is new, together with the owner's account, only if it has room", () => {
    const stash = reserving();
    expect(valueOf(run("reserveAsset", "request", { stash }))).toMatchObject({
      operation: "TransactWriteItems",
      transactItems: [
        { operation: "PutItem", condition: { expression: "attribute_not_exists(id)" } },
        {
          operation: "UpdateItem",
          key: { ownerId: { S: "alice-sub" }, id: { S: "account" } },
          update: { expression: "ADD #assets :one, #bytes :bytes" },
          condition: {
            expressionValues: { ":maxAssets": { N: 10 }, ":room": { N: 1000 - input.contentLength } },
          },
        },
      ],
    });
  });

  it("writes row and clientToken together", () => {
    const stash = reserving({ clientToken: "once" });
    const request = valueOf(run("reserveAsset", "request", { stash })) as {
      transactItems: { key: unknown }[];
    };
    expect(request.transactItems).toHaveLength(3);
    expect(request.transactItems[2]?.key).toEqual({
      ownerId: { S: "alice-sub" },
      clientToken: { S: "once" },
    });
  });

  it("goes on with the token's asset when the token was used with the same input", () => {
    const stash = reserving({ clientToken: "once" });
    const reasons = [{ type: "None" }, { type: "None" }, { type: "ConditionalCheckFailed" }];
    const reserved = run("reserveAsset", "response", {
      stash,
      error: { type: "DynamoDB:TransactionCanceledException", message: "" },
      result: { cancellationReasons: reasons },
    });
    const result = { assetId, fingerprint: stash["fingerprint"] };
    const found = run("findClientToken", "response", { stash: reserved.stash, result });
    expect(found.stash).toMatchObject({ change: { id: assetId, from: ["CREATED"] } });
    const other = run("findClientToken", "response", {
      stash: reserved.stash,
      result: { ...result, fingerprint: "other" },
    });
    expect(errorOf(other)).toBe("Conflict");
  });

  describe("shows the owner's secret", () => {
    const answer = { asset: { id: assetId }, upload: {} };
    const stash = (more: object) => ({ ...created({ callbackUrl: "https://example.com/" }).stash, ...more });
    const show = (more: object) =>
      run("showSecret", "request", { stash: stash(more), prev: { result: answer } });
    const invoked = {
      operation: "Invoke",
      payload: { do: "showSecret", ownerId: "alice-sub", assetId },
    };

    it("after all else, if they have not seen it", () => {
      expect(valueOf(show({ unseenSecret: true }))).toEqual(invoked);
      const shown = run("showSecret", "response", {
        stash: stash({}),
        prev: { result: answer },
        result: { secret: "whsec_x" },
      });
      expect(valueOf(shown)).toEqual({ ...answer, webhookSecret: "whsec_x" });
    });

    it("again if the token is repeated, since the answer before may be lost", () => {
      expect(valueOf(show({ unseenSecret: false, replay: true }))).toEqual(invoked);
    });

    it("not if they have seen it, nor without a callback", () => {
      expect(show({ unseenSecret: false }).end).toMatchObject({ kind: "early", value: answer });
      const without = run("showSecret", "request", {
        stash: { ...created().stash, replay: true },
        prev: { result: answer },
      });
      expect(without.end).toMatchObject({ kind: "early", value: answer });
    });

    it("never with the registration, which comes first", () => {
      const registered = run("registerCallback", "response", {
        stash: stash({}),
        result: { url: "https://example.com/x", unseen: true, secret: "whsec_x" },
      });
      expect(registered.stash).toMatchObject({
        unseenSecret: true,
        asset: { callbackUrl: "https://example.com/x" },
      });
      expect(JSON.stringify([registered.stash, registered.end])).not.toContain("whsec_");
    });
  });

  it("skips what only a repeated token needs", () => {
    const { stash } = created();
    expect(run("findClientToken", "request", { stash, prev: { result: "kept" } }).end).toEqual({
      kind: "early",
      value: "kept",
      skipTo: "NEXT",
    });
  });
});

describe("Mutation.updateAsset", () => {
  const change = (input: object) => {
    const begun = run("Mutation.updateAsset", "request", { arguments: { input: { id: assetId, ...input } } });
    return errorOf(begun) ?? valueOf(run("changeAsset", "request", { stash: begun.stash }));
  };

  it("writes the title of the caller's own asset, if it is not deleted", () => {
    expect(change({ title: "Sea" })).toMatchObject({
      key: { ownerId: { S: "alice-sub" }, id: { S: assetId } },
      update: {
        expression: "SET #updatedAt = :updatedAt, #title = :title ADD #version :one",
        expressionValues: { ":title": { S: "Sea" } },
      },
      condition: { expression: "#state IN (:from0, :from1, :from2, :from3, :from4)" },
    });
  });

  it("removes it for an empty text", () => {
    expect(change({ title: "" })).toMatchObject({
      update: { expression: "SET #updatedAt = :updatedAt ADD #version :one REMOVE #title" },
    });
  });

  it("writes only over the version that the caller has seen", () => {
    expect(change({ title: "Sea", expectedVersion: 3 })).toMatchObject({
      update: { expressionValues: { ":expectedVersion": { N: 3 } } },
      condition: { expression: expect.stringMatching(/ AND #version = :expectedVersion$/) as unknown },
    });
  });

  it.each([{}, { title: null }, { title: " " }, { title: "a\u0000b" }, { title: "x".repeat(256) }])(
    "refuses %j",
    (input) => {
      expect(change(input)).toBe("ValidationError");
    },
  );

  it("takes a title of 255 characters", () => {
    expect(change({ title: "x".repeat(255) })).toMatchObject({ operation: "UpdateItem" });
  });

  it("says which version the asset has", () => {
    const arguments_ = { input: { id: assetId, title: "Sea", expectedVersion: 1 } };
    const { stash } = run("Mutation.updateAsset", "request", { arguments: arguments_ });
    const refused = run("changeAsset", "response", { stash, error: conditionFailure }).stash;
    const explained = (asset: object | null) =>
      run("explainRefusal", "response", { stash: refused, result: asset }).end;
    expect(explained(anAsset({ version: 2 }))).toMatchObject({
      error: { errorType: "VersionConflict", message: "expectedVersion: the asset has version 2" },
    });
    expect(explained(anAsset({ version: 2, state: "DELETED" }))).toMatchObject({
      error: { errorType: "NotFound" },
    });
  });
});

describe("an asset's change", () => {
  const begun = (name: string) => run(name, "request", { arguments: { id: assetId } }).stash;

  it.each([
    ["Mutation.confirmUpload", "#state IN (:from0)", "#stateId = :stateId"],
    [
      "Mutation.labelAsset",
      "#state IN (:from0, :from1) AND #labelStatus IN (:labels0, :labels1)",
      "#labelRun :one",
    ],
    ["Mutation.deleteAsset", "#state IN (:from0, :from1, :from2, :from3, :from4)", "#formerState = #state"],
    [
      "Mutation.restoreAsset",
      "#state IN (:from0) AND attribute_not_exists(#purgeRequestedAt)",
      "#state = #formerState",
    ],
    [
      "Mutation.purgeAsset",
      "#state IN (:from0, :from1, :from2, :from3, :from4, :from5) AND attribute_not_exists(#purgeRequestedAt)",
      "REMOVE #liveId, #stateId, #formerState, #formerStateId",
    ],
    ["Mutation.renewUpload", "#state IN (:from0)", "#uploadExpiresAt = :uploadExpiresAt"],
  ])("%s is one conditional write", (name, condition, part) => {
    const request = valueOf(run("changeAsset", "request", { stash: begun(name) })) as {
      update: { expression: string; expressionNames: object; expressionValues: object };
      condition: { expression: string };
    };
    expect(request.condition.expression).toBe(condition);
    expect(request.update.expression).toContain(part);
    expect(request.update.expression).toContain("#version :one");
    const used = `${request.update.expression} ${condition}`;
    const unused = [
      ...Object.keys(request.update.expressionNames),
      ...Object.keys(request.update.expressionValues),
    ];
    expect(unused.filter((placeholder) => !used.includes(placeholder))).toEqual([]);
  });

  it("is refused before any read for an id that cannot exist", () => {
    expect(errorOf(run("Mutation.deleteAsset", "request", { arguments: { id: "nope" } }))).toBe("NotFound");
  });

  const refused = (name: string, result: unknown) => {
    const { stash } = run("changeAsset", "response", { stash: begun(name), error: conditionFailure });
    return run("explainRefusal", "response", { stash, result });
  };

  it("is NotFound if the asset is missing or deleted", () => {
    expect(errorOf(refused("Mutation.confirmUpload", null))).toBe("NotFound");
    expect(errorOf(refused("Mutation.confirmUpload", anAsset({ state: "DELETED" })))).toBe("NotFound");
    expect(errorOf(refused("Mutation.restoreAsset", null))).toBe("NotFound");
  });

  it("is NotFound for an asset that is being purged, except for another purge", () => {
    const purging = anAsset({ state: "DELETED", purgeRequestedAt: "2026-01-01T00:00:00.000Z" });
    expect(errorOf(refused("Mutation.restoreAsset", purging))).toBe("NotFound");
    expect(errorOf(refused("Mutation.deleteAsset", purging))).toBe("NotFound");
    expect(errorOf(refused("Mutation.purgeAsset", null))).toBe("NotFound");
    expect(valueOf(refused("Mutation.purgeAsset", purging))).toEqual(purging);
  });

  it("is StateConflict from any other state, and says which", () => {
    const { end } = refused("Mutation.confirmUpload", anAsset());
    expect(end).toMatchObject({
      error: {
        errorType: "StateConflict",
        message: "The asset is CREATED with labels NONE; confirmUpload needs RECEIVED",
      },
    });
    expect(errorOf(refused("Mutation.restoreAsset", anAsset()))).toBe("StateConflict");
    expect(
      errorOf(refused("Mutation.labelAsset", anAsset({ state: "RECEIVED", labelStatus: "SKIPPED" }))),
    ).toBe("StateConflict");
  });

  it("is answered as done if it was asked for twice", () => {
    const uploaded = anAsset({ state: "UPLOADED" });
    expect(valueOf(refused("Mutation.confirmUpload", uploaded))).toEqual(uploaded);
    const pending = anAsset({ state: "RECEIVED", labelStatus: "PENDING" });
    expect(valueOf(refused("Mutation.labelAsset", pending))).toEqual(pending);
  });

  it("hides what failed in the table", () => {
    const error = { type: "DynamoDB:ProvisionedThroughputExceededException", message: "table assets" };
    expect(errorOf(run("changeAsset", "response", { stash: begun("Mutation.deleteAsset"), error }))).toBe(
      "Internal",
    );
  });
});

describe("Asset.labels", () => {
  const labels = [
    { name: "Landscape", confidence: 99, parents: [] },
    { name: "Bright", confidence: 60, parents: [] },
  ];

  it("keeps the labels that are sure enough", () => {
    const source = anAsset({ labels });
    const shown = labels.map((label) => ({ ...label, source: "MODEL" }));
    expect(valueOf(run("Asset.labels", "response", { source, arguments: { minConfidence: 60 } }))).toEqual(
      shown,
    );
    expect(valueOf(run("Asset.labels", "response", { source, arguments: { minConfidence: 60.1 } }))).toEqual([
      shown[0],
    ]);
    expect(valueOf(run("Asset.labels", "response", { source: anAsset() }))).toBeNull();
  });

  it("refuses a confidence that is none", () => {
    expect(errorOf(run("Asset.labels", "request", { arguments: { minConfidence: 101 } }))).toBe(
      "ValidationError",
    );
  });
});

describe("Asset.downloadUrl", () => {
  it.each(["CREATED", "UPLOADED", "DELETED"] as const)(
    "hands on no more than the key: what may be signed the row says, not a source that is %s",
    (state) => {
      const source = anAsset({ state, contentType: "text/html" });
      expect(valueOf(run("Asset.downloadUrl", "request", { source }))).toEqual({
        operation: "BatchInvoke",
        payload: { sign: "download", ownerId: "alice-sub", id: assetId, ttlSeconds: 900 },
      });
    },
  );

  it("is null where nothing was signed, and Internal where nobody knows", () => {
    const answered = (result: unknown) => run("Asset.downloadUrl", "response", { result });
    expect(valueOf(answered({ data: { url: "https://x/" } }))).toBe("https://x/");
    expect(valueOf(answered({ data: null }))).toBeNull();
    expect(errorOf(answered(null))).toBe("Internal");
  });

  it.each([0, 3601])("refuses %p seconds", (ttlSeconds) => {
    const context = { source: anAsset({ state: "UPLOADED" }), arguments: { ttlSeconds } };
    expect(errorOf(run("Asset.downloadUrl", "request", context))).toBe("ValidationError");
  });
});

describe("Subscription.onAssetEvent", () => {
  it("listens to the caller's own assets only", () => {
    expect(
      run("Subscription.onAssetEvent", "request", { arguments: { ownerId: "bob-sub" } }).end,
    ).toMatchObject({
      unauthorized: true,
    });
    expect(
      errorOf(run("Subscription.onAssetEvent", "request", { arguments: { ownerId: "alice-sub" } })),
    ).toBeUndefined();
    const asAdmin = { arguments: { ownerId: "bob-sub" }, identity: admin };
    expect(errorOf(run("Subscription.onAssetEvent", "request", asAdmin))).toBeUndefined();
  });

  it("reads whether the caller's tokens were revoked, not the owner's", () => {
    const asAdmin = { arguments: { ownerId: "bob-sub" }, identity: admin };
    expect(valueOf(run("Subscription.onAssetEvent", "request", asAdmin))).toEqual({
      operation: "GetItem",
      key: { ownerId: { S: "#admins" }, clientToken: { S: "admin-sub" } },
      consistentRead: true,
    });
  });

  const answer = (ownerId: string, iat: number | undefined, revokedAt?: number) =>
    run("Subscription.onAssetEvent", "response", {
      arguments: { ownerId },
      identity: { ...admin, claims: { ...(iat !== undefined && { iat }) } },
      result: revokedAt === undefined ? null : { revokedAt },
    });

  it("takes a token for an admin's if it was issued after the revocation, to the second", () => {
    expect(answer("bob-sub", 100).end).toMatchObject({ kind: "value" });
    expect(answer("bob-sub", 101, 100).end).toMatchObject({ kind: "value" });
    expect(answer("bob-sub", 100, 100).end).toMatchObject({ unauthorized: true });
    expect(answer("bob-sub", undefined, 100).end).toMatchObject({ unauthorized: true });
    expect(answer("admin-sub", 99, 100).end).toMatchObject({ kind: "value" });
  });

  it("ends when its owner is erased, and of others' events when the caller is named", () => {
    const when = (fieldName: string, value: string) => ({
      filters: [{ fieldName, operator: "eq", value }],
    });
    expect(answer("bob-sub", 101, 100).effects.invalidationFilter).toEqual({
      filterGroup: [when("userId", "admin-sub"), when("ownerId", "bob-sub")],
    });
    expect(answer("admin-sub", 101, 100).effects.invalidationFilter).toEqual({
      filterGroup: [when("ownerId", "admin-sub")],
    });
  });

  it("is refused when it is not known whether the token was revoked", () => {
    const unknown = { arguments: { ownerId: "bob-sub" }, identity: admin, error: { message: "", type: "" } };
    expect(errorOf(run("Subscription.onAssetEvent", "response", unknown))).toBe("Internal");
  });

  it("takes a null assetId for all assets", () => {
    const filter = (arguments_: object) =>
      run("Subscription.onAssetEvent", "response", { arguments: { ownerId: "alice-sub", ...arguments_ } })
        .effects.subscriptionFilter;
    expect(filter({ assetId: null })).toEqual(filter({}));
    expect(JSON.stringify(filter({ assetId }))).toContain(assetId);
  });
});

describe("Mutation.endAdminSubscriptions", () => {
  const arguments_ = { arguments: { userId: "bob-sub" } };

  it("keeps the revocation for as long as a token may live", () => {
    const { key, attributeValues } = valueOf(
      run("Mutation.endAdminSubscriptions", "request", arguments_),
    ) as Record<string, Record<string, { S: string; N: number }>>;
    expect(key).toEqual({ ownerId: { S: "#admins" }, clientToken: { S: "bob-sub" } });
    const { revokedAt, expiresAt } = attributeValues ?? {};
    expect(Math.abs((revokedAt?.N ?? 0) - Date.now() / 1000)).toBeLessThan(5);
    expect((expiresAt?.N ?? 0) - (revokedAt?.N ?? 0)).toBe(86_400);
  });

  it("ends subscriptions once the revocation is written, and not before", () => {
    expect(run("Mutation.endAdminSubscriptions", "response", arguments_).effects.invalidations).toEqual([
      { subscriptionField: "onAssetEvent", payload: { userId: "bob-sub" } },
    ]);
    const failed = { ...arguments_, error: { message: "", type: "" } };
    const { end, effects } = run("Mutation.endAdminSubscriptions", "response", failed);
    expect(end).toMatchObject({ kind: "error" });
    expect(effects.invalidations).toEqual([]);
  });

  it("refuses invalid ids of users", () => {
    expect(errorOf(run("Mutation.endAdminSubscriptions", "request", { arguments: { userId: " " } }))).toBe(
      "ValidationError",
    );
  });
});

describe("Query.listAssetEvents", () => {
  const begun = (args: Record<string, unknown>) =>
    run("Query.listAssetEvents", "request", { arguments: args }).stash;

  /** The page that the pipeline gives for rows of the log. */
  const page = (
    args: Record<string, unknown>,
    last: number | null,
    seqs: number[],
    nextToken: string | null = null,
  ) => {
    const counter = last === null ? null : { seq: last };
    const { stash } = run("readEventCounter", "response", { stash: begun(args), result: counter });
    const result = { items: seqs.map((seq) => ({ seq })), nextToken };
    return run("findEvents", "response", { stash, result });
  };
  const answer = (items: number[], nextAfter: number | null, lastSeq = 43) => ({
    items: items.map((seq) => ({ seq })),
    ...{ nextAfter, lastSeq },
  });

  it("reads the owner's counter, then their log after a number", () => {
    const stash = begun({ after: 41, limit: 10 });
    expect(valueOf(run("readEventCounter", "request", { stash }))).toEqual({
      operation: "GetItem",
      key: { ownerId: { S: "alice-sub" }, id: { S: "counter" } },
      consistentRead: true,
    });
    expect(valueOf(run("findEvents", "request", { stash }))).toMatchObject({
      operation: "Query",
      query: {
        expressionValues: {
          ":owner": { S: "alice-sub" },
          ":first": { S: "event#000000000000042" },
          ":last": { S: "event#:" },
        },
      },
      limit: 10,
      consistentRead: true,
    });
  });

  it("gives where the next page begins", () => {
    expect(valueOf(page({ after: 41 }, 43, [42, 43], "more"))).toEqual(answer([42, 43], 43));
    expect(valueOf(page({ after: 41 }, 43, [42, 43]))).toEqual(answer([42, 43], null));
    expect(valueOf(page({ after: 43 }, 43, []))).toEqual(answer([], null));
    expect(valueOf(page({ after: 0 }, null, []))).toEqual(answer([], null, 0));
    expect(valueOf(page({ after: 50 }, 43, []))).toEqual(answer([], null));
  });

  it("begins with the oldest event that is kept if no number is given", () => {
    expect(valueOf(page({}, 43, [42, 43]))).toEqual(answer([42, 43], null));
    expect(valueOf(page({}, 43, []))).toEqual(answer([], null));
  });

  it.each([
    [0, [42, 43], 42],
    [40, [42, 43], 42],
    [41, [], 44],
  ])("is EventsExpired after %d if the log has %j, and says where it begins", (after, seqs, firstSeq) => {
    expect(page({ after }, 43, seqs).end).toMatchObject({
      error: {
        errorType: "EventsExpired",
        message: `after: earlier events were removed; list the assets, then read the events after ${firstSeq - 1}`,
        errorInfo: { firstSeq },
      },
    });
  });

  it("ends a page before a gap, which the next page reports", () => {
    expect(valueOf(page({ after: 40 }, 45, [41, 42, 45]))).toEqual(answer([41, 42], 42, 45));
    expect(errorOf(page({ after: 42 }, 45, [45]))).toBe("EventsExpired");
    expect(valueOf(page({}, 45, [41, 45]))).toEqual(answer([41], 41, 45));
  });

  it("takes events that are being written for late, not for expired", () => {
    expect(valueOf(page({ after: 43 }, 43, [45]))).toEqual(answer([], null));
    expect(valueOf(page({ after: 42 }, 43, [43, 45]))).toEqual(answer([43], 43));
  });

  it("has the number of the newest event, also of events that came after the counter was read", () => {
    expect(valueOf(page({ after: 41 }, 50, [42, 43], "more"))).toEqual(answer([42, 43], 43, 50));
    expect(valueOf(page({ after: 41 }, 42, [42, 43]))).toEqual(answer([42, 43], null, 43));
  });

  it("is one's own, or an admin's to read", () => {
    const context = { arguments: { ownerId: "bob-sub" } };
    expect(run("Query.listAssetEvents", "request", context).end).toMatchObject({ unauthorized: true });
    expect(errorOf(run("Query.listAssetEvents", "request", { ...context, identity: admin }))).toBeUndefined();
    expect(errorOf(run("Query.listAssetEvents", "request", { arguments: { after: -1 } }))).toBe(
      "ValidationError",
    );
  });
});
