// Made from schema.graphql by `npm run generate`. Change that file, not this one.

import { type Operation, operation } from "./operation.ts";
import type {
  Asset,
  AssetConnection,
  AssetEventPage,
  AssetInclude,
  AssetMatchConnection,
  AssetUpload,
  CancelErasureArguments,
  ConfirmUploadArguments,
  CreateAssetArguments,
  CreateUserArguments,
  DeleteAssetArguments,
  DeleteUserArguments,
  Delivery,
  DeliveryConnection,
  EraseUserArguments,
  Erasure,
  GetAssetArguments,
  GetErasureArguments,
  GetUserArguments,
  LabelAssetArguments,
  LabelCountConnection,
  Limits,
  ListAssetEventsArguments,
  ListAssetsArguments,
  ListDeliveriesArguments,
  ListLabelsArguments,
  ListUsersArguments,
  PurgeAssetArguments,
  RenewUploadArguments,
  ReplayDeliveryArguments,
  RestoreAssetArguments,
  SearchAssetsArguments,
  SetLabelsArguments,
  SetLimitsArguments,
  UpdateAssetArguments,
  UpdateUserArguments,
  User,
  UserConnection,
  UserInclude,
  WebhookSecret,
} from "./schema.ts";

const userExtras = {
  failingCallbacks: { arguments: {}, selection: "url gone at deliveryId assetId" },
  usage: {
    arguments: {},
    selection:
      "assets bytes changesToday labelledToday callbacksToday maxAssets maxBytes maxChangesADay maxLabelledADay maxCallbacksADay",
  },
};

const assetExtras = {
  labels: { arguments: { minConfidence: "Float" }, selection: "name confidence parents source" },
  thumbnailUrl: { arguments: { size: "ThumbnailSize", ttlSeconds: "Int" }, selection: "" },
  downloadUrl: { arguments: { ttlSeconds: "Int" }, selection: "" },
};

/** The caller's own profile, or null before createUser. */
export const me: Operation<object, User | null, UserInclude> = /* @__PURE__ */ operation({
  kind: "query",
  name: "me",
  variables: {},
  selection: "id name firstName lastName email createdAt updatedAt version *User",
  extras: { User: userExtras },
});

/** A user by id. Users read their own profile, admins read all. Errors: NotFound. */
export const getUser: Operation<GetUserArguments, User | null, UserInclude> = /* @__PURE__ */ operation({
  kind: "query",
  name: "getUser",
  variables: { id: "ID!" },
  selection: "id name firstName lastName email createdAt updatedAt version *User",
  extras: { User: userExtras },
});

/** All users. Admins only. */
export const listUsers: Operation<ListUsersArguments, UserConnection, UserInclude> =
  /* @__PURE__ */ operation({
    kind: "query",
    name: "listUsers",
    variables: { limit: "Int", nextToken: "String" },
    selection: "items { id name firstName lastName email createdAt updatedAt version *User } nextToken",
    extras: { User: userExtras },
  });

/** An asset by id. Another user's asset is NotFound. Errors: NotFound. */
export const getAsset: Operation<GetAssetArguments, Asset | null, AssetInclude> = /* @__PURE__ */ operation({
  kind: "query",
  name: "getAsset",
  variables: { id: "ID!", ownerId: "ID" },
  selection:
    "id ownerId filename title contentType contentLength sha256 duplicateOf callbackUrl state labelStatus labelError { code message } width height createdAt updatedAt version *Asset",
  extras: { Asset: assetExtras },
});

/** The caller's assets. Deleted assets are listed only with state DELETED. Errors: ValidationError, InvalidToken, Unauthorized. */
export const listAssets: Operation<ListAssetsArguments, AssetConnection, AssetInclude> =
  /* @__PURE__ */ operation({
    kind: "query",
    name: "listAssets",
    variables: { ownerId: "ID", state: "AssetState", order: "SortOrder", limit: "Int", nextToken: "String" },
    selection:
      "items { id ownerId filename title contentType contentLength sha256 duplicateOf callbackUrl state labelStatus labelError { code message } width height createdAt updatedAt version *Asset } nextToken",
    extras: { Asset: assetExtras },
  });

