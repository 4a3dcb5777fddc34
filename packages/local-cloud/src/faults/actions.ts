import { AsyncLocalStorage } from "node:async_hooks";
import type { ServerResponse } from "node:http";
import type { Handler } from "../aws/gateway/listener.ts";
import { AwsError, type Service } from "../base/service.ts";
import type { FaultInjector, Injecting } from "./injector.ts";
import { type ActionFault, matches } from "./settings.ts";

/** One call to a service while it runs. */
interface Running {
  /** Prefix of the called service's actions. Calls that it makes to others in its caller's name belong to this call. */
  prefix: string | undefined;
  readonly decided: Set<Due>;
  /** The fault by which its answer is lost, once that is decided. */
  lost: ActionFault | undefined;
  /** Loses the answer of a call that came by HTTP. */
  readonly lose: ((fault: ActionFault) => void) | undefined;
}

interface Due extends ActionFault {
  /** How many more times it may be injected. */
  left: number;
  readonly stream: string;
}

/**
 * Makes actions fail in IAM, which every call to a service passes: after the action is granted, and before it has an
 * effect. A fault is decided once for each call, even if the call is authorised for several items or tables.
 */
export function actionFaults(
  faults: readonly ActionFault[],
  injecting: Injecting,
): Pick<FaultInjector, "iam" | "service" | "graphql"> {
  if (faults.length === 0) {
    return { iam: (iam) => iam, service: (service) => service, graphql: (listener) => listener };
  }
  const calls = new AsyncLocalStorage<Running>();
  const due = faults.map((fault, index): Due => ({
    ...fault,
    left: fault.times ?? Infinity,
    stream: `actions ${index}`,
  }));
  return {
    iam: (iam) => ({
      ...iam,
      authorize(access) {
        iam.authorize(access);
        decide(access.action, due, calls.getStore(), injecting);
      },
    }),
    service: (service) => followed(service, calls),
    graphql: (listener) => followedListener(listener, calls),
  };
}

function decide(
  action: string,
  faults: readonly Due[],
  call: Running | undefined,
  { happens, count }: Injecting,
): void {
  // A boot or a stop asks outside of any call. An answer is lost only once.
  if (!call || call.lost) {
    return;
  }
  const prefix = action.split(":")[0];
  call.prefix ??= prefix;
  if (call.prefix !== prefix) {
    return;
  }
  for (const fault of faults) {
    if (fault.left === 0 || call.decided.has(fault) || !matches(fault.action, action)) {
      continue;
    }
    call.decided.add(fault);
    if (!happens(fault.stream, fault.rate ?? 1)) {
      continue;
    }
    fault.left -= 1;
    count(fault.after ? "lost" : "failed", { action, code: fault.code });
    if (!fault.after) {
      throw errorOf(fault);
    }
    call.lost = fault;
    call.lose?.(fault);
    return;
  }
}

/** Follows the calls in process and the calls by HTTP. */
function followed<S extends Service>(service: S, calls: AsyncLocalStorage<Running>): S {
  const inProcess = (["execute", "deliver", "invoke", "send", "write"] as const).flatMap((name) => {
    const method = (service as Partial<Record<typeof name, (...input: unknown[]) => unknown>>)[name];
    return method ? [[name, followedMethod(method, calls)] as const] : [];
  });
  return {
    ...service,
    ...Object.fromEntries(inProcess),
    async handle(call) {
      const { response, url } = call;
      const running = newCall((fault) =>
        lose(response, () =>
          fault.code === undefined ? response.destroy() : service.fail(response, errorOf(fault), url),
        ),
      );
      try {
        await calls.run(running, () => service.handle(call));
      } catch (error) {
        // An answer that was dropped on purpose breaks off its body. That is not a failure of the service.
        if (!running.lost || !response.destroyed) {
          throw error;
        }
      }
    },
  };
}

function followedMethod(
  method: (...input: unknown[]) => unknown,
  calls: AsyncLocalStorage<Running>,
): (...input: unknown[]) => unknown {
  return (...input) => {
    const running = newCall();
    const answer = (result: unknown): unknown => {
      if (running.lost) {
        throw errorOf(running.lost);
      }
      return result;
    };
    const result = calls.run(running, () => method(...input));
    return result instanceof Promise ? result.then(answer) : answer(result);
  };
}

function followedListener(listener: Handler, calls: AsyncLocalStorage<Running>): Handler {
  return (request, response) => {
    const running = newCall((fault) =>
      lose(response, () => {
        if (fault.code === undefined) {
          response.destroy();
          return;
        }
        const { code, message, status } = errorOf(fault);
        response.writeHead(status, { "content-type": "application/json", "x-amzn-errortype": code });
        response.end(JSON.stringify({ errors: [{ errorType: code, message }] }));
      }),
    );
    return calls.run(running, () => listener(request, response));
  };
}

function newCall(lose?: Running["lose"]): Running {
  return { prefix: undefined, decided: new Set(), lost: undefined, lose };
}

/** Drops what the service answers, and calls `instead` when that answer ends. */
function lose(response: ServerResponse, instead: () => void): void {
  const dropping = {
    writeHead: () => response,
    flushHeaders: () => undefined,
    write: () => true,
    end() {
      for (const name of Object.keys(dropping)) {
        Reflect.deleteProperty(response, name);
      }
      instead();
      return response;
    },
  };
  Object.assign(response, dropping);
}

function errorOf({ action, code = "InternalServerError", status, after }: ActionFault): AwsError {
  const what = after ? "Injected fault, after the action was done" : "Injected fault";
  return new AwsError(code, `${what}: ${action}`, status ?? statusOf(code));
}

/** The status that AWS sends with a code. SDKs decide by it whether to retry. */
function statusOf(code: string): number {
  if (/^(?:SlowDown|ServiceUnavailable)/.test(code)) {
    return 503;
  }
  if (/^Internal/.test(code)) {
    return 500;
  }
  return code === "TooManyRequestsException" ? 429 : 400;
}
