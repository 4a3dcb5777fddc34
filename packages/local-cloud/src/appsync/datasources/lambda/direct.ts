import type { Log } from "../../../base/service.ts";
import type { ResolverContext } from "../../model/handlers.ts";
import type { Answer, DirectAnswer, SourceCall } from "../../model/source.ts";
import { batchOf, invokeBatch } from "./batch.ts";
import { answerOf, type ErrorOf, inTime, type Invoke } from "./invocation.ts";

interface DirectBackend {
  readonly invoke: Invoke;
  readonly functionArn: string;
  readonly log: Log;
}

/**
 * Invokes the function with the context, or with a list of contexts if the step has a maxBatchSize.
 * https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-reference-lambda.html#direct-lambda-resolvers
 */
export function runDirectly(
  context: ResolverContext,
  call: SourceCall,
  backend: DirectBackend,
): Promise<DirectAnswer> {
  const event = eventOf(context);
  const { maxBatchSize } = call.step;
  const answer =
    maxBatchSize > 0
      ? batchOf(call, maxBatchSize, (events) => loadBatch(events, backend)).add(event)
      : answerOf(backend.invoke(event), namedError);
  return inTime(call.execution.deadline, answer);
}

/** The members that AWS sends, in its order (aws/aws-lambda-rust-runtime#1014). */
function eventOf({ arguments: args, identity, source, request, prev, info, stash }: ResolverContext) {
  return { arguments: args, identity, source, request, prev, info, stash };
}

/** The name of a thrown error is the field's errorType. AWS replaces the message of one name. */
const namedError: ErrorOf = ({ errorType, errorMessage }) => ({
  message: errorType === "UnauthorizedException" ? "You are not authorized to make this call." : errorMessage,
  type: errorType,
});

async function loadBatch(
  events: readonly unknown[],
  { invoke, functionArn, log }: DirectBackend,
): Promise<readonly DirectAnswer[]> {
  const answers = await invokeBatch(invoke, events, namedError);
  if (answers.some(isBare)) {
    log.warn(
      "a function returned bare values for a batch: AWS reads data and errorMessage of each, else null",
      {
        functionArn,
      },
    );
  }
  return answers.map(unwrap);
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(result: unknown): Fields {
  return typeof result === "object" && result !== null && !Array.isArray(result) ? (result as Fields) : {};
}

function isBare({ result }: Answer): boolean {
  const fields = fieldsOf(result);
  return result !== null && !Object.hasOwn(fields, "data") && !Object.hasOwn(fields, "errorMessage");
}

/** One result of a batch is `{data, errorMessage, errorType}`. */
function unwrap({ result, error }: Answer): DirectAnswer {
  if (error) {
    return { result, error };
  }
  const { data = null, errorMessage, errorType } = fieldsOf(result);
  if (!errorMessage) {
    return { result: data };
  }
  const type = typeof errorType === "string" ? errorType : null;
  return { result: data, error: { message: textOf(errorMessage), type } };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