/** The assets that show a label, highest confidence first. The parents of a label count as labels. A change is found within seconds. Errors: ValidationError, InvalidToken, Unauthorized. */
export const searchAssets: Operation<SearchAssetsArguments, AssetMatchConnection, AssetInclude> =
  /* @__PURE__ */ operation({
    kind: "query",
    name: "searchAssets",
    variables: { label: "String!", minConfidence: "Float", ownerId: "ID", limit: "Int", nextToken: "String" },
    selection:
      "items { asset { id ownerId filename title contentType contentLength sha256 duplicateOf callbackUrl state labelStatus labelError { code message } width height createdAt updatedAt version *Asset } confidence } nextToken",
    extras: { Asset: assetExtras },
  });

/** The labels of an owner's assets in alphabetical order, with the number of assets that show each. Errors: ValidationError, InvalidToken, Unauthorized. */
export const listLabels: Operation<ListLabelsArguments, LabelCountConnection> = /* @__PURE__ */ operation({
  kind: "query",
  name: "listLabels",
  variables: { prefix: "String", ownerId: "ID", limit: "Int", nextToken: "String" },
  selection: "items { name count } nextToken",
});

/** The limits of all users. Admins only. */
export const limits: Operation<object, Limits> = /* @__PURE__ */ operation({
  kind: "query",
  name: "limits",
  variables: {},
  selection:
    "maxAssets maxBytes maxChangesADay maxLabelledADay maxLabelledADayInAll maxRelabelsADay maxCallbacksADay maxCallbacksADayToAHost labellingPaused updatedAt",
});

/** The events of an owner's assets, oldest first. A subscriber reads here what it missed. Old events are removed. Errors: EventsExpired, ValidationError, Unauthorized. */
export const listAssetEvents: Operation<ListAssetEventsArguments, AssetEventPage> = /* @__PURE__ */ operation(
  {
    kind: "query",
    name: "listAssetEvents",
    variables: { ownerId: "ID", after: "Int", limit: "Int" },
    selection:
      "items { seq type edited ownerId assetId at asset { id ownerId filename title contentType contentLength sha256 duplicateOf callbackUrl state labelStatus labels { name confidence parents source } labelError { code message } width height createdAt updatedAt version } } nextAfter lastSeq",
  },
);

/** A user's erasure, or null if none was requested. Errors: NotFound for another user's. */
export const getErasure: Operation<GetErasureArguments, Erasure | null> = /* @__PURE__ */ operation({
  kind: "query",
  name: "getErasure",
  variables: { userId: "ID!" },
  selection: "userId status requestedAt dueAt finishedAt removed { what count }",
});

/** The callbacks of one asset, oldest first, with their attempts. Errors: ValidationError, InvalidToken, Unauthorized. */
export const listDeliveries: Operation<ListDeliveriesArguments, DeliveryConnection> =
  /* @__PURE__ */ operation({
    kind: "query",
    name: "listDeliveries",
    variables: { assetId: "ID!", ownerId: "ID", limit: "Int", nextToken: "String" },
    selection:
      "items { id assetId seq type url status attempts { at succeeded errorCode } nextAttemptAt createdAt } nextToken",
  });

/** Erases a user: profile, sign-in, assets with their objects, labels, events, callbacks. From now on, every call that concerns the user is AccountErased, but getErasure and cancelErasure. After a grace period everything is removed. Idempotent. An admin can repeat an erasure that is DONE. Errors: NotFound. */
export const eraseUser: Operation<EraseUserArguments, Erasure> = /* @__PURE__ */ operation({
  kind: "mutation",
  name: "eraseUser",
  variables: { id: "ID!" },
  selection: "userId status requestedAt dueAt finishedAt removed { what count }",
});

