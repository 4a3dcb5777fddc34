import type { Graph } from "../../base/graph.ts";
import type { Call, Executor, Invocation, Invoker, Log, Principal, Service } from "../../base/service.ts";
import { type Access, createAccess } from "./access.ts";
import { AsynchronousQueue } from "./asynchronous.ts";
import { type FunctionConfiguration, functionsOf } from "./configuration.ts";
import { defaultLimits, type Execution, Functions, type FunctionsOptions } from "./functions.ts";
import { answeredRead } from "./reads.ts";
import { readInvoke, requireSize, writeAnswer, writeError } from "./rest.ts";

export interface LambdaOptions extends Omit<FunctionsOptions, "configurations"> {
  readonly graph: Graph;
  /** For the dead-letter queues. */
  readonly sqs: Executor;
  readonly retryDelaysMs?: readonly number[] | undefined;
}

export interface Lambda extends Service, Invoker {
  /** `sourceArn` is the resource for which a service principal acts. Permissions may require it. */
  readonly invoke: (
    principal: Principal,
    functionArn: string,
    event: unknown,
    sourceArn?: string,
  ) => Promise<Invocation & { readonly requestId: string }>;
  /** Accepts an event, and runs it later, at least once (`InvocationType: Event`). Returns the request's id. */
  readonly send: (principal: Principal, functionArn: string, event: unknown, sourceArn?: string) => string;
  /** Throws `ResourceNotFoundException` or `AccessDenied` unless the principal may invoke the function. */
  readonly check: (principal: Principal, functionArn: string, sourceArn?: string) => void;
  /** Continues with the events that an earlier run left. Call it when the front door listens. */
  readonly start: () => void;
  /**
   * Prepares the functions of a changed program. Throws, and changes nothing, if a function is refused. The result
   * applies them, and returns the URNs of the functions that are now as declared. Current runs end on the old code. A
   * function with another role or dead-letter queue needs a new start.
   */
  readonly reload: (graph: Graph) => () => ReadonlySet<string>;
  /** Settles when no asynchronous invocation is due or under way. */
  readonly idle: () => Promise<void>;
  /** How many attempts of asynchronous invocations have begun and ended. */
  readonly work: () => number;
  /** Ends every thread. */
  readonly stop: () => Promise<void>;
}

/**
 * AWS Lambda for the functions of the graph. Throws `InvalidInput` with the function and its input, for a function that
 * cannot run here. https://docs.aws.amazon.com/lambda/latest/dg/
 */
export function createLambda(options: LambdaOptions): Lambda {
  const configurations = new Map(functionsOf(options.graph));
  const access = createAccess(options, configurations);
  const functions = new Functions({ ...options, configurations });
  logRuntimes(configurations.values(), options.log);
  const { concurrency } = { ...defaultLimits, ...options.limits };
  const queue = new AsynchronousQueue({ ...options, configurations, functions });
  return {
    scopes: ["lambda"],
    async invoke(principal, functionArn, event, sourceArn) {
      const configuration = access(principal, functionArn, sourceArn);
      const payload = JSON.stringify(event);
      requireSize(payload, "RequestResponse");
      return invocationOf(await functions.execute(configuration, { event: payload }));
    },
    send(principal, functionArn, event, sourceArn) {
      const { arn } = access(principal, functionArn, sourceArn);
      const payload = JSON.stringify(event);
      requireSize(payload, "Event");
      return queue.accept(arn, payload, undefined);
    },
    check(principal, functionArn, sourceArn) {
      access(principal, functionArn, sourceArn);
    },
    async handle(call) {
      if (!answeredRead(call, { ...options, configurations, concurrency })) {
        await answer(call, { access, functions, queue });
      }
    },
    fail: (response, error) => writeError(response, error),
    start: () => queue.start(),
    idle: () => queue.idle(),
    work: () => queue.work,
    reload: (graph) => prepareReload(graph, configurations, functions),
    async stop() {
      // The queue stops first, so that an interrupted run does not count as an attempt.
      const stopped = queue.stop();
      await functions.stop();
      await stopped;
    },
  };
}

function logRuntimes(configurations: Iterable<FunctionConfiguration>, log: Log): void {
  for (const { name, runtime } of configurations) {
    if (!process.version.startsWith(`v${runtime.slice("nodejs".length, -".x".length)}.`)) {
      log.info("function runs on another Node than its runtime's", {
        ...{ function: name, runtime, node: process.version },
      });
    }
  }
}

interface Parts {
  readonly access: Access;
  readonly functions: Functions;
  readonly queue: AsynchronousQueue;
}

/** Answers an `Invoke` request. */
async function answer(call: Call, { access, functions, queue }: Parts): Promise<void> {
  const { functionName, qualifier, type, tail, payload, clientContext } = await readInvoke(call);
  const configuration = access(call.principal, functionName, undefined, qualifier);
  if (type === "DryRun") {
    writeAnswer(call.response, 204, {});
  } else if (type === "Event") {
    requireSize(payload, type);
    const requestId = queue.accept(configuration.arn, payload, clientContext);
    writeAnswer(call.response, 202, { requestId });
  } else {
    const execution = await functions.execute(configuration, { event: payload, clientContext });
    const { outcome, lines, requestId } = execution;
    writeAnswer(call.response, 200, {
      requestId,
      ...("payload" in outcome ? outcome : { payload: JSON.stringify(outcome.error), failed: true }),
      ...(tail && { lines }),
    });
  }
}

function prepareReload(
  graph: Graph,
  configurations: Map<string, FunctionConfiguration>,
  functions: Functions,
): () => ReadonlySet<string> {
  const fresh = [...functionsOf(graph).values()].filter((each) =>
    isReplaceable(configurations.get(each.arn), each),
  );
  const apply = functions.prepare(fresh);
  return () => {
    for (const configuration of fresh) {
      configurations.set(configuration.arn, configuration);
    }
    apply();
    return new Set(fresh.map(({ urn }) => urn));
  };
}

/** A reload does not read roles and queues again, so a function must keep its own. */
function isReplaceable(running: FunctionConfiguration | undefined, fresh: FunctionConfiguration): boolean {
  return running?.roleArn === fresh.roleArn && running.deadLetterArn === fresh.deadLetterArn;
}

function invocationOf({ outcome, requestId }: Execution): Invocation & { readonly requestId: string } {
  if ("error" in outcome) {
    return { error: outcome.error, requestId };
  }
  return { payload: JSON.parse(outcome.payload) as unknown, requestId };
}
