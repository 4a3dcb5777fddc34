import { setTimeout as pause } from "node:timers/promises";
import type { Handler } from "./aws/gateway/listener.ts";
import { numeric, object } from "./base/checks.ts";
import type { Call, Service } from "./base/service.ts";

/** Milliseconds that each call to a service takes longer. */
export type Latency = Readonly<Partial<Record<(typeof delayed)[number], number>>>;

/** The services by their names in the credential scope. */
const delayed = [
  "appsync",
  "cognito-idp",
  "dynamodb",
  "events",
  "lambda",
  "rekognition",
  "s3",
  "sns",
  "sqs",
  "sts",
] as const;

/** A minute. Clients give up long before. */
const maxLatency = 60_000;

const milliseconds = numeric(`0 to ${maxLatency} milliseconds`, (value) => value >= 0 && value <= maxLatency);

/** Throws a `TypeError` for an unknown service or a wrong number. */
export const checkLatency = object(Object.fromEntries(delayed.map((name) => [name, milliseconds])));

/** Adds its latency to each call of a service that comes through the front door. */
export function late(service: Service, latency: Latency): Service {
  const time = Math.max(0, ...service.scopes.map((scope) => timeOf(scope, latency)));
  return time === 0
    ? service
    : {
        ...service,
        async handle(call: Call) {
          await pause(time);
          return service.handle(call);
        },
      };
}

/** The same for GraphQL requests. */
export function lateGraphql(listener: Handler, latency: Latency): Handler {
  const time = timeOf("appsync", latency);
  return time === 0
    ? listener
    : async (request, response) => {
        await pause(time);
        return listener(request, response);
      };
}

const timeOf = (scope: string, latency: Latency): number =>
  (latency as Readonly<Record<string, number>>)[scope] ?? 0;
