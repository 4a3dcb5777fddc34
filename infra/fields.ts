import type { DataSourceName } from "./datasources.ts";

/** Fields with one resolver, by its data source. The code is resolvers/<field>.ts. */
export const unitFields: Record<string, DataSourceName> = {
  "Mutation.publishAssetEvent": "none",
  "Mutation.endAdminSubscriptions": "clientTokens",
  "Subscription.onAssetEvent": "clientTokens",
  "Asset.labels": "none",
  "User.failingCallbacks": "callbacks",
  "Asset.downloadUrl": "presign",
  "Asset.thumbnailUrl": "presign",
  "Query.limits": "usage",
  // Not counted: an admin who set a limit of no changes could not set another.
  "Mutation.setLimits": "usage",
  "User.usage": "usage",
};

/** Fields with one step of their own, by its data source. Its code is resolvers/<field>.ts. */
export const guardedFields: Record<string, DataSourceName> = {
  "Query.me": "users",
  "Query.getUser": "users",
  "Query.listUsers": "users",
  "Query.getAsset": "assets",
  "Query.listAssets": "assets",
  "Query.listDeliveries": "callbacks",
  "Query.listLabels": "labels",
  "Mutation.createUser": "users",
  "Mutation.deleteUser": "users",
  "Mutation.rotateWebhookSecret": "webhooks",
  "Mutation.replayDelivery": "webhooks",
};

/** The name of a guarded field's own step. AppSync does not accept dots in it. */
export const stepOf = (field: string): string => field.split(".")[1] ?? "";

/** The steps that each mutation of a user begins with. `openAccount` refuses most to a caller who is being erased. */
export const counting = ["openAccount", "countChange"] as const;

/** The steps of a guarded field. */
export function guard(field: string): readonly string[] {
  if (field === "Query.listUsers") {
    return [stepOf(field), "hideErased"];
  }
  return [...(field.startsWith("Mutation.") ? counting : []), "refuseErased", stepOf(field)];
}

/** Pipeline functions, by the data source that each speaks to. Their code is resolvers/<name>.ts. */
export const functions = {
  openAccount: "usage",
  countChange: "usage",
  countRelabel: "usage",
  refuseErased: "erasures",
  hideErased: "erasures",
  changeErasure: "erasures",
  readErasure: "erasures",
  registerCallback: "webhooks",
  reserveAsset: "assets",
  findClientToken: "clientTokens",
  changeAsset: "assets",
  explainRefusal: "assets",
  presignUpload: "presign",
  showSecret: "webhooks",
  changeUser: "users",
  explainUserRefusal: "users",
  findMatches: "labels",
  readMatches: "assets",
  readEventCounter: "events",
  findEvents: "events",
} satisfies Record<string, DataSourceName>;

/** Fields that take several steps. AppSync takes ten. */
export const pipelineFields: Record<string, readonly (keyof typeof functions)[]> = {
  "Query.getErasure": ["readErasure"],
  "Query.searchAssets": ["refuseErased", "findMatches", "readMatches"],
  "Query.listAssetEvents": ["refuseErased", "readEventCounter", "findEvents"],
  "Mutation.eraseUser": [...counting, "changeErasure", "readErasure"],
  "Mutation.cancelErasure": [...counting, "changeErasure", "readErasure"],
  "Mutation.updateUser": [...counting, "refuseErased", "changeUser", "explainUserRefusal"],
  "Mutation.createAsset": [
    ...counting,
    "registerCallback",
    "reserveAsset",
    // Again, if another transaction of the owner was under way.
    "reserveAsset",
    "findClientToken",
    "changeAsset",
    "explainRefusal",
    "presignUpload",
    "showSecret",
  ],
  "Mutation.updateAsset": [...counting, "changeAsset", "explainRefusal"],
  "Mutation.setLabels": [...counting, "changeAsset", "explainRefusal"],
  "Mutation.renewUpload": [...counting, "changeAsset", "explainRefusal", "presignUpload"],
  "Mutation.confirmUpload": [...counting, "changeAsset", "explainRefusal"],
  "Mutation.labelAsset": [...counting, "countRelabel", "changeAsset", "explainRefusal"],
  "Mutation.deleteAsset": [...counting, "changeAsset", "explainRefusal"],
  "Mutation.restoreAsset": [...counting, "changeAsset", "explainRefusal"],
  "Mutation.purgeAsset": [...counting, "changeAsset", "explainRefusal"],
};

/** Fields whose Lambda function is invoked once for many source objects. */
export const batchSizes: Record<string, number> = { "Asset.downloadUrl": 50, "Asset.thumbnailUrl": 50 };
