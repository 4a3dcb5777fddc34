import type { DataSourceName } from "./datasources.ts";

/** Fields with one resolver, by its data source. The code is resolvers/<field>.ts. */
export const unitFields: Record<string, DataSourceName> = {
  "Query.me": "users",
  "Query.getUser": "users",
  "Query.listUsers": "users",
  "Query.getAsset": "assets",
  "Query.listAssets": "assets",
  "Query.listDeliveries": "callbacks",
  "Query.listLabels": "labels",
  "Query.limits": "usage",
  "Mutation.publishAssetEvent": "none",
  "Mutation.endAdminSubscriptions": "clientTokens",
  "Subscription.onAssetEvent": "clientTokens",
  "Asset.labels": "none",
  "User.failingCallbacks": "callbacks",
  "User.usage": "usage",
  "Asset.downloadUrl": "presign",
  "Asset.thumbnailUrl": "presign",
};

/** Mutations with one step of their own, by its data source. The steps that count a mutation come before it. */
export const countedFields: Record<string, DataSourceName> = {
  "Mutation.createUser": "users",
  "Mutation.deleteUser": "users",
  "Mutation.rotateWebhookSecret": "webhooks",
  "Mutation.replayDelivery": "webhooks",
  "Mutation.setLimits": "usage",
};

/** Pipeline functions, by the data source that each speaks to. Their code is resolvers/<name>.ts. */
export const functions = {
  openAccount: "usage",
  countChange: "usage",
  countRelabel: "usage",
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

/** The steps that each mutation of a user begins with. */
export const counting = ["openAccount", "countChange"] as const;

/** Fields that take several steps. AppSync takes ten. */
export const pipelineFields: Record<string, readonly (keyof typeof functions)[]> = {
  "Query.searchAssets": ["findMatches", "readMatches"],
  "Query.listAssetEvents": ["readEventCounter", "findEvents"],
  "Mutation.updateUser": [...counting, "changeUser", "explainUserRefusal"],
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