/** Cancels an erasure in its grace period. Idempotent. Errors: NotFound, StateConflict. */
export const cancelErasure: Operation<CancelErasureArguments, Erasure> = /* @__PURE__ */ operation({
  kind: "mutation",
  name: "cancelErasure",
  variables: { userId: "ID!" },
  selection: "userId status requestedAt dueAt finishedAt removed { what count }",
});

/** Creates the caller's profile. Admins may create any profile. Errors: Conflict, ValidationError, Unauthorized. */
export const createUser: Operation<CreateUserArguments, User, UserInclude> = /* @__PURE__ */ operation({
  kind: "mutation",
  name: "createUser",
  variables: { input: "CreateUserInput!" },
  selection: "id name firstName lastName email createdAt updatedAt version *User",
  extras: { User: userExtras },
});

/** Changes the given fields of a profile. Errors: NotFound, VersionConflict, ValidationError. */
export const updateUser: Operation<UpdateUserArguments, User, UserInclude> = /* @__PURE__ */ operation({
  kind: "mutation",
  name: "updateUser",
  variables: { input: "UpdateUserInput!" },
  selection: "id name firstName lastName email createdAt updatedAt version *User",
  extras: { User: userExtras },
});

/** Deletes a profile. Errors: NotFound. */
export const deleteUser: Operation<DeleteUserArguments, User, UserInclude> = /* @__PURE__ */ operation({
  kind: "mutation",
  name: "deleteUser",
  variables: { id: "ID!" },
  selection: "id name firstName lastName email createdAt updatedAt version *User",
  extras: { User: userExtras },
});

/** Reserves an asset and signs its upload. A call with the same clientToken and input returns the same asset. Errors: Conflict, InvalidCallbackUrl, QuotaExceeded, ValidationError. */
export const createAsset: Operation<CreateAssetArguments, AssetUpload, AssetInclude> =
  /* @__PURE__ */ operation({
    kind: "mutation",
    name: "createAsset",
    variables: { input: "CreateAssetInput!" },
    selection:
      "asset { id ownerId filename title contentType contentLength sha256 duplicateOf callbackUrl state labelStatus labelError { code message } width height createdAt updatedAt version *Asset } upload { url method headers { name value } expiresAt } webhookSecret",
    extras: { Asset: assetExtras },
  });

/** Changes the given fields of an asset. Subscribers get an event with edited: true. Errors: NotFound, VersionConflict, ValidationError. */
export const updateAsset: Operation<UpdateAssetArguments, Asset, AssetInclude> = /* @__PURE__ */ operation({
  kind: "mutation",
  name: "updateAsset",
  variables: { input: "UpdateAssetInput!" },
  selection:
    "id ownerId filename title contentType contentLength sha256 duplicateOf callbackUrl state labelStatus labelError { code message } width height createdAt updatedAt version *Asset",
  extras: { Asset: assetExtras },
});

/** Corrects the labels of an asset that is RECEIVED or UPLOADED. Labelling again keeps corrections. The last correction of a label counts. Subscribers get an event with edited: true. Errors: NotFound, QuotaExceeded, StateConflict, ValidationError. */
export const setLabels: Operation<SetLabelsArguments, Asset, AssetInclude> = /* @__PURE__ */ operation({
  kind: "mutation",
  name: "setLabels",
  variables: { id: "ID!", add: "[String!]", remove: "[String!]" },
  selection:
    "id ownerId filename title contentType contentLength sha256 duplicateOf callbackUrl state labelStatus labelError { code message } width height createdAt updatedAt version *Asset",
  extras: { Asset: assetExtras },
});

/** Signs a new upload URL for an asset in state CREATED. Errors: NotFound, StateConflict. */
export const renewUpload: Operation<RenewUploadArguments, AssetUpload, AssetInclude> =
  /* @__PURE__ */ operation({
    kind: "mutation",
    name: "renewUpload",
    variables: { id: "ID!" },
    selection:
      "asset { id ownerId filename title contentType contentLength sha256 duplicateOf callbackUrl state labelStatus labelError { code message } width height createdAt updatedAt version *Asset } upload { url method headers { name value } expiresAt } webhookSecret",
    extras: { Asset: assetExtras },
  });

