import { AwsError, type Invocation, type Invoker, type Log, type Principal } from "../../base/service.ts";
import type { Deadline } from "../model/deadline.ts";
import { Batch } from "./batch.ts";
import { type Answer, type DataSource, type SourceCall } from "../model/source.ts";
import { missing, requestFields, unsupported } from "./request.ts";

export interface LambdaBackend {
  readonly lambda: Invoker;
  readonly principal: Principal;
  readonly log: Log;
}

/** `Invoke` and `BatchInvoke` of one function. */
export function lambdaSource(functionArn: string, backend: LambdaBackend): DataSource {
  const invoke = (payload: unknown) => backend.lambda.invoke(backend.principal, functionArn, payload);
  return {
    run(request, call) {
      const fields = requestFields(request);
      const { operation, payload = null, invocationType = "RequestResponse" } = fields;
      if (operation === undefined) {
        throw missing("operation");
      }
      if (invocationType !== "RequestResponse" && invocationType !== "Event") {
        throw unsupported("invocationType", invocationType);
      }
      const { deadline } = call.execution;
      if (operation === "Invoke" && invocationType === "Event") {
        invokeLater(invoke, payload, functionArn, backend.log);
        return Promise.resolve({ result: null });
      }
      if (operation === "Invoke") {
        return inTime(deadline, answered(invoke(payload)));
      }
      if (operation === "BatchInvoke" && invocationType === "RequestResponse") {
        return inTime(deadline, gather(call, invoke).add(payload));
      }
      throw unsupported("operation", operation);
    },
  };
}

/** Payloads of a BatchInvoke where the program sets no maxBatchSize (aws/aws-cdk#20467, aws/aws-appsync-community#51). */
const defaultBatch = 5;

type Invoke = (payload: unknown) => Promise<Invocation>;

/** An event is queued: the field does not wait, and does not learn how it went. */
function invokeLater(invoke: Invoke, payload: unknown, functionArn: string, log: Log): void {
  void answered(invoke(payload)).then(({ error }) => {
    if (error) {
      log.error("an asynchronous invocation failed", { functionArn, ...error });
    }
  });
}

function inTime(deadline: Deadline, work: Promise<Answer>): Promise<Answer> {
  return deadline.race(work, () => failed("Execution timed out.", "Lambda:ExecutionTimeoutException"));
}

async function answered(invocation: Promise<Invocation>): Promise<Answer> {
  try {
    const outcome = await invocation;
    // Lambda tells every error of a function as "Unhandled".
    if ("error" in outcome) {
      return failed(outcome.error.errorMessage, "Lambda:Unhandled");
    }
    return { result: outcome.payload ?? null };
  } catch (error) {
    if (!(error instanceof AwsError)) {
      throw error;
    }
    return failed(error.message, `Lambda:${error.code.replace(/^AccessDenied$/, "AccessDeniedException")}`);
  }
}

function failed(message: string, type: string): Answer {
  return { result: null, error: { message, type } };
}

function gather({ execution, step }: SourceCall, invoke: Invoke): Batch {
  const waiting = execution.batches.get(step);
  if (waiting instanceof Batch) {
    return waiting;
  }
  const batch = new Batch(step.maxBatchSize || defaultBatch, async (payloads) => {
    const { result, error } = await answered(invoke(payloads));
    if (error) {
      return payloads.map(() => ({ result: null, error }));
    }
    if (Array.isArray(result) && result.length === payloads.length) {
      return result.map((item: unknown) => ({ result: item ?? null }));
    }
    const given = Array.isArray(result) ? `${result.length} results` : "no list";
    const message = `The function gave ${given} for a batch of ${payloads.length}.`;
    return payloads.map(() => failed(message, "Lambda:IllegalArgument"));
  });
  execution.batches.set(step, batch);
  return batch;
}
