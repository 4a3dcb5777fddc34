import { AwsError, type Executor, type Principal } from "../../base/service.ts";
import { type Answer, type DataSource, RequestError } from "../model/source.ts";
import { missing, requestFields, unsupported } from "./request.ts";

export interface EventBridgeBackend {
  readonly events: Executor;
  readonly principal: Principal;
}

/**
 * `PutEvents` to one event bus. Entries that the bus does not take are in the result, as in EventBridge's own answer.
 * https://docs.aws.amazon.com/appsync/latest/devguide/resolver-reference-eventbridge-js.html
 */
export function eventBridgeSource(
  eventBusArn: string,
  { events, principal }: EventBridgeBackend,
): DataSource {
  return {
    async run(request): Promise<Answer> {
      const { operation, events: given } = requestFields(request);
      if (operation === undefined) {
        throw missing("operation");
      }
      if (operation !== "PutEvents") {
        throw unsupported("operation", operation);
      }
      if (given === undefined) {
        throw missing("events");
      }
      if (!Array.isArray(given)) {
        throw new RequestError("Unable to transform for exception: events is not a list");
      }
      const Entries = given.map((event) => entryOf(event, eventBusArn));
      try {
        return { result: await events.execute(principal, "PutEvents", { Entries }) };
      } catch (error) {
        if (!(error instanceof AwsError)) {
          throw error;
        }
        return { result: null, error: { message: error.message, type: `EventBridge:${error.code}` } };
      }
    },
  };
}

function entryOf(event: unknown, EventBusName: string): object {
  const { source, detailType, detail, resources, time } = requestFields(event);
  return {
    EventBusName,
    ...(source !== undefined && { Source: source }),
    ...(detailType !== undefined && { DetailType: detailType }),
    ...(detail !== undefined && { Detail: typeof detail === "string" ? detail : JSON.stringify(detail) }),
    ...(resources !== undefined && { Resources: resources }),
    ...(time !== undefined && { Time: secondsOf(time) }),
  };
}

function secondsOf(time: unknown): number {
  const milliseconds = typeof time === "string" ? Date.parse(time) : NaN;
  if (Number.isNaN(milliseconds)) {
    throw new RequestError(
      `Unable to transform for exception: ${JSON.stringify(time)} is not an RFC 3339 timestamp`,
    );
  }
  return milliseconds / 1000;
}
