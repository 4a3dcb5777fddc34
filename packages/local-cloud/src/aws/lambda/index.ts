import type { Graph } from "../../base/graph.ts";
import { sourceContext } from "../iam/caller.ts";
import type { Iam } from "../iam/index.ts";
import type {
  Clock,
  Executor,
  Invocation,
  Invoker,
  Log,
  Principal,
  Service,
  Storage,
} from "../../base/service.ts";
import { AsynchronousQueue } from "./asynchronous.ts";
import { type FunctionConfiguration, functionsOf } from "./configuration.ts";
import { type Execution, Functions } from "./functions.ts";
import { functionPolicies, resolveFunction } from "./permissions.ts";
import type { PoolOptions } from "./pool.ts";
import { readInvoke, requireSize, writeAnswer, writeError } from "./rest.ts";

export interface LambdaOptions {
  readonly graph: Graph;
  readonly iam: Iam;
  /** Takes what dead-letter queues are declared for. */
  readonly sqs: Executor;
  readonly storage: Storage;
  /** The program's folder, which paths of code are relative to. */
  readonly program: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Variables that every function gets beside its own: `AWS_ENDPOINT_URL`. Asked when a sandbox starts. */
  readonly environment: () => Readonly<Record<string, string>>;
  /** PEM file of the authority behind this cloud's TLS. */
  readonly caFile?: string | undefined;
  readonly limits?: Partial<PoolOptions> | undefined;
  readonly retryDelaysMs?: readonly number[] | undefined;
  /** Asked before each run: at which point its worker crashes (`Request.crashAt`), or undefined. */
  readonly crashPoint?: ((functionName: string) => number | undefined) | undefined;
}

export interface Lambda extends Service, Invoker {
  /** `sourceArn` is what a service principal acts for; permissions may demand it. */
  readonly invoke: (
    principal: Principal,
    functionArn: string,
    event: unknown,
    sourceArn?: string,
  ) => Promise<Invocation & { readonly requestId: string }>;
  /** Accepts an event to be run later, at least once (`InvocationType: Event`). Returns the request's id. */
  readonly send: (principal: Principal, functionArn: string, event: unknown, sourceArn?: string) => string;
  /** Throws `ResourceNotFoundException` or `AccessDenied` unless the principal may invoke the function. */
  readonly check: (principal: Principal, functionArn: string, sourceArn?: string) => void;
  /** Takes up accepted events that an earlier run left. Call when the front door listens. */
  readonly start: () => void;
  /**
   * Makes the functions of a changed program ready. Throws, and changes nothing, if one may not run. The result puts
   * them into force: runs under way end on the old code. It returns the URNs of the functions that are now as declared;
   * others need a new start, as their role or their queue does.
   */
  readonly reload: (graph: Graph) => () => ReadonlySet<string>;
  /** Ends every thread. */
  readonly stop: () => Promise<void>;
}

/**
 * AWS Lambda for the functions of the graph. Throws, naming function and input, for what cannot run here.
 * https://docs.aws.amazon.com/lambda/latest/dg/
 */
export function createLambda(options: LambdaOptions): Lambda {
  const configurations = new Map(functionsOf(options.graph));
  const policies = functionPolicies(options.graph, configurations);
  const functions = new Functions({ ...options, configurations });
  for (const { name, runtime } of configurations.values()) {
    if (!process.version.startsWith(`v${runtime.slice("nodejs".length, -".x".length)}.`)) {
      options.log.info("function runs on another Node than its runtime's", {
        ...{ function: name, runtime, node: process.version },
      });
    }
  }
  const asynchronous = new AsynchronousQueue({ ...options, configurations, functions });

  const permitted = (principal: Principal, reference: string, sourceArn?: string, qualifier?: string) => {
    const configuration = resolveFunction(reference, configurations, qualifier);
    authorize(options.iam, principal, configuration, policies.get(configuration.arn), sourceArn);
    return configuration;
  };
  return {
    scopes: ["lambda"],
    async invoke(principal, functionArn, event, sourceArn) {
      const configuration = permitted(principal, functionArn, sourceArn);
      const payload = JSON.stringify(event);
      requireSize(payload, "RequestResponse");
      return invocationOf(await functions.execute(configuration, { event: payload }));
    },
    send(principal, functionArn, event, sourceArn) {
      const { arn } = permitted(principal, functionArn, sourceArn);
      const payload = JSON.stringify(event);
      requireSize(payload, "Event");
      return asynchronous.accept(arn, payload, undefined);
    },
    check(principal, functionArn, sourceArn) {
      permitted(principal, functionArn, sourceArn);
    },
    async handle(call) {
      const { functionName, qualifier, type, tail, payload, clientContext } = await readInvoke(call);
      const configuration = permitted(call.principal, functionName, undefined, qualifier);
      if (type === "DryRun") {
        writeAnswer(call.response, 204, {});
      } else if (type === "Event") {
        requireSize(payload, type);
        writeAnswer(call.response, 202, {
          requestId: asynchronous.accept(configuration.arn, payload, clientContext),
        });
      } else {
        const { outcome, lines, requestId } = await functions.execute(configuration, {
          event: payload,
          clientContext,
        });
        writeAnswer(call.response, 200, {
          requestId,
          ...("payload" in outcome ? outcome : { payload: JSON.stringify(outcome.error), failed: true }),
          ...(tail && { lines }),
        });
      }
    },
    fail: (response, error) => writeError(response, error),
    start: () => asynchronous.start(),
    reload(graph) {
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
    },
    async stop() {
      // Before the threads end, so that a run cut short counts as no attempt.
      const stopped = asynchronous.stop();
      await functions.stop();
      await stopped;
    },
  };
}

/** Roles and queues are not read anew, so a function must keep its own. */
function isReplaceable(running: FunctionConfiguration | undefined, fresh: FunctionConfiguration): boolean {
  return running?.roleArn === fresh.roleArn && running.deadLetterArn === fresh.deadLetterArn;
}

function authorize(
  iam: Iam,
  principal: Principal,
  { arn, accountId }: FunctionConfiguration,
  resourcePolicy: string | undefined,
  sourceArn: string | undefined,
): void {
  // Event source mappings are Lambda itself: they need no permission on the function.
  if (principal.kind === "service" && principal.service === "lambda.amazonaws.com") {
    return;
  }
  iam.authorize({
    principal,
    action: "lambda:InvokeFunction",
    resource: arn,
    resourcePolicy,
    context: sourceContext(sourceArn, accountId),
  });
}

function invocationOf({ outcome, requestId }: Execution): Invocation & { readonly requestId: string } {
  if ("error" in outcome) {
    return { error: outcome.error, requestId };
  }
  return { payload: JSON.parse(outcome.payload) as unknown, requestId };
}
