import { Refusal } from "../refusal.ts";

/**
 * AppSync's messages over a WebSocket with the subprotocol graphql-ws.
 * https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
 */
export type ClientMessage =
  { readonly type: "connection_init" } | Start | { readonly type: "stop"; readonly id: string };

export interface Start {
  readonly type: "start";
  /** Unique in the connection. */
  readonly id: string;
  /** JSON text of the request, as the client signed it. */
  readonly data: string;
  /** Lower-case names. */
  readonly authorization: Readonly<Record<string, string>>;
}

export type ServerMessage =
  | { readonly type: "connection_ack"; readonly payload: { readonly connectionTimeoutMs: number } }
  | { readonly type: "ka" }
  | { readonly type: "start_ack" | "complete"; readonly id: string }
  | { readonly type: "data"; readonly id: string; readonly payload: unknown }
  | { readonly type: "connection_error"; readonly payload: Errors }
  | { readonly type: "error"; readonly id?: string; readonly payload: Errors };

/** A list, except for the limit of subscriptions, where clients have seen one object. */
interface Errors {
  readonly errors: readonly ErrorEntry[] | ErrorEntry;
}

export interface ErrorEntry {
  readonly errorType?: string | null;
  readonly message: string;
  readonly errorCode?: number;
}

/** Throws `Refusal` for other than a message of this protocol. */
export function parseMessage(text: string): ClientMessage {
  const message = record(parseJson(text));
  const { type, id, payload } = message;
  if (type === "connection_init") {
    return { type };
  }
  if (type !== "start" && type !== "stop") {
    throw unsupported();
  }
  if (typeof id !== "string" || id === "" || id.length > 128) {
    throw invalid("the id must be text of 1 to 128 characters");
  }
  if (type === "stop") {
    return { type, id };
  }
  const { data, extensions } = record(payload, id);
  if (typeof data !== "string") {
    throw invalid("payload.data must be a JSON text", id);
  }
  const { authorization } = record(extensions ?? {}, id);
  return { type, id, data, authorization: lowerCased(authorization ?? {}, id) };
}

/** Refuses a message that could not be parsed. `id` is that of the message, if it could be read. */
export class MessageRefusal extends Refusal {
  readonly id: string | undefined;

  constructor(errorType: string, message: string, id?: string) {
    super(errorType, message, 400);
    this.id = id;
  }
}

/** Headers with their names in lower case. Of two names that differ in case only, the first has precedence. */
export function lowerCased(headers: unknown, id?: string): Record<string, string> {
  const entries = Object.entries(record(headers, id)).flatMap(([name, value]): [string, string][] =>
    typeof value === "string" ? [[name.toLowerCase(), value]] : [],
  );
  return Object.fromEntries(entries.reverse());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unsupported();
  }
}

function record(value: unknown, id?: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw invalid("it is not an object", id);
}

/** AWS's message does not repeat the type: see enisdenjo/graphql-ws#602. */
function unsupported(): Refusal {
  return new MessageRefusal("UnsupportedOperation", "unknown not supported through the realtime channel");
}

function invalid(why: string, id?: string): Refusal {
  return new MessageRefusal("BadRequestException", `Invalid message: ${why}.`, id);
}
