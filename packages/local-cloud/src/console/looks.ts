import { sessionOf } from "../aws/iam/caller.ts";
import { administratorArn } from "../aws/iam/roles.ts";
import type { VersionPlace } from "../aws/s3/objects.ts";
import { type InputsOf, ofType, type ResourceOf } from "../base/graph.ts";
import type { Sources } from "./sources.ts";

/** May do everything. */
export const administrator = sessionOf(administratorArn, "console");

/** Of one answer. */
const maxRows = 50;

interface ItemsAsked {
  readonly table: string;
  /** A value of the partition key. Empty for all items. */
  readonly key: string;
  /** JSON of the last key of the page before. */
  readonly after: string;
}

/** A page of a table's items, as JSON without DynamoDB's types. */
export async function itemsOf({ dynamodb, graph }: Sources, { table, key, after }: ItemsAsked) {
  const { inputs, outputs } = declared(graph, "aws:dynamodb/table:Table", "table", table);
  const { hashKey = "", rangeKey, attributes = [] } = inputs;
  const type = attributes.find(({ name }) => name === hashKey)?.type ?? "S";
  const page = {
    ...{ TableName: outputs.name, Limit: maxRows },
    ...(after !== "" && { ExclusiveStartKey: JSON.parse(after) as object }),
  };
  const { Items, LastEvaluatedKey } = await (key === ""
    ? dynamodb.execute(administrator, "Scan", page)
    : dynamodb.execute(administrator, "Query", {
        ...page,
        KeyConditionExpression: "#key = :key",
        ExpressionAttributeNames: { "#key": hashKey },
        ExpressionAttributeValues: { ":key": { [type]: key } },
      }));
  const { unmarshall } = await import("@aws-sdk/util-dynamodb");
  type Item = Parameters<typeof unmarshall>[0];
  return {
    keys: rangeKey === undefined ? [hashKey] : [hashKey, rangeKey],
    items: ((Items ?? []) as Item[]).map((item) => unmarshall(item, { wrapNumbers: String })),
    next: LastEvaluatedKey === undefined ? undefined : JSON.stringify(LastEvaluatedKey),
  };
}

/** The oldest messages of a queue. They are not received. */
export const messagesOf = ({ sqs, graph }: Sources, queue: string) => ({
  messages: sqs.peek(declaredQueue(graph, queue).outputs.name, maxRows),
});

export const declaredQueue = (graph: Sources["graph"], queue: string) =>
  declared(graph, "aws:sqs/queue:Queue", "queue", queue);

/** A resource by its name in the program. `what` names its kind to people. */
function declared<Type extends keyof InputsOf>(
  graph: Sources["graph"],
  type: Type,
  what: string,
  name: string,
): ResourceOf<Type> {
  const found = ofType(graph, type).find((one) => one.name === name);
  if (!found) {
    throw new Error(`There is no ${what} ${name}`);
  }
  return found;
}

/** A page of a bucket's keys with all their versions. */
export function objectsOf({ s3, graph }: Sources, name: string, prefix: string, after: string) {
  const bucket = declared(graph, "aws:s3/bucket:Bucket", "bucket", name);
  const place = after === "" ? undefined : (JSON.parse(after) as VersionPlace);
  const page = s3.keys(bucket.id, prefix, place, maxRows);
  const found = page.filter(({ version: { key } }) => key.startsWith(prefix));
  const last = found.at(-1);
  return {
    objects: found.map(({ version: { key, version, modified, ...more }, latest }) => ({
      ...{ key, version, modified, latest, size: "size" in more ? more.size : undefined },
    })),
    next: found.length < maxRows ? undefined : JSON.stringify({ key: last?.version.key, seq: last?.seq }),
  };
}

/** What clients are subscribed to now. */
export const subscriptionsOf = ({ appsync }: Sources) => ({
  subscriptions: appsync.subscriptions().map(({ field, about }) => ({ field, ...about })),
});

/** The users of all pools. */
export async function usersOf({ cognito, graph }: Sources) {
  const pools = ofType(graph, "aws:cognito/userPool:UserPool");
  const lists = await Promise.all(
    pools.map(async ({ id, name }) => {
      const { Users } = (await cognito.execute(administrator, "ListUsers", { UserPoolId: id })) as {
        readonly Users: readonly CognitoUser[];
      };
      return Users.map((user) => ({
        ...{ pool: name, username: user.Username, status: user.UserStatus, enabled: user.Enabled },
        created: user.UserCreateDate * 1000,
        attributes: Object.fromEntries((user.Attributes ?? []).map(({ Name, Value }) => [Name, Value])),
      }));
    }),
  );
  return { users: lists.flat() };
}

interface CognitoUser {
  readonly Username: string;
  readonly UserStatus: string;
  readonly Enabled: boolean;
  /** Seconds since the epoch. */
  readonly UserCreateDate: number;
  readonly Attributes?: readonly { readonly Name: string; readonly Value: string }[];
}

const changesOfUsers = new Map([
  ["confirm", "AdminConfirmSignUp"],
  ["disable", "AdminDisableUser"],
  ["enable", "AdminEnableUser"],
]);

/** Confirms, disables or enables a user. */
export async function changeUser(
  { cognito, graph }: Sources,
  pool: string,
  username: string,
  change: string,
): Promise<object> {
  const { id } = declared(graph, "aws:cognito/userPool:UserPool", "user pool", pool);
  const operation = changesOfUsers.get(change);
  if (operation === undefined) {
    throw new Error(`A user cannot be changed by ${change}`);
  }
  return cognito.execute(administrator, operation, { UserPoolId: id, Username: username });
}
