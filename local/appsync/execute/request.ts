import type { Log } from "../../aws/service.ts";
import type { Api } from "../api.ts";
import type { Caller } from "../auth/caller.ts";
import type { GraphQLRequest } from "../http/graphql-request.ts";
import { Refusal } from "../refusal.ts";
import { Deadline } from "./deadline.ts";
import type { Prepared } from "./documents.ts";
import type { Execution, Headers } from "./execution.ts";
import { startExecution } from "./execution.ts";
import type { Result } from "./operation.ts";
import { runOperation } from "./operation.ts";

/** A request of a known caller, by HTTP or in a socket's `start`. */
export interface Asked {
  readonly request: GraphQLRequest;
  readonly caller: Caller;
  readonly headers: Headers;
}

export interface Answered {
  readonly result: Result;
  /** Absent where nothing was run. */
  readonly ran?: { readonly prepared: Prepared; readonly execution: Execution };
}

/**
 * Runs a request whose operation `accepts` lets through. Throws `Refusal` for what is not run at all.
 * `timeLimit` is in milliseconds.
 */
export async function runRequest(
  api: Api,
  { request, caller, headers }: Asked,
  settings: { readonly log: Log; readonly timeLimit: number; readonly accepts: (prepared: Prepared) => void },
): Promise<Answered> {
  if (caller.principal && !api.grants.allowsAny(caller.principal))
    throw new Refusal("UnauthorizedException", "Permission denied", 403);
  const prepared = api.documents.prepare(request.query, request.operationName);
  if ("errors" in prepared) return { result: { data: null, errors: prepared.errors } };
  settings.accepts(prepared);
  const execution = startExecution({
    operation: prepared.operation.operation,
    caller,
    variables: request.variables,
    tooDeep: api.queryDepthLimit > 0 && prepared.depth > api.queryDepthLimit,
    deadline: new Deadline(settings.timeLimit),
    headers,
  });
  return {
    result: await runOperation(api.schema, prepared, execution, settings.log),
    ran: { prepared, execution },
  };
}
