import type { Invoker, Log, Principal } from "../../../base/service.ts";
import type { Answer, DataSource } from "../../model/source.ts";
import { missing, requestFields, unsupported } from "../request.ts";
import { batchOf, invokeBatch } from "./batch.ts";
import { runDirectly } from "./direct.ts";
import { answerOf, type ErrorOf, inTime, type Invoke } from "./invocation.ts";

export interface LambdaBackend {
  readonly lambda: Invoker;
  readonly principal: Principal;
  readonly log: Log;
}

/** One function: `Invoke` and `BatchInvoke` by code, and the calls of direct resolvers. */
export function lambdaSource(functionArn: string, { lambda, principal, log }: LambdaBackend): DataSource {
  const invoke: Invoke = (payload) => lambda.invoke(principal, functionArn, payload);
  return {
    run(request, call) {
      const { operation, payload = null, invocationType = "RequestResponse" } = requestFields(request);
      if (operation === undefined) {
        throw missing("operation");
      }
      if (invocationType !== "RequestResponse" && invocationType !== "Event") {
        throw unsupported("invocationType", invocationType);
      }
      const { deadline } = call.execution;
      if (operation === "Invoke" && invocationType === "Event") {
        invokeLater(invoke, payload, functionArn, log);
        return Promise.resolve({ result: null });
      }
      if (operation === "Invoke") {
        return inTime(deadline, answerOf(invoke(payload), unhandled));
      }
      if (operation === "BatchInvoke" && invocationType === "RequestResponse") {
        const size = call.step.maxBatchSize || defaultBatchSize;
        const batch = batchOf(call, size, (payloads) => invokeBatch(invoke, payloads, unhandled));
        return inTime<Answer>(deadline, batch.add(payload));
      }
      throw unsupported("operation", operation);
    },
    runDirectly: (context, call) => runDirectly(context, call, { invoke, functionArn, log }),
  };
}

/** Payloads of a BatchInvoke where the program sets no maxBatchSize (aws/aws-cdk#20467, aws/aws-appsync-community#51). */
const defaultBatchSize = 5;

/** Code sees this type for every error of a function, whatever the error's name. */
const unhandled: ErrorOf = ({ errorMessage }) => ({ message: errorMessage, type: "Lambda:Unhandled" });

/** Lambda queues an event: the field does not wait, and does not see the outcome. */
function invokeLater(invoke: Invoke, payload: unknown, functionArn: string, log: Log): void {
  void answerOf(invoke(payload), unhandled).then(({ error }) => {
    if (error) {
      log.error("an asynchronous invocation failed", { functionArn, ...error });
    }
  });
}
