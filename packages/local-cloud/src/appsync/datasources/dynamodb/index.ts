import { randomUUID } from "node:crypto";
import { AwsError, type Executor, type Log, type Principal } from "../../../base/service.ts";
import { type Answer, type DataSource } from "../../model/source.ts";
import { requestFields, unsupported } from "../request.ts";
import { fromAttributes } from "./attributes.ts";
import { batchDeleteItem, batchGetItem, batchPutItem } from "./batches.ts";
import { deleteItem, getItem, putItem, updateItem } from "./items.ts";
import { type Operation, type Prepared, TokenRefused } from "./operation.ts";
import { query, scan } from "./pages.ts";
import { type Fields, text } from "./request.ts";
import type { Tokens } from "./tokens.ts";
import { cancellation, transactGetItems, transactWriteItems } from "./transactions.ts";

export interface DynamodbBackend {
  readonly dynamodb: Executor;
  readonly principal: Principal;
  readonly tokens: Tokens;
  readonly log: Log;
}

const operations: Readonly<Record<string, Operation>> = {
  GetItem: getItem,
  PutItem: putItem,
  UpdateItem: updateItem,
  DeleteItem: deleteItem,
  Query: query,
  Scan: scan,
  BatchGetItem: batchGetItem,
  BatchPutItem: batchPutItem,
  BatchDeleteItem: batchDeleteItem,
  TransactGetItems: transactGetItems,
  TransactWriteItems: transactWriteItems,
};

/** One table. Batches and transactions also reach the other tables of the role. */
export function dynamodbSource(table: string, backend: DynamodbBackend): DataSource {
  return {
    run(request, { execution: { deadline } }) {
      const fields = requestFields(request);
      const prepare = operationOf(fields);
      try {
        const prepared = prepare({ table, tokens: backend.tokens }, fields);
        return deadline.race(execute(prepared, table, backend, deadline.signal), () =>
          failed("Execution timed out.", "ExecutionTimeoutException"),
        );
      } catch (error) {
        if (!(error instanceof TokenRefused)) {
          throw error;
        }
        return Promise.resolve(failed(error.message, error.code));
      }
    },
  };
}

function operationOf(fields: Fields): Operation {
  const operation = text(fields, "operation");
  const prepare = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (!prepare) {
    throw unsupported("operation", operation);
  }
  return prepare;
}

async function execute(
  prepared: Prepared,
  table: string,
  { dynamodb, principal, log }: DynamodbBackend,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const output = await dynamodb.execute(principal, prepared.action, prepared.input, signal);
    return { result: prepared.read(output) };
  } catch (error) {
    if (!(error instanceof AwsError)) {
      throw error;
    }
    // A handler may ignore ctx.error. A missing permission is logged all the same.
    if (error.code.startsWith("AccessDenied")) {
      log.warn(error.message, { table, operation: prepared.action });
    }
    return failure(error, prepared);
  }
}

const failed = (message: string, type: string): Answer => ({
  result: null,
  error: { message, type: `DynamoDB:${type}` },
});

function failure({ code, message, status, details }: AwsError, { forgives }: Prepared): Answer {
  const type = code.replace(/^.*#/, "").replace(/^AccessDenied$/, "AccessDeniedException");
  const current = fromAttributes(details["Item"]);
  if (type === "ConditionalCheckFailedException" && forgives?.(current)) {
    return { result: current };
  }
  const error = {
    message: `${message} (Service: DynamoDb, Status Code: ${status}, Request ID: ${randomUUID()})`,
    type: `DynamoDB:${type}`,
  };
  if (type === "TransactionCanceledException") {
    return { result: cancellation(details["CancellationReasons"]), error };
  }
  return { result: type === "ConditionalCheckFailedException" ? current : null, error };
}
