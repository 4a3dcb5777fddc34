import { dynamodbSource } from "../../../src/appsync/datasources/dynamodb/index.ts";
import { createTokens } from "../../../src/appsync/datasources/dynamodb/tokens.ts";
import type { Answer } from "../../../src/appsync/model/source.ts";
import { Deadline } from "../../../src/appsync/model/deadline.ts";
import { startExecution } from "../../../src/appsync/execute/execution.ts";
import { createIam } from "../../../src/aws/iam/index.ts";
import { admin, all, start } from "../../aws/dynamodb/support.ts";
import { graphOf, silentLog, table, temporaryStorage } from "../../aws/graph.ts";

/** Sends the request object of a handler to a DynamoDB data source, as AppSync does. */
export type Ask = (request: unknown) => Promise<Answer>;

/** A data source on the real engine, with one table whose key is `pk` and `id`. It is deleted after the test. */
export async function openTable(): Promise<Ask> {
  const graph = graphOf(
    table("things", {
      attributes: [
        { name: "pk", type: "S" },
        { name: "id", type: "S" },
      ],
      hashKey: "pk",
      rangeKey: "id",
      billingMode: "PAY_PER_REQUEST",
    }),
    ...all,
  );
  const dynamodb = await start(graph, createIam(graph, temporaryStorage()));
  const tokens = createTokens(temporaryStorage());
  const source = dynamodbSource("things", { dynamodb, principal: admin, tokens, log: silentLog });
  return (request) => source.run(request, { execution: newExecution(), step: { maxBatchSize: 0 } });
}

function newExecution() {
  return startExecution({
    operation: "query",
    caller: { mode: "API_KEY", identity: null, groups: [] },
    variables: {},
    tooDeep: false,
    deadline: new Deadline(30_000, Date.now, () => () => undefined),
    headers: {},
  });
}
