import { type AttributeMap, dynamodb, isMap, toMapValues } from "./dynamodb-values.ts";
import { filterExpression } from "./filter-expression.ts";
import { projectionExpression } from "./projection-expression.ts";
import { UtilityFault } from "./signals.ts";
import { updateExpression } from "./update-expression.ts";

/** `@aws-appsync/utils/dynamodb`: each function returns the same request object as AWS's. `sync` is refused; see `refused.ts`. */
export { operations } from "./update-expression.ts";

export const { toStringSet, toNumberSet, toBinarySet } = dynamodb;

export function get(payload: Fields) {
  return given({
    operation: "GetItem",
    key: key(payload),
    consistentRead: payload["consistentRead"],
    projection: projectionExpression(payload["projection"]),
  });
}

export function put(payload: Fields) {
  return given({
    operation: "PutItem",
    key: key(payload),
    attributeValues: map(payload["item"], "item"),
    condition: expression(payload["condition"]),
    ...versioned(payload),
  });
}

export function update(payload: Fields) {
  return given({
    operation: "UpdateItem",
    key: key(payload),
    update: updateExpression(payload["update"]),
    condition: expression(payload["condition"]),
    ...versioned(payload),
  });
}

export function remove(payload: Fields) {
  return given({
    operation: "DeleteItem",
    key: key(payload),
    condition: expression(payload["condition"]),
    ...versioned(payload),
  });
}

export function query(payload: Fields) {
  return given({
    operation: "Query",
    query: expression(payload["query"]) ?? fault("query needs a key condition"),
    scanIndexForward: payload["scanIndexForward"],
    select: payload["select"],
    ...page(payload),
  });
}

export function scan(payload: Fields = {}) {
  return given({
    operation: "Scan",
    totalSegments: payload["totalSegments"],
    segment: payload["segment"],
    select: payload["select"],
    ...page(payload),
  });
}

export function batchGet(payload: Fields) {
  const tables = eachTable(payload, (request) => {
    const { keys, consistentRead, projection } = fields(request, "a table of batchGet");
    return given({
      keys: each(keys, "keys", (item) => map(item, "key")),
      consistentRead,
      projection: projectionExpression(projection),
    });
  });
  return { operation: "BatchGetItem", tables };
}

export function batchPut(payload: Fields) {
  return {
    operation: "BatchPutItem",
    tables: eachTable(payload, (items) => each(items, "items", (item) => map(item, "item"))),
  };
}

export function batchDelete(payload: Fields) {
  return {
    operation: "BatchDeleteItem",
    tables: eachTable(payload, (keys) => each(keys, "keys", (item) => map(item, "key"))),
  };
}

export function transactGet(payload: Fields) {
  const transactItems = each(payload["items"], "items", (item) => {
    const { table, projection, ...rest } = fields(item, "an item of transactGet");
    return given({ table, key: key(rest), projection: projectionExpression(projection) });
  });
  return { operation: "TransactGetItems", transactItems };
}

export function transactWrite(payload: Fields) {
  return { operation: "TransactWriteItems", transactItems: each(payload["items"], "items", transactItem) };
}

type Fields = Readonly<Record<string, unknown>>;

function transactItem(item: unknown) {
  const { putItem, updateItem, deleteItem, conditionCheck } = fields(item, "an item of transactWrite");
  const action = (operation: string, input: unknown, more: (input: Fields) => Fields = () => ({})) => {
    const payload = fields(input, operation);
    const { table, condition } = payload;
    return given({ table, operation, key: key(payload), ...more(payload), condition: expression(condition) });
  };
  if (putItem !== undefined) {
    return action("PutItem", putItem, (input) => ({ attributeValues: map(input["item"], "item") }));
  }
  if (updateItem !== undefined) {
    return action("UpdateItem", updateItem, (input) => ({ update: updateExpression(input["update"]) }));
  }
  if (deleteItem !== undefined) {
    return action("DeleteItem", deleteItem);
  }
  if (conditionCheck !== undefined) {
    return action("ConditionCheck", conditionCheck);
  }
  return fault("an item of transactWrite is putItem, updateItem, deleteItem or conditionCheck");
}

function page(payload: Fields): Fields {
  const { index, limit, nextToken, consistentRead, filter, projection } = payload;
  return {
    index,
    limit,
    nextToken,
    consistentRead,
    filter: expression(filter),
    projection: projectionExpression(projection),
  };
}

function versioned({ _version, customPartitionKey, populateIndexFields }: Fields): Fields {
  return { _version, customPartitionKey, populateIndexFields };
}

/** An expression without values has no `expressionValues` here, unlike the JSON text of `util.transform`. */
function expression(filter: unknown): Fields | undefined {
  if (filter === undefined || filter === null) {
    return undefined;
  }
  const built = filterExpression(filter);
  if (built === null) {
    return fault(`not a DynamoDB filter: ${JSON.stringify(filter)}`);
  }
  const { expressionValues, ...rest } = built;
  return Object.keys(expressionValues).length === 0 ? rest : { ...rest, expressionValues };
}

/** Leaves out members that are undefined or null. */
function given<Request extends Fields>(request: Request): Request {
  const present = Object.entries(request).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(present) as Request;
}

function key(payload: Fields): AttributeMap {
  return map(payload["key"], "key");
}

function map(value: unknown, what: string): AttributeMap {
  return toMapValues(fields(value, what));
}

function fields(value: unknown, what: string): Fields {
  return isMap(value) ? value : fault(`${what} must be a map`);
}

function each<Result>(value: unknown, what: string, make: (item: unknown) => Result): Result[] {
  return Array.isArray(value) ? value.map((item) => make(item)) : fault(`${what} must be a list`);
}

function eachTable<Result>(payload: Fields, make: (value: unknown) => Result): Record<string, Result> {
  const tables = Object.entries(fields(payload["tables"], "tables"));
  return Object.fromEntries(tables.map(([table, value]) => [table, make(value)]));
}

function fault(message: string): never {
  throw new UtilityFault(message);
}
