import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./settings.ts";
import { watched } from "./watched.ts";

type Attributes = Record<string, "S" | "N">;

/**
 * Rows: users, assets with their stream, the event log, callbacks with their deliveries, the tokens that make
 * createAsset idempotent, labels, which bytes owners have and what the model found in them, what owners use of their
 * limits, erasures of users, and how far a walk that takes many runs has come.
 */
export class Tables extends pulumi.ComponentResource {
  readonly users: aws.dynamodb.Table;
  readonly assets: aws.dynamodb.Table;
  readonly events: aws.dynamodb.Table;
  readonly callbacks: aws.dynamodb.Table;
  readonly clientTokens: aws.dynamodb.Table;
  readonly labels: aws.dynamodb.Table;
  readonly contents: aws.dynamodb.Table;
  readonly usage: aws.dynamodb.Table;
  readonly erasures: aws.dynamodb.Table;
  readonly cursors: aws.dynamodb.Table;
  /** For restores. */
  readonly names: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, { protectData }: Settings, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Tables", name, {}, opts);
    const names: Record<string, pulumi.Output<string>> = {};
    const table = (suffix: string, attributes: Attributes, args: Partial<aws.dynamodb.TableArgs>) => {
      const made = new aws.dynamodb.Table(
        `${name}-${suffix}`,
        {
          billingMode: "PAY_PER_REQUEST",
          attributes: Object.entries(attributes).map(([attribute, type]) => ({ name: attribute, type })),
          pointInTimeRecovery: { enabled: true },
          serverSideEncryption: { enabled: true },
          deletionProtectionEnabled: protectData,
          ...args,
        },
        { parent: this, protect: protectData, retainOnDelete: protectData },
      );
      // An alarm uses the name as the id of a metric, which must not have a hyphen.
      const key = suffix.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
      watched.tables[key] = made.name;
      names[key] = made.name;
      for (const { name: index } of (args.globalSecondaryIndexes ?? []) as readonly { name: string }[]) {
        watched.indexes[key + index.charAt(0).toUpperCase() + index.slice(1)] = { table: made.name, index };
      }
      return made;
    };

    this.users = table("users", { id: "S" }, { hashKey: "id" });
    this.assets = table(
      "assets",
      { ownerId: "S", id: "S", liveId: "S", stateId: "S", ...dueKey },
      {
        hashKey: "ownerId",
        rangeKey: "id",
        globalSecondaryIndexes: [
          index("live", "ownerId", "liveId"),
          index("byState", "ownerId", "stateId"),
          due({
            projectionType: "INCLUDE",
            nonKeyAttributes: ["state", "labelStatus", "labelRun", "renditions"],
          }),
        ],
        streamEnabled: true,
        streamViewType: "NEW_AND_OLD_IMAGES",
      },
    );
    this.events = table("events", { ownerId: "S", id: "S" }, { hashKey: "ownerId", rangeKey: "id", ttl });
    this.callbacks = table(
      "callbacks",
      { ownerId: "S", id: "S", ...dueKey },
      {
        hashKey: "ownerId",
        rangeKey: "id",
        globalSecondaryIndexes: [due({ projectionType: "KEYS_ONLY" })],
        ttl,
      },
    );
    this.clientTokens = table(
      "client-tokens",
      { ownerId: "S", clientToken: "S" },
      { hashKey: "ownerId", rangeKey: "clientToken", ttl },
    );
    this.labels = table("labels", { ownerId: "S", id: "S" }, { hashKey: "ownerId", rangeKey: "id", ttl });
    this.contents = table("contents", { sha256: "S", id: "S" }, { hashKey: "sha256", rangeKey: "id" });
    this.usage = table("usage", { ownerId: "S", id: "S" }, { hashKey: "ownerId", rangeKey: "id", ttl });
    this.erasures = table(
      "erasures",
      { ownerId: "S", id: "S", ...dueKey },
      {
        hashKey: "ownerId",
        rangeKey: "id",
        globalSecondaryIndexes: [due({ projectionType: "KEYS_ONLY" })],
      },
    );
    this.cursors = table("cursors", { id: "S" }, { hashKey: "id" });
    this.names = names;
    this.registerOutputs({});
  }
}

/** Rows with this attribute are removed within days of its time (epoch seconds). */
const ttl = { attributeName: "expiresAt", enabled: true };

/** Finds the rows with something to do at a time. Rows with nothing to do have neither attribute. */
const due = (projection: { projectionType: string; nonKeyAttributes?: string[] }) => ({
  ...index("due", "dueShard", "dueAt"),
  ...projection,
});

const dueKey = { dueShard: "S", dueAt: "N" } as const;

const index = (name: string, hash: string, range: string) => ({
  name,
  keySchemas: [
    { attributeName: hash, keyType: "HASH" },
    { attributeName: range, keyType: "RANGE" },
  ],
  projectionType: "ALL",
});
