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
  "Mutation.createUser": "users",
  "Mutation.deleteUser": "users",
  "Mutation.rotateWebhookSecret": "webhooks",
  "Mutation.replayDelivery": "webhooks",
  "Mutation.publishAssetEvent": "none",
  "Mutation.endAdminSubscriptions": "clientTokens",
  "Subscription.onAssetEvent": "clientTokens",
  "Asset.labels": "none",
  "User.failingCallbacks": "callbacks",
  "Asset.downloadUrl": "presign",
  "Asset.thumbnailUrl": "presign",
};

/** Pipeline functions, by their data source. The code is resolvers/<name>.ts. */
export const functions = {
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

/** Fields with a pipeline resolver. */
export const pipelineFields: Record<string, readonly (keyof typeof functions)[]> = {
  "Query.searchAssets": ["findMatches", "readMatches"],
  "Query.listAssetEvents": ["readEventCounter", "findEvents"],
  "Mutation.updateUser": ["changeUser", "explainUserRefusal"],
  "Mutation.createAsset": [
    "registerCallback",
    "reserveAsset",
    "findClientToken",
    "changeAsset",
    "explainRefusal",
    "presignUpload",
    "showSecret",
  ],
  "Mutation.updateAsset": ["changeAsset", "explainRefusal"],
  "Mutation.setLabels": ["changeAsset", "explainRefusal"],
  "Mutation.renewUpload": ["changeAsset", "explainRefusal", "presignUpload"],
  "Mutation.confirmUpload": ["changeAsset", "explainRefusal"],
  "Mutation.labelAsset": ["changeAsset", "explainRefusal"],
  "Mutation.deleteAsset": ["changeAsset", "explainRefusal"],
  "Mutation.restoreAsset": ["changeAsset", "explainRefusal"],
  "Mutation.purgeAsset": ["changeAsset", "explainRefusal"],
};

/** Fields whose Lambda function is invoked once for many source objects. */
export const batchSizes: Record<string, number> = { "Asset.downloadUrl": 50, "Asset.thumbnailUrl": 50 };
