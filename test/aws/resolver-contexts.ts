import type { Handler } from "../../packages/local-cloud/src/appsync/model/handlers.ts";

type Contexts = readonly (readonly [
  handler: Handler,
  what: string,
  context: Readonly<Record<string, unknown>>,
])[];

const identity = {
  sub: "alice-sub",
  issuer: "i",
  username: "alice",
  claims: {},
  sourceIp: ["1.1.1.1"],
  groups: null,
  defaultAuthStrategy: "ALLOW",
};
const id = "01JD3Z6V5K8Q2M7N4P9R0S1T2W";
const user = { id: "alice-sub", name: "Alice", version: 1 };
const asset = {
  ...{ ownerId: "alice-sub", id, contentType: "image/png", contentLength: 5, filename: "a.png" },
  ...{ state: "RECEIVED", labelStatus: "DONE", version: 3 },
  labels: [
    { name: "Cat", confidence: 90, parents: [] },
    { name: "Dog", confidence: 10, parents: [] },
  ],
};
const change = {
  ...{
    id,
    from: ["CREATED"],
    fromLabels: ["DONE"],
    set: { state: "DELETED" },
    copy: { formerState: "state" },
  },
  ...{ increment: ["labelRun"], remove: ["liveId"], settled: ["DELETED"], refusal: "x needs y" },
};
const search = { ownerId: "alice-sub", label: "cat", minConfidence: 50, limit: 5 };
const requested = {
  ...{ ownerId: "alice-sub", id: "erasure", status: "REQUESTED" },
  ...{ requestedAt: "2026-01-01T00:00:00.000Z", graceEndsAt: "2026-01-08T00:00:00.000Z" },
};
const erasures = [
  requested,
  { ...requested, status: "CANCELLED" },
  { ...requested, status: "DONE", removed: { assets: 2 }, finishedAt: "2026-01-08T00:05:00.000Z" },
  null,
];
const erasing = {
  userId: "alice-sub",
  change: { set: { status: "CANCELLED" }, remove: ["dueAt"], from: ["REQUESTED"], orNone: true },
};
const reading = { ownerId: "alice-sub", after: 7, limit: 5, last: 9 };
const limits = {
  ...{ maxAssets: 10, maxBytes: 1000, maxChangesADay: 3, maxRelabelsADay: 2 },
  ...{ maxLabelledADay: 5, maxLabelledADayInAll: 50, labellingPaused: false },
  ...{ maxCallbacksADay: 50, maxCallbacksADayToAHost: 500 },
};
const created = { asset, fingerprint: "f", limits };
const usage = (...rows: (object | null)[]) => ({ data: { "{{usage}}": rows }, unprocessedKeys: {} });
const unread = { data: {}, unprocessedKeys: { "{{usage}}": [{ id: "account" }] } };
const conditionFailed = { message: "no", type: "DynamoDB:ConditionalCheckFailedException" };
const broken = { message: "no", type: "DynamoDB:InternalServerError" };
const delivery = {
  ...{ ownerId: "alice-sub", assetId: id, seq: 7, type: "asset.labelled", url: "https://example.com/" },
  ...{ status: "PENDING", attempts: [{ at: "2026-01-01T00:00:00.000Z" }], tries: 1 },
  ...{ nextAttemptAt: 1767225600000, createdAt: "2026-01-01T00:00:00.000Z" },
};
const corrections = { "#dog": { name: "Dog", shown: false }, "#été": { name: "Été", shown: true } };
const page = { items: [asset], nextToken: "next", scannedCount: 1 };

const handed = (more: object): Readonly<Record<string, unknown>> => ({
  identity,
  prev: { result: asset },
  ...more,
});
const infoOf = (fieldName: string) => ({
  ...{ fieldName, parentTypeName: "Mutation", variables: {} },
  ...{ selectionSetList: [], selectionSetGraphQL: "" },
});
/** A pipeline's resolver that begins a change: it hands on what the functions gave. */
const changing: Contexts = [
  ["request", "an id", handed({ arguments: { id } })],
  ["request", "no id that can be", handed({ arguments: { id: "x" } })],
  ["response", "the result", handed({ arguments: { id } })],
];
const answering = (args: object, result: unknown): Contexts => [
  ["response", "a result", handed({ arguments: args, result })],
  ["response", "nothing", handed({ arguments: args, result: null })],
  ["response", "a failed condition", handed({ arguments: args, result: null, error: conditionFailed })],
  ["response", "a failure", handed({ arguments: args, result: null, error: broken })],
];
const input = { contentType: "image/png", contentLength: 5, filename: "a.png", clientToken: "token-1" };
const profile = { id: "alice-sub", firstName: "A", lastName: "B", email: null, expectedVersion: 2 };