/** Changes the state from RECEIVED to UPLOADED. Idempotent. Errors: NotFound, StateConflict. */
export const confirmUpload: Operation<ConfirmUploadArguments, Asset, AssetInclude> =
  /* @__PURE__ */ operation({
    kind: "mutation",
    name: "confirmUpload",
    variables: { id: "ID!" },
    selection:
      "id ownerId filename title contentType contentLength sha256 duplicateOf callbackUrl state labelStatus labelError { code message } width height createdAt updatedAt version *Asset",
    extras: { Asset: assetExtras },
  });

/** Labels an asset again after DONE or FAILED. Errors: NotFound, QuotaExceeded, StateConflict. */
export const labelAsset: Operation<LabelAssetArguments, Asset, AssetInclude> = /* @__PURE__ */ operation({
  kind: "mutation",
  name: "labelAsset",
  variables: { id: "ID!" },
  selection:
    "id ownerId filename title contentType contentLength sha256 duplicateOf callbackUrl state labelStatus labelError { code message } width height createdAt updatedAt version *Asset",
  extras: { Asset: assetExtras },
});

/** Hides an asset until it is restored. The object is kept. Errors: NotFound. */
export const deleteAsset: Operation<DeleteAssetArguments, Asset, AssetInclude> = /* @__PURE__ */ operation({
  kind: "mutation",
  name: "deleteAsset",
  variables: { id: "ID!" },
  selection:
    "id ownerId filename title contentType contentLength sha256 duplicateOf callbackUrl state labelStatus labelError { code message } width height createdAt updatedAt version *Asset",
  extras: { Asset: assetExtras },
});

/** Restores a deleted asset to its former state. Errors: NotFound, StateConflict. */
export const restoreAsset: Operation<RestoreAssetArguments, Asset, AssetInclude> = /* @__PURE__ */ operation({
  kind: "mutation",
  name: "restoreAsset",
  variables: { id: "ID!" },
  selection:
    "id ownerId filename title contentType contentLength sha256 duplicateOf callbackUrl state labelStatus labelError { code message } width height createdAt updatedAt version *Asset",
  extras: { Asset: assetExtras },
});

/** Removes an asset for good: its object, renditions, labels and callbacks. It is hidden immediately and cannot be restored. The event PURGED says that nothing is left. Idempotent until then. Errors: NotFound. */
export const purgeAsset: Operation<PurgeAssetArguments, string> = /* @__PURE__ */ operation({
  kind: "mutation",
  name: "purgeAsset",
  variables: { id: "ID!" },
  selection: "",
});

/** Replaces the secret that signs your callbacks. Old secrets also sign for one more day. Errors: Conflict after five rotations within a day. */
export const rotateWebhookSecret: Operation<object, WebhookSecret> = /* @__PURE__ */ operation({
  kind: "mutation",
  name: "rotateWebhookSecret",
  variables: {},
  selection: "secret previousValidUntil",
});

/** Sends a callback again with the same id, whatever its status. A receiver that answered 410 is called again. Errors: NotFound, also while the asset is deleted. */
export const replayDelivery: Operation<ReplayDeliveryArguments, Delivery> = /* @__PURE__ */ operation({
  kind: "mutation",
  name: "replayDelivery",
  variables: { id: "ID!" },
  selection: "id assetId seq type url status attempts { at succeeded errorCode } nextAttemptAt createdAt",
});

/** Changes the given limits of all users, within seconds. Admins only. Errors: ValidationError. */
export const setLimits: Operation<SetLimitsArguments, Limits> = /* @__PURE__ */ operation({
  kind: "mutation",
  name: "setLimits",
  variables: { input: "LimitsInput!" },
  selection:
    "maxAssets maxBytes maxChangesADay maxLabelledADay maxLabelledADayInAll maxRelabelsADay maxCallbacksADay maxCallbacksADayToAHost labellingPaused updatedAt",
});
