import { type EffectsOf, refused, oneOf, within } from "./effect.ts";

const noData = refused("is not supported locally: the table would hold data that is not here");
const projectionType = oneOf(["ALL", "KEYS_ONLY", "INCLUDE"]);

/** Values: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html */
export const dynamodb: EffectsOf<"dynamodb"> = {
  "aws:dynamodb/table:Table": {
    attributes: { name: "runs", type: oneOf(["S", "N", "B"]) },
    billingMode: oneOf(["PROVISIONED", "PAY_PER_REQUEST"]),
    deletionProtectionEnabled: "runs",
    globalSecondaryIndexes: {
      hashKey: "runs",
      keySchemas: { attributeName: "runs", keyType: oneOf(["HASH", "RANGE"]) },
      name: "runs",
      nonKeyAttributes: "runs",
      onDemandThroughput: "idle",
      projectionType,
      rangeKey: "runs",
      readCapacity: "idle",
      warmThroughput: "idle",
      writeCapacity: "idle",
    },
    globalTableWitness: "idle",
    hashKey: "runs",
    importTable: noData,
    localSecondaryIndexes: {
      name: "runs",
      nonKeyAttributes: "runs",
      projectionType,
      rangeKey: "runs",
    },
    name: "runs",
    onDemandThroughput: "idle",
    pointInTimeRecovery: { enabled: "runs", recoveryPeriodInDays: within(1, 35, "idle") },
    rangeKey: "runs",
    readCapacity: "idle",
    region: "runs",
    replicas: "idle",
    restoreBackupArn: noData,
    restoreDateTime: noData,
    restoreSourceName: noData,
    restoreSourceTableArn: noData,
    restoreToLatestTime: noData,
    serverSideEncryption: "idle",
    streamEnabled: "runs",
    streamViewType: oneOf(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]),
    tableClass: oneOf(["STANDARD", "STANDARD_INFREQUENT_ACCESS"], "idle"),
    tags: "idle",
    ttl: { attributeName: "runs", enabled: "runs" },
    warmThroughput: "idle",
    writeCapacity: "idle",
  },
};