/** By resolver or pipeline function: what its handlers are run with. */
export const resolverContexts: Readonly<Record<string, Contexts>> = {
  "Query.me": [["request", "alice", handed({})], ...answering({}, user)],
  "Query.getUser": [
    ["request", "herself", handed({ arguments: { id: "alice-sub" } })],
    ["request", "another", handed({ arguments: { id: "bob-sub" } })],
    ...answering({ id: "alice-sub" }, user),
  ],
  "Query.listUsers": [
    ["request", "a page", handed({ arguments: { limit: 5, nextToken: "t" } })],
    ["request", "too many", handed({ arguments: { limit: 100_000 } })],
    ...answering({ nextToken: "t" }, page).filter(([, what]) => what !== "nothing"),
  ],
  "Query.getAsset": [
    ["request", "her own", handed({ arguments: { id } })],
    ["request", "another's", handed({ arguments: { id, ownerId: "bob-sub" } })],
    ...answering({ id }, asset),
  ],
  "Query.listAssets": [
    ["request", "all", handed({ arguments: { limit: 5 } })],
    [
      "request",
      "by state",
      handed({ arguments: { state: "RECEIVED", order: "OLDEST_FIRST", nextToken: "t" } }),
    ],
    ["request", "another's", handed({ arguments: { ownerId: "bob-sub" } })],
    ...answering({ nextToken: "t" }, page).filter(([, what]) => what !== "nothing"),
  ],
  "Query.searchAssets": [
    ["request", "a label", handed({ arguments: { label: " Été", minConfidence: 55.5, limit: 5 } })],
    ["request", "no label", handed({ arguments: { label: "" } })],
    ["request", "no confidence", handed({ arguments: { label: "cat", minConfidence: 101 } })],
    ["request", "another's", handed({ arguments: { label: "cat", ownerId: "bob-sub" } })],
    ["response", "the result", handed({ arguments: { label: "cat" } })],
  ],
  findMatches: [
    ["request", "a page", handed({ arguments: { nextToken: "t" }, stash: search })],
    [
      "response",
      "matches",
      handed({ stash: search, result: { items: [{ ownerId: "alice-sub", assetId: id }], nextToken: "n" } }),
    ],
    ["response", "another's", handed({ stash: search, result: { items: [{ ownerId: "bob-sub" }] } })],
    ["response", "a failure", handed({ stash: search, result: null, error: broken })],
  ],
  readMatches: [
    [
      "request",
      "matches",
      handed({ stash: search, prev: { result: [{ ownerId: "alice-sub", assetId: id }] } }),
    ],
    ["request", "none", handed({ stash: search, prev: { result: [] } })],
    ["response", "assets", handed({ stash: search, result: { data: { "{{assets}}": [asset, null] } } })],
    ["response", "a failure", handed({ stash: search, result: null, error: broken })],
  ],
  "Query.listLabels": [
    ["request", "all", handed({ arguments: { limit: 5 } })],
    ["request", "a prefix", handed({ arguments: { prefix: "É", nextToken: "t" } })],
    ["request", "another's", handed({ arguments: { ownerId: "bob-sub" } })],
    [
      "response",
      "counts",
      handed({
        arguments: {},
        result: {
          items: [
            { ownerId: "alice-sub", name: "Cat", count: 2 },
            { ownerId: "alice-sub", name: "Dog", count: 0 },
          ],
          nextToken: "n",
        },
      }),
    ],
    ["response", "a failure", handed({ arguments: {}, result: null, error: broken })],
  ],
  "Query.listAssetEvents": [
    ["request", "after an event", handed({ arguments: { after: 7, limit: 5 } })],
    ["request", "before the first", handed({ arguments: { after: -1 } })],
    ["request", "another's", handed({ arguments: { ownerId: "bob-sub" } })],
    ["response", "the result", handed({})],
  ],
  readEventCounter: [
    ["request", "an owner's", handed({ stash: reading })],
    ["response", "a number", handed({ stash: reading, result: { seq: 9 } })],
    ["response", "none", handed({ stash: reading, result: null })],
    ["response", "a failure", handed({ stash: reading, result: null, error: broken })],
  ],
  findEvents: [
    ["request", "after an event", handed({ stash: reading })],
    ["request", "all", handed({ stash: { ...reading, after: null } })],
    ["response", "a page", handed({ stash: reading, result: { items: [{ seq: 8 }], nextToken: "next" } })],
    ["response", "the last page", handed({ stash: reading, result: { items: [{ seq: 8 }, { seq: 9 }] } })],
    ["response", "a gap", handed({ stash: reading, result: { items: [{ seq: 9 }], nextToken: null } })],
    ["response", "none", handed({ stash: reading, result: { items: [], nextToken: null } })],
    ["response", "a failure", handed({ stash: reading, result: null, error: broken })],
  ],
  "Query.listDeliveries": [
    ["request", "an asset's", handed({ arguments: { assetId: id, limit: 5, nextToken: "t" } })],
    ["request", "another's", handed({ arguments: { assetId: id, ownerId: "bob-sub" } })],
    [
      "response",
      "a page",
      handed({ arguments: { assetId: id }, result: { items: [delivery], nextToken: "n" } }),
    ],
    ["response", "another list's", handed({ arguments: { assetId: "x" }, result: { items: [delivery] } })],
    ["response", "a failure", handed({ arguments: { nextToken: "t" }, result: null, error: broken })],
  ],
  "User.failingCallbacks": [
    ["request", "a user's", handed({ source: { id: "alice-sub" } })],
    [
      "response",
      "receivers",
      handed({
        result: {
          items: [
            {
              url: "https://a.b/",
              gone: true,
              failure: { at: "2026-01-01T00:00:00.000Z", assetId: id, messageId: `msg_${id}_7` },
            },
          ],
        },
      }),
    ],
    ["response", "a failure", handed({ result: null, error: broken })],
  ],
  "Mutation.rotateWebhookSecret": [
    ["request", "alice", handed({})],
    ["response", "a secret", handed({ result: { secret: "whsec_x", previousValidUntil: null } })],
    ["response", "a failure", handed({ result: null, error: broken })],
  ],
  "Mutation.replayDelivery": [
    ["request", "an id", handed({ arguments: { id: `msg_${id}_7` } })],
    ["response", "a delivery", handed({ result: delivery })],
    ["response", "a refusal", handed({ result: { refused: "NotFound", message: "Delivery not found" } })],
    ["response", "a failure", handed({ result: null, error: broken })],
  ],
  registerCallback: [
    ["request", "a URL", handed({ stash: { asset: { ...asset, callbackUrl: "https://example.com/" } } })],
    ["request", "none", handed({ stash: { asset } })],
    ["response", "a secret", handed({ stash: { asset }, result: { url: "https://a.b/", unseen: true } })],
    [
      "response",
      "a refusal",
      handed({ stash: { asset }, result: { refused: "InvalidCallbackUrl", message: "no" } }),
    ],
    ["response", "a failure", handed({ stash: { asset }, result: null, error: broken })],
  ],
  showSecret: [
    [
      "request",
      "unseen",
      handed({
        stash: { asset: { ...asset, callbackUrl: "https://example.com/" }, unseenSecret: true },
        prev: { result: { asset } },
      }),
    ],
    ["request", "no callback", handed({ stash: { asset }, prev: { result: { asset } } })],
    [
      "response",
      "the secret",
      handed({ stash: { asset }, prev: { result: { asset } }, result: { secret: "whsec_x" } }),
    ],
    ["response", "a failure", handed({ stash: { asset }, result: null, error: broken })],
  ],
  "Mutation.createUser": [
    ["request", "a name", handed({ arguments: { input: { name: "Alice" } } })],
    ["request", "no name", handed({ arguments: { input: {} } })],
    ["request", "another", handed({ arguments: { input: { id: "bob-sub", name: "Bob" } } })],
    ...answering({ input: { name: "Alice" } }, user),
  ],
  "Mutation.updateUser": [
    ["request", "herself", handed({ arguments: { input: profile } })],
    ["request", "another", handed({ arguments: { input: { id: "bob-sub", name: "Bob" } } })],
    ["response", "the result", handed({ prev: { result: user } })],
  ],
  changeUser: [
    ["request", "both names", handed({ arguments: { input: profile } })],
    ["request", "one name", handed({ arguments: { input: { id: "alice-sub", name: "A", email: "a@b.c" } } })],
    ...answering({ input: profile }, user),
  ],
  explainUserRefusal: [
    ["request", "refused", handed({ arguments: { input: profile }, stash: { refused: true } })],
    ["request", "not refused", handed({ arguments: { input: profile }, stash: {} })],
    ...answering({ input: profile }, user),
  ],
  "Mutation.deleteUser": [
    ["request", "herself", handed({ arguments: { id: "alice-sub" } })],
    ["request", "another", handed({ arguments: { id: "bob-sub" } })],
    ...answering({ id: "alice-sub" }, user),
  ],
  "Mutation.createAsset": [
    ["request", "an input", handed({ arguments: { input } })],
    ["request", "a bad input", handed({ arguments: { input: { ...input, contentLength: -1 } } })],
    ["response", "the result", handed({ arguments: { input } })],
  ],
  reserveAsset: [
    ["request", "no token", handed({ stash: created })],
    ["request", "a token", handed({ stash: { ...created, clientToken: "token-1" } })],
    ["response", "written", handed({ stash: created, result: asset })],
    [
      "response",
      "a token that was used",
      handed({
        stash: created,
        result: {
          cancellationReasons: [{ type: "None" }, { type: "None" }, { type: "ConditionalCheckFailed" }],
        },
        error: { message: "no", type: "DynamoDB:TransactionCanceledException" },
      }),
    ],
    [
      "response",
      "no room",
      handed({
        stash: created,
        result: {
          cancellationReasons: [{ type: "None" }, { type: "ConditionalCheckFailed", item: { assets: 10 } }],
        },
        error: { message: "no", type: "DynamoDB:TransactionCanceledException" },
      }),
    ],
    ["request", "reserved already", handed({ stash: { ...created, settled: true } })],
    ["response", "a failure", handed({ stash: created, result: null, error: broken })],
  ],
  openAccount: [
    ["request", "the caller", handed({})],
    ["response", "the stack's limits", handed({ stash: {}, result: usage(null) })],
    [
      "response",
      "an admin's limits",
      handed({ stash: {}, result: usage({ ownerId: "#all", id: "limits", maxAssets: 7 }) }),
    ],
    [
      "response",
      "a caller who is being erased",
      handed({
        stash: {},
        result: { data: { "{{usage}}": [null], "{{erasures}}": [{ status: "RUNNING" }] } },
      }),
    ],
    [
      "response",
      "a caller who is being erased, and may cancel it",
      handed({
        stash: {},
        info: infoOf("cancelErasure"),
        result: { data: { "{{usage}}": [null], "{{erasures}}": [{ status: "REQUESTED" }] } },
      }),
    ],
    ["response", "not all was read", handed({ stash: {}, result: unread })],
    ["response", "a failure", handed({ stash: {}, result: null, error: broken })],
  ],
  countChange: [
    ["request", "one", handed({ stash: { limits } })],
    ["request", "one that is never refused", handed({ stash: { limits }, info: infoOf("cancelErasure") })],
    ["request", "none of an erased user", handed({ stash: { limits, isErased: true } })],
    ["response", "counted", handed({ stash: { limits }, result: { count: 2 } })],
    ["response", "the limit", handed({ stash: { limits }, result: null, error: conditionFailed })],
    ["response", "a failure", handed({ stash: { limits }, result: null, error: broken })],
  ],
  countRelabel: [
    ["request", "one", handed({ arguments: { id }, stash: { limits } })],
    ["response", "counted", handed({ stash: { limits }, result: { count: 2 } })],
    ["response", "the limit", handed({ stash: { limits }, result: null, error: conditionFailed })],
    ["response", "a failure", handed({ stash: { limits }, result: null, error: broken })],
  ],
  "Query.limits": [
    ["request", "the limits", handed({})],
    ["response", "the stack's", handed({ result: null })],
    ["response", "an admin's", handed({ result: { ownerId: "#all", id: "limits", maxAssets: 7 } })],
    ["response", "a failure", handed({ result: null, error: broken })],
  ],
  "Mutation.setLimits": [
    ["request", "some", handed({ arguments: { input: { maxAssets: 0, labellingPaused: true } } })],
    ["request", "none", handed({ arguments: { input: { maxAssets: null } } })],
    ["request", "a fraction", handed({ arguments: { input: { maxBytes: 0.5 } } })],
    ["response", "the new ones", handed({ result: { ownerId: "#all", id: "limits", maxAssets: 7 } })],
    ["response", "a failure", handed({ result: null, error: broken })],
  ],
  "User.usage": [
    ["request", "a user", handed({ source: { id: "bob-sub" } })],
    ["response", "nothing yet", handed({ result: usage(null, null, null, null, null) })],
    [
      "response",
      "all",
      handed({ result: usage(null, { assets: 2, bytes: 9 }, { count: 3 }, { count: 1 }, { count: 4 }) }),
    ],
    ["response", "a failure", handed({ result: null, error: broken })],
  ],
  findClientToken: [
    ["request", "a replay", handed({ stash: { ...created, clientToken: "token-1", replay: true } })],
    ["request", "no replay", handed({ stash: created })],
    ["response", "the token", handed({ stash: created, result: { assetId: id, fingerprint: "f" } })],
    ["response", "other input", handed({ stash: created, result: { assetId: id, fingerprint: "g" } })],
    ["response", "gone", handed({ stash: created, result: null })],
  ],
  changeAsset: [
    ["request", "a change", handed({ stash: { change } })],
    ["request", "corrections", handed({ stash: { change: { ...change, corrections } } })],
    ["request", "no change", handed({ stash: {} })],
    ...answering({}, asset),
  ],
  explainRefusal: [
    ["request", "refused", handed({ stash: { change, refused: true } })],
    ["request", "not refused", handed({ stash: { change } })],
    ["response", "another state", handed({ stash: { change }, result: asset })],
    [
      "response",
      "so already",
      handed({ stash: { change: { ...change, settled: ["RECEIVED"] } }, result: asset }),
    ],
    ["response", "gone", handed({ stash: { change }, result: null })],
    ["response", "a failure", handed({ stash: { change }, result: null, error: broken })],
  ],
  presignUpload: [
    ["request", "an asset", handed({})],
    ["response", "signed", handed({ result: { url: "https://x" } })],
    ["response", "a failure", handed({ result: null, error: broken })],
  ],
  "Mutation.updateAsset": [
    ["request", "a title", handed({ arguments: { input: { id, title: "At sea", expectedVersion: 1 } } })],
    ["request", "no title", handed({ arguments: { input: { id, title: "" } } })],
    ["request", "nothing", handed({ arguments: { input: { id } } })],
    ["response", "the result", handed({ prev: { result: asset } })],
  ],
  "Mutation.setLabels": [
    ["request", "labels", handed({ arguments: { id, add: ["Été"], remove: ["Dog"] } })],
    ["request", "no label", handed({ arguments: { id } })],
    ["request", "one twice", handed({ arguments: { id, add: ["cat"], remove: ["Cat"] } })],
    ["response", "the result", handed({ prev: { result: asset } })],
  ],
  "Mutation.renewUpload": changing,
  "Mutation.confirmUpload": changing,
  "Mutation.labelAsset": changing,
  "Mutation.deleteAsset": changing,
  "Mutation.restoreAsset": changing,
  "Mutation.purgeAsset": changing,
  guarded: [
    ["request", "anything", handed({})],
    ["response", "the result", handed({})],
  ],
  refuseErased: [
    ["request", "the caller", handed({ arguments: {} })],
    ["request", "another", handed({ arguments: { ownerId: "bob-sub" } })],
    ...erasures.map((result) => ["response", result?.status ?? "none", handed({ result })] as const),
    ["response", "a failure", handed({ result: null, error: broken })],
  ],
  hideErased: [
    ["request", "a page", handed({ prev: { result: { items: [user] } } })],
    ["request", "an empty page", handed({ prev: { result: { items: [] } } })],
    [
      "response",
      "a page",
      handed({ prev: { result: { items: [user] } }, result: { data: { "{{erasures}}": [erasures[0]] } } }),
    ],
    ["response", "a failure", handed({ result: null, error: broken })],
  ],
  "Mutation.eraseUser": [
    ["request", "another", handed({ arguments: { id: "bob-sub" } })],
    ["response", "an erasure", handed({ arguments: { id: "alice-sub" }, prev: { result: erasures[0] } })],
  ],
  "Mutation.cancelErasure": [
    ["request", "herself", handed({ arguments: { userId: "alice-sub" } })],
    ["request", "another", handed({ arguments: { userId: "bob-sub" } })],
    ...erasures.map(
      (result) => ["response", result?.status ?? "none", handed({ prev: { result } })] as const,
    ),
  ],
  "Query.getErasure": [
    ["request", "herself", handed({ arguments: { userId: "alice-sub" } })],
    ["request", "another", handed({ arguments: { userId: "bob-sub" } })],
    ...erasures.map(
      (result) => ["response", result?.status ?? "none", handed({ prev: { result } })] as const,
    ),
  ],
  changeErasure: [
    ["request", "a cancellation", handed({ stash: erasing })],
    ["response", "written", handed({ stash: erasing, result: erasures[0] })],
    ["response", "a failed condition", handed({ stash: erasing, result: null, error: conditionFailed })],
    ["response", "a failure", handed({ stash: erasing, result: null, error: broken })],
  ],
  readErasure: [
    ["request", "a user's", handed({ stash: erasing })],
    ["response", "an erasure", handed({ stash: erasing, result: erasures[0] })],
    ["response", "a failure", handed({ stash: erasing, result: null, error: broken })],
  ],
  "Mutation.publishAssetEvent": [
    ["request", "an event", { arguments: { input: { seq: 1, type: "CREATED" } } }],
    ["response", "the event", { result: { seq: 1, type: "CREATED" } }],
  ],
  "Mutation.endAdminSubscriptions": [
    ["request", "a user", { arguments: { userId: "bob-sub" } }],
    ["request", "nobody", { arguments: { userId: "" } }],
    ["response", "written", { arguments: { userId: "bob-sub" }, result: {} }],
    ["response", "a failure", { arguments: { userId: "bob-sub" }, result: null, error: broken }],
  ],
  "Asset.downloadUrl": [
    ["request", "an hour", handed({ arguments: { ttlSeconds: 3600 }, source: asset })],
    ["request", "too long", handed({ arguments: { ttlSeconds: 3601 }, source: asset })],
    ["request", "nothing stored", handed({ arguments: {}, source: { ...asset, state: "CREATED" } })],
    ["response", "signed", handed({ source: asset, result: { data: { url: "https://x" } } })],
    ["response", "a failure", handed({ source: asset, result: null, error: broken })],
  ],
  "Asset.thumbnailUrl": [
    ["request", "the small one", handed({ arguments: {}, source: asset })],
    ["request", "the large one", handed({ arguments: { size: "LARGE", ttlSeconds: 60 }, source: asset })],
    ["request", "too long", handed({ arguments: { ttlSeconds: 3601 }, source: asset })],
    ["response", "signed", handed({ source: asset, result: { data: { url: "https://x" } } })],
    ["response", "none yet", handed({ source: asset, result: { data: null } })],
  ],
  "Asset.labels": [
    ["request", "a confidence", handed({ arguments: { minConfidence: 50 }, source: asset })],
    ["request", "no confidence", handed({ arguments: { minConfidence: 101 }, source: asset })],
    ["response", "above it", handed({ arguments: { minConfidence: 50 }, source: asset })],
    ["response", "corrected", handed({ arguments: {}, source: { ...asset, corrections } })],
    ["response", "no labels", handed({ arguments: {}, source: { id } })],
  ],
  "Subscription.onAssetEvent": [
    ["request", "her own", handed({ arguments: { ownerId: "alice-sub" } })],
    ["request", "another's", handed({ arguments: { ownerId: "bob-sub" } })],
    ["response", "one asset", handed({ arguments: { ownerId: "alice-sub", assetId: id } })],
    ["response", "all", handed({ arguments: { ownerId: "alice-sub" } })],
  ],
};
