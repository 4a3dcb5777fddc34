import type { IncomingMessage, ServerResponse } from "node:http";
import { OperationTypeNode } from "graphql";
import { holdBody } from "../../aws/gateway/body.ts";
import { splitTarget } from "../../aws/gateway/canonical.ts";
import type { Handler } from "../../aws/gateway/listener.ts";
import type { Log } from "../../base/service.ts";
import type { Api } from "../execute/api.ts";
import type { Deadline } from "../model/deadline.ts";
import type { Prepared } from "../execute/documents.ts";
import { type Answered, type Asked, runRequest } from "../execute/request.ts";
import { Refusal, badRequest, malformed } from "../refusal.ts";
import { parseBody, parseQueryString } from "./graphql-request.ts";
import type { GraphQLRequest } from "../model/request.ts";
import { presentedBy } from "./presented.ts";
import { send, sendPreflight } from "./respond.ts";

export interface HttpSettings {
  /** The current generation of the API. A request keeps its generation. */
  readonly api: () => Api;
  /** Sends the result of a mutation to the subscribers. */
  readonly publish: (api: Api, answered: Answered) => void;
  /** Counts an operation that AWS would charge for. */
  readonly count: (answered: Answered | undefined, asked: Asked) => void;
  /** Takes the status and the milliseconds of each answer. */
  readonly measure: (status: number, ms: number) => void;
  /** Throws a `Refusal` for a request that is blocked before anything is read. */
  readonly guard: (request: IncomingMessage) => void;
  readonly log: Log;
  readonly deadline: () => Deadline;
}

/** GraphQL over HTTP as AppSync serves it: GET and POST, with every content type. */
export function createHttpHandler(settings: HttpSettings): Handler {
  return (request, response) =>
    request.method === "OPTIONS" ? sendPreflight(request, response) : answer(request, response, settings);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  settings: HttpSettings,
): Promise<void> {
  const started = performance.now();
  const measure = (status: number) => settings.measure(status, performance.now() - started);
  try {
    const { result, ran } = await run(request, settings);
    measure(200);
    send(response, 200, result, { fromResolvers: ran?.execution.responseHeaders });
  } catch (error) {
    if (!(error instanceof Refusal)) {
      settings.log.error("a GraphQL request failed", { error });
    }
    const { errorType, message, status } = error instanceof Refusal ? error : internal;
    measure(status);
    // The rest of a body that is too large would be read as the next request.
    if (status === 413 || status === 503) {
      response.setHeader("connection", "close");
    }
    send(response, status, { errors: [{ errorType, message }] }, { errorType });
  }
}

const internal = new Refusal("InternalFailure", "An internal failure occurred.", 500);

async function run(
  request: IncomingMessage,
  { api: current, publish, count, guard, log, deadline }: HttpSettings,
): Promise<Answered> {
  guard(request);
  const api = current();
  const body = await readBody(request);
  const presented = presentedBy(request, body, () => parse(request, body));
  const caller = await api.authenticate(presented);
  const asked = { request: parse(request, body), caller, headers: presented.headers };
  const running = runRequest(api, asked, { log, deadline, accepts: refuseSubscriptions });
  const answered = await running.catch((error: unknown) => {
    count(undefined, asked);
    throw error;
  });
  count(answered, asked);
  publish(api, answered);
  return answered;
}

function parse(request: IncomingMessage, body: Buffer): GraphQLRequest {
  if (request.method === "POST") {
    return parseBody(body.toString());
  }
  if (request.method === "GET") {
    return parseQueryString(new URLSearchParams(splitTarget(request.url ?? "")[1]));
  }
  throw new Refusal("MethodNotAllowedException", `${request.method ?? ""} is not supported.`, 405);
}

function refuseSubscriptions({ operation }: Prepared): void {
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
    throw badRequest("Subscriptions are served over the real-time endpoint only.");
  }
}

const maxBodyBytes = 1_048_576;

/** Reads by events: an iterator over the request costs a twentieth of the time of a small query. */
function readBody(request: IncomingMessage): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  const hold = holdBody();
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBodyBytes) {
      reject(new Refusal("RequestEntityTooLargeException", "Request body is over 1 MB.", 413));
    } else if (hold.add(chunk.length)) {
      chunks.push(chunk);
    } else {
      reject(new Refusal("ServiceUnavailableException", "Too many request bodies are arriving.", 503));
    }
  });
  request.once("end", () => resolve(Buffer.concat(chunks)));
  request.once("error", () => reject(malformed("Request body is incomplete.")));
  request.once("close", () => hold.release());
  return promise;
}
