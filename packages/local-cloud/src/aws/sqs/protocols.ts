import type { ServerResponse } from "node:http";
import { AwsError, type Call } from "../../base/service.ts";
import { failJson, readJson, sendJson } from "../gateway/json.ts";
import { failQueryAs, readQuery, sendQuery } from "../gateway/query.ts";
import { jsonCodeOf, queryCodeOf } from "./error-codes.ts";
import { inputs } from "./inputs.ts";
import type { Output } from "./operation.ts";
import { fromQuery, toQuery } from "./query.ts";
import type { SqsRequest } from "./requests.ts";

type Run = (request: SqsRequest) => Promise<Output>;

const namespace = "http://queue.amazonaws.com/doc/2012-11-05/";

/** Answers in the protocol of the request: JSON, or the query protocol of SDKs from before November 2023. */
export async function answer(call: Call, run: Run): Promise<void> {
  const { principal, url } = call;
  const common = { principal, origin: url.origin, signal: abortedAtHangUp(call) };
  if (!isJson(call.response)) {
    return answerQuery(call, (operation, input) => run({ ...common, operation, input }));
  }
  const { target, operation, input } = await readJson(call);
  if (target !== "AmazonSQS") {
    throw new AwsError("UnknownOperationException", `Unknown operation ${target}.${operation}`);
  }
  sendJson(call.response, await run({ ...common, operation, input }));
}

async function answerQuery(
  call: Call,
  run: (operation: string, input: SqsRequest["input"]) => Promise<Output>,
): Promise<void> {
  const { action, input } = await readQuery(call);
  const members = Object.hasOwn(inputs, action) ? inputs[action] : undefined;
  if (members === undefined) {
    throw action === ""
      ? new AwsError("MissingAction", "The request must contain the parameter Action.")
      : new AwsError("InvalidAction", `The action ${action} is not valid for this endpoint.`);
  }
  // The URL of the request may be the queue's.
  const ofPath = "QueueUrl" in members && call.url.pathname !== "/" ? { QueueUrl: call.url.pathname } : {};
  const output = await run(action, { ...ofPath, ...fromQuery(action, members, input) });
  const result = withoutResult.has(action) ? undefined : toQuery(action, output);
  sendQuery(call.response, namespace, action, result);
}

/** Operations whose answer has no element for a result. */
const withoutResult = new Set(["ChangeMessageVisibility", "DeleteMessage", "PurgeQueue"]);

/** The query protocol kept this text. */
const nonExistentForQuery = "The specified queue does not exist for this wsdl version.";

/** Writes the error in the protocol of the request. In JSON, a header has the code of the query protocol. */
export function fail(response: ServerResponse, error: AwsError): void {
  const { message, status, details } = error;
  if (!isJson(response)) {
    const text = error.code === "QueueDoesNotExist" ? nonExistentForQuery : message;
    failQueryAs(response, namespace, new AwsError(queryCodeOf(error), text, status));
    return;
  }
  response.setHeader("x-amzn-query-error", `${queryCodeOf(error)};Sender`);
  failJson(response, new AwsError(jsonCodeOf(error), message, status, details));
}

const isJson = ({ req }: ServerResponse): boolean => req.headers["x-amz-target"] !== undefined;

/** Aborts when the client closes the connection, so that a long poll does not receive messages for it. */
function abortedAtHangUp({ response }: Call): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => controller.abort(new AwsError("RequestAborted", "The client hung up.")));
  return controller.signal;
}
