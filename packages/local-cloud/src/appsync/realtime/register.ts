import { OperationTypeNode } from "graphql";
import type { Clock, Log } from "../../base/service.ts";
import type { Api } from "../execute/api.ts";
import { type Caller, nameOfCaller, type Presented } from "../model/caller.ts";
import type { Deadline } from "../model/deadline.ts";
import type { Prepared } from "../execute/documents.ts";
import type { Execution, ResponseError } from "../model/execution.ts";
import { startExecution } from "../execute/execution.ts";
import type { Headers } from "../model/request.ts";
import { runOperation } from "../execute/operation.ts";
import { runRequest } from "../execute/request.ts";
import { parseBody } from "../http/graphql-request.ts";
import { Refusal } from "../refusal.ts";
import { type Deliver, type Registered, StartFailure } from "./ports.ts";
import { argumentFilter, enhancedFilter } from "./filter.ts";
import type { Hub } from "./hub.ts";

/** A `start`, with what it presents of its caller. */
export interface StartRequest {
  readonly data: string;
  readonly presented: Presented;
  readonly headers: Headers;
}

export interface RegisterSettings {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly log: Log;
  readonly deadline: () => Deadline;
}

/**
 * Authorises and validates a subscription, runs its resolver once, and adds it to the hub.
 * Throws `Refusal`, or `StartFailure` with the errors of its fields.
 */
export async function register(
  api: Api,
  { data, presented, headers }: StartRequest,
  deliver: Deliver,
  { hub, clock, log, deadline }: RegisterSettings,
): Promise<Registered> {
  const request = parseBody(data);
  const caller = await api.authenticate(presented);
  const asked = { request, caller, headers };
  const { result, ran } = await runRequest(api, asked, { log, deadline, accepts: refuseOthers });
  const errors = (result.errors ?? []).filter((error) => !isEmptyResult(error));
  if (!ran || errors.length > 0) {
    throw new StartFailure(
      errors.map(({ errorType, message }) => ({ ...(errorType !== undefined && { errorType }), message })),
    );
  }
  const { prepared, execution } = ran;
  const { filter, invalidationFilter, arguments: args, field } = execution.registration;
  const cancel = hub.add({
    field,
    about: { caller: nameOfCaller(caller), arguments: args, since: clock() },
    matches: filter === undefined ? argumentFilter(args) : enhancedFilter(filter),
    invalidatedBy: invalidationFilter === undefined ? undefined : enhancedFilter(invalidationFilter),
    deliver: deliverer(
      api,
      field,
      { prepared, caller, variables: request.variables, headers, deadline: deadline() },
      deliver,
      log,
    ),
    invalidate: () => deliver.end(),
  });
  return { expiresAt: caller.expiresAt, cancel };
}

function refuseOthers({ operation }: Prepared): void {
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) {
    throw new Refusal(
      "UnsupportedOperation",
      `${operation.operation} not supported through the realtime channel`,
      400,
    );
  }
}

/** The result of a registration is always null, also where the field is not nullable. */
function isEmptyResult({ errorType, path, message }: ResponseError): boolean {
  return errorType === undefined && path?.length === 1 && message.startsWith("Cannot return null");
}

interface Subscriber {
  readonly prepared: Prepared;
  readonly caller: Caller;
  readonly variables: Execution["variables"];
  readonly headers: Headers;
  /** Never expires in practice: no part of a delivery waits. */
  readonly deadline: Deadline;
}

/** Applies the subscriber's selection, and its rules of authorisation, to the mutation's result. */
function deliverer(api: Api, field: string, { prepared, ...who }: Subscriber, deliver: Deliver, log: Log) {
  return (payload: unknown): void => {
    const execution = startExecution({ operation: "subscription", tooDeep: false, ...who });
    runOperation(api.deliverySchema, prepared, execution, log, { [field]: payload }).then(
      (result) => deliver.data(result),
      (error: unknown) => log.error("a payload could not be delivered", { error }),
    );
  };
}
