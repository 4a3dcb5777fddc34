import { randomUUID } from "node:crypto";
import { AwsError, type Executor, type Log, type Principal } from "../../../base/service.ts";
import { type Answer, type DataSource } from "../../model/source.ts";
import { requestFields, unsupported } from "../request.ts";
import { fromAttributes } from "./attributes.ts";
import { batchDeleteItem, batchGetItem, batchPutItem } from "./batches.ts";
import { deleteItem, getItem, putItem, updateItem } from "./items.ts";
import { type Operation, type Prepared, TokenRefused } from "./operation.ts";
import { query, scan } from "./pages.ts";
import { text } from "./request.ts";
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

/** One table, and whatever else the role reaches. */
export function dynamodbSource(
  table: string,
  { dynamodb, principal, tokens, log }: DynamodbBackend,
): DataSource {
  async function ask(prepared: Prepared, signal: AbortSignal): Promise<Answer> {
    try {
      const output = await dynamodb.execute(principal, prepared.action, prepared.input, signal);
      return { result: prepared.read(output) };
    } catch (error) {
      if (!(error instanceof AwsError)) {
        throw error;
      }
      // A handler may pass over ctx.error in silence, but a missing permission is never what was meant.
      if (error.code.startsWith("AccessDenied")) {
        log.warn(error.message, { table, operation: prepared.action });
      }
      return failure(error, prepared);
    }
  }

  return {
    run(request, { execution: { deadline } }) {
      const fields = requestFields(request);
      const operation = text(fields, "operation");
      const prepare = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (!prepare) {
        throw unsupported("operation", operation);
      }
      try {
        const prepared = prepare({ table, tokens }, fields);
        return deadline.race(ask(prepared, deadline.signal), () => ({
          result: null,
          error: { message: "Execution timed out.", type: "DynamoDB:ExecutionTimeoutException" },
        }));
      } catch (error) {
        if (!(error instanceof TokenRefused)) {
          throw error;
        }
        return Promise.resolve({
          result: null,
          error: { message: error.message, type: `DynamoDB:${error.code}` },
        });
      }
    },
  };
}

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
