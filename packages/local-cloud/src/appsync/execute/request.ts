import { OperationTypeNode } from "graphql";
import type { Log } from "../../base/service.ts";
import type { Api } from "./api.ts";
import type { Caller } from "../model/caller.ts";
import type { GraphQLRequest, Headers } from "../model/request.ts";
import { Refusal } from "../refusal.ts";
import type { Deadline } from "../model/deadline.ts";
import type { Prepared } from "./documents.ts";
import { startExecution } from "./execution.ts";
import type { Execution } from "../model/execution.ts";
import { type Result, runOperation } from "./operation.ts";

/** A request of a known caller, by HTTP or in a socket's `start`. */
export interface Asked {
  readonly request: GraphQLRequest;
  readonly caller: Caller;
  readonly headers: Headers;
}

export interface RequestSettings {
  readonly log: Log;
  /** Starts with the request. */
  readonly deadline: () => Deadline;
  readonly accepts: (prepared: Prepared) => void;
}

export interface Answered {
  readonly result: Result;
  /** Absent if nothing ran. */
  readonly ran?: { readonly prepared: Prepared; readonly execution: Execution };
}

/** Runs a request. Throws `Refusal` if nothing of it runs, also from `accepts`. */
export async function runRequest(api: Api, asked: Asked, settings: RequestSettings): Promise<Answered> {
  const { request, caller } = asked;
  if (caller.principal && !api.grants.allowsAny(caller.principal)) {
    throw new Refusal("UnauthorizedException", "Permission denied", 403);
  }
  const prepared = api.documents.prepare(request.query, request.operationName);
  if ("errors" in prepared) {
    return { result: { data: null, errors: prepared.errors } };
  }
  settings.accepts(prepared);
  const cache = prepared.operation.operation === OperationTypeNode.QUERY && api.caching.operations;
  if (!cache) {
    return run(api, prepared, asked, settings);
  }
  const key = cache.key(asked);
  const data = cache.get(key);
  if (data !== undefined) {
    return { result: { data } };
  }
  const answered = await run(api, prepared, asked, settings);
  if (!answered.result.errors) {
    cache.set(key, answered.result.data);
  }
  return answered;
}

async function run(
  api: Api,
  prepared: Prepared,
  { request: { variables }, caller, headers }: Asked,
  settings: RequestSettings,
): Promise<Answered> {
  const deadline = settings.deadline();
  const { operation } = prepared.operation;
  const tooDeep = api.queryDepthLimit > 0 && prepared.depth > api.queryDepthLimit;
  if (tooDeep && prepared.isIntrospection) {
    warnOfIntrospection(api, prepared.depth, settings.log);
  }
  const execution = startExecution({ operation, caller, variables, tooDeep, deadline, headers });
  try {
    return {
      result: await runOperation(api.schema, prepared, execution, settings.log),
      ran: { prepared, execution },
    };
  } finally {
    deadline.stop();
  }
}

const warned = new WeakSet<Api>();

/** It is not known whether AppSync counts the levels of introspection. Here it does not, and the log warns once. */
function warnOfIntrospection(api: Api, depth: number, log: Log): void {
  if (warned.has(api)) {
    return;
  }
  warned.add(api);
  const { queryDepthLimit: limit } = api;
  log.warn(
    `Introspection of depth ${depth} passes queryDepthLimit ${limit} here. It is not known whether it does on AWS`,
  );
}
