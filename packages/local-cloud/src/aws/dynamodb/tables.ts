import { type Graph, ofType, type ResourceOf } from "../../base/graph.ts";
import { refuse } from "../../base/refusal.ts";

/** A declared table: for checking requests, and for creating it in the engine. */
export interface Table {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly streamArn: string | undefined;
  readonly streamLabel: string | undefined;
  /** The images in records. The engine's stream has both images, which show whether a write changed the item. */
  readonly streamViewType: string;
  readonly hashKey: string;
  /** The attributes of the primary key. */
  readonly keyNames: readonly string[];
  /** Partition keys of the indexes by the index's name. */
  readonly indexHashKeys: ReadonlyMap<string, string>;
  readonly ttlAttribute: string | undefined;
  readonly pointInTimeRecovery: boolean;
  readonly deletionProtection: boolean;
  readonly definition: TableDefinition;
}

export interface IndexDefinition {
  readonly IndexName: string;
  readonly KeySchema: readonly KeySchemaElement[];
  readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
}

interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: string;
}

/** The input of CreateTable, and what DescribeTable returns. */
export interface TableDefinition {
  readonly TableName: string;
  readonly AttributeDefinitions: readonly {
    readonly AttributeName: string;
    readonly AttributeType: string;
  }[];
  readonly KeySchema: readonly KeySchemaElement[];
  readonly BillingMode?: string;
  readonly ProvisionedThroughput?: object;
  readonly GlobalSecondaryIndexes?: readonly IndexDefinition[];
  readonly LocalSecondaryIndexes?: readonly IndexDefinition[];
  readonly StreamSpecification?: { readonly StreamEnabled: boolean; readonly StreamViewType?: string };
}

const bothImages = "NEW_AND_OLD_IMAGES";

export function readTables(graph: Graph): Table[] {
  return ofType(graph, "aws:dynamodb/table:Table").map((declared) => {
    const { inputs, outputs } = declared;
    const { arn, streamArn, streamLabel } = outputs;
    const [, , , region = "", accountId = ""] = arn.split(":");
    return {
      ...tableOf(defineTable(declared), { region, accountId }),
      streamArn: inputs.streamEnabled === true ? streamArn : undefined,
      streamLabel,
      streamViewType: inputs.streamViewType ?? bothImages,
      ttlAttribute: ttlAttributeOf(declared),
      pointInTimeRecovery: inputs.pointInTimeRecovery?.enabled === true,
      deletionProtection: inputs.deletionProtectionEnabled === true,
    };
  });
}

/** An account's part of a region. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

export const tableArn = ({ region, accountId }: Place, name: string): string =>
  `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;

/** A table that is only what its definition says: without a stream, TTL, or protection. */
export function tableOf(definition: TableDefinition, place: Place): Table {
  const indexes = [...(definition.GlobalSecondaryIndexes ?? []), ...(definition.LocalSecondaryIndexes ?? [])];
  return {
    name: definition.TableName,
    arn: tableArn(place, definition.TableName),
    region: place.region,
    streamArn: undefined,
    streamLabel: undefined,
    streamViewType: bothImages,
    hashKey: hashKeyOf(definition),
    keyNames: definition.KeySchema.map(({ AttributeName }) => AttributeName),
    indexHashKeys: new Map(indexes.map((index) => [index.IndexName, hashKeyOf(index)])),
    ttlAttribute: undefined,
    pointInTimeRecovery: false,
    deletionProtection: false,
    definition,
  };
}

type Declared = ResourceOf<"aws:dynamodb/table:Table">;
type Inputs = Declared["inputs"];

/** TTL that is not enabled has no effect; `enabled` is false by default. */
function ttlAttributeOf(declared: Declared): string | undefined {
  const { enabled = false, attributeName = "" } = declared.inputs.ttl ?? {};
  if (!enabled) {
    return undefined;
  }
  return attributeName === ""
    ? refuse(declared, "ttl.attributeName", "is missing, and ttl is enabled")
    : attributeName;
}

function defineTable(declared: Declared): TableDefinition {
  const { inputs, outputs } = declared;
  if (inputs.hashKey === undefined) {
    refuse(declared, "hashKey", "is missing");
  }
  const provisioned = inputs.billingMode !== "PAY_PER_REQUEST" && {
    ProvisionedThroughput: {
      ReadCapacityUnits: inputs.readCapacity ?? 1,
      WriteCapacityUnits: inputs.writeCapacity ?? 1,
    },
  };
  const { hashKey } = inputs;
  const globals = (inputs.globalSecondaryIndexes ?? []).map((index) => ({
    ...defineIndex(index, globalKeys(index)),
    ...provisioned,
  }));
  const locals = (inputs.localSecondaryIndexes ?? []).map((index) =>
    defineIndex(index, keys(hashKey, index.rangeKey)),
  );
  return {
    TableName: outputs.name,
    AttributeDefinitions: (inputs.attributes ?? []).map(({ name: AttributeName, type }) => ({
      AttributeName,
      AttributeType: type,
    })),
    KeySchema: keys(hashKey, inputs.rangeKey),
    BillingMode: inputs.billingMode ?? "PROVISIONED",
    ...provisioned,
    ...(globals.length > 0 && { GlobalSecondaryIndexes: globals }),
    ...(locals.length > 0 && { LocalSecondaryIndexes: locals }),
    ...(inputs.streamEnabled === true && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: bothImages },
    }),
  };
}

function defineIndex(
  index: { name: string; projectionType: string; nonKeyAttributes?: string[] | undefined },
  KeySchema: KeySchemaElement[],
): IndexDefinition {
  return {
    IndexName: index.name,
    KeySchema,
    Projection: {
      ProjectionType: index.projectionType,
      ...(index.nonKeyAttributes && { NonKeyAttributes: index.nonKeyAttributes }),
    },
  };
}

type GlobalIndex = NonNullable<Inputs["globalSecondaryIndexes"]>[number];

function globalKeys(index: GlobalIndex): KeySchemaElement[] {
  if (index.keySchemas !== undefined) {
    return index.keySchemas.map(({ attributeName, keyType }) => element(attributeName, keyType));
  }
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- programs may still use these inputs
  return keys(index.hashKey, index.rangeKey);
}

function keys(hashKey: string | undefined, rangeKey: string | undefined): KeySchemaElement[] {
  return [
    ...(hashKey === undefined ? [] : [element(hashKey, "HASH")]),
    ...(rangeKey === undefined ? [] : [element(rangeKey, "RANGE")]),
  ];
}

function element(AttributeName: string, KeyType: string): KeySchemaElement {
  return { AttributeName, KeyType };
}

function hashKeyOf({ KeySchema }: { readonly KeySchema: readonly KeySchemaElement[] }): string {
  return KeySchema.find(({ KeyType }) => KeyType === "HASH")?.AttributeName ?? "";
}
