import { DarkroomError, realtimeUrl } from "./api.ts";
import { type Deferred, deferred } from "./deferred.ts";

/** `Authorization`, `x-api-key`, or the headers of a signed request. */
export type Authorization = Readonly<Record<string, string>>;

export interface ConnectionOptions {
  readonly graphqlUrl: string;
  readonly authorization: Authorization;
  /** The platform's own unless given. */
  readonly WebSocket?: typeof WebSocket | undefined;
  /** Called for each keep-alive: about once a minute. */
  readonly onKeepAlive?: () => void;
}

export interface Subscription {
  readonly query: string;
  readonly variables?: object;
  /** The connection's unless given. A signed request needs its own. */
  readonly authorization?: Authorization;
  readonly onData: (data: unknown) => void;
}

/** A connection that the API has accepted, with any number of subscriptions. An error of one of them ends it. */
export interface Connection {
  /** Resolves when the connection has ended, for whatever reason. */
  readonly ended: Promise<undefined>;
  /** Resolves once the API accepts the subscription. Throws `DarkroomError` if it refuses, or the connection ends. */
  subscribe(subscription: Subscription): Promise<undefined>;
  /** Resolves when the connection has ended. */
  close(): Promise<undefined>;
}

interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: {
    readonly data?: unknown;
    readonly connectionTimeoutMs?: number;
    readonly errors?: readonly { readonly errorType?: string; readonly message?: string }[];
  };
}

/** The given one, or the platform's. Throws `NoWebSocket` if there is none. */
export function webSocketOf(options: Pick<ConnectionOptions, "WebSocket">): typeof WebSocket {
  const found = options.WebSocket ?? (globalThis as { WebSocket?: typeof WebSocket }).WebSocket;
  if (!found) {
    throw new DarkroomError("NoWebSocket", "This platform has no WebSocket: pass one, such as that of ws");
  }
  return found;
}

/**
 * Connects by AppSync's real-time protocol. Throws `DarkroomError` with the API's code if it refuses, and with
 * `ConnectionLost` if the connection ends before.
 * https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
 */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const connection = new RealtimeConnection(options);
  await connection.accepted;
  return connection;
}

class RealtimeConnection implements Connection {
  readonly accepted: Promise<undefined>;
  readonly ended: Promise<undefined>;
  private readonly authorization: Authorization;
  private readonly onKeepAlive: (() => void) | undefined;
  private readonly socket: WebSocket;
  private readonly watchdog: Watchdog;
  private readonly acceptance = deferred<undefined>();
  private readonly subscriptions = new Map<
    string,
    { readonly acceptance: Deferred<undefined>; readonly onData: Subscription["onData"] }
  >();
  private failure: DarkroomError | undefined;

  constructor(options: ConnectionOptions) {
    const { graphqlUrl, authorization } = options;
    const Socket = webSocketOf(options);
    const { promise, resolve } = deferred<undefined>();
    this.accepted = this.acceptance.promise;
    this.ended = promise;
    this.onKeepAlive = options.onKeepAlive;
    this.authorization = { host: new URL(graphqlUrl).host, ...authorization };
    const header = `header-${base64url(this.authorization)}`;
    this.socket = new Socket(realtimeUrl(graphqlUrl), ["graphql-ws", header]);
    this.watchdog = new Watchdog(() => this.socket.close());
    this.socket.addEventListener("open", () => this.send({ type: "connection_init" }));
    this.socket.addEventListener("message", ({ data }) => this.handle(JSON.parse(String(data)) as Message));
    // A close follows each error. Without this listener, some implementations throw.
    this.socket.addEventListener("error", () => undefined);
    this.socket.addEventListener("close", () => {
      this.watchdog.stop();
      this.fail(new DarkroomError("ConnectionLost", "The connection ended"));
      resolve(undefined);
    });
  }

  subscribe(subscription: Subscription): Promise<undefined> {
    if (this.failure) {
      return Promise.reject(this.failure);
    }
    const { query, variables = {}, authorization = this.authorization, onData } = subscription;
    const id = String(this.subscriptions.size + 1);
    const acceptance = deferred<undefined>();
    this.subscriptions.set(id, { acceptance, onData });
    const data = JSON.stringify({ query, variables });
    this.send({ id, type: "start", payload: { data, extensions: { authorization } } });
    return acceptance.promise;
  }

  close(): Promise<undefined> {
    this.socket.close();
    return this.ended;
  }

  private send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  private handle({ id, type, payload }: Message): void {
    this.watchdog.reset();
    const subscription = this.subscriptions.get(id ?? "");
    switch (type) {
      case "connection_ack":
        this.watchdog.start(payload?.connectionTimeoutMs ?? 300_000);
        this.acceptance.resolve(undefined);
        break;
      case "start_ack":
        subscription?.acceptance.resolve(undefined);
        break;
      case "data":
        subscription?.onData(payload?.data);
        break;
      case "ka":
        this.onKeepAlive?.();
        break;
      case "error":
      case "connection_error":
        this.fail(refusal(payload));
        this.socket.close();
        break;
    }
  }

  /** Fails the connection and each subscription, unless it is accepted already. Only the first error counts. */
  private fail(error: DarkroomError): void {
    this.failure ??= error;
    this.acceptance.reject(error);
    for (const { acceptance } of this.subscriptions.values()) {
      acceptance.reject(error);
    }
  }
}

/** Ends a silent connection: the API sends `ka` at least every minute. */
class Watchdog {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private milliseconds: number | undefined;
  private readonly onSilence: () => void;

  constructor(onSilence: () => void) {
    this.onSilence = onSilence;
  }

  start(milliseconds: number): void {
    this.milliseconds = milliseconds;
    this.reset();
  }

  reset(): void {
    clearTimeout(this.timer);
    if (this.milliseconds !== undefined) {
      this.timer = setTimeout(this.onSilence, this.milliseconds);
    }
  }

  stop(): void {
    clearTimeout(this.timer);
    this.milliseconds = undefined;
  }
}

function refusal(payload: Message["payload"]): DarkroomError {
  const [error] = payload?.errors ?? [];
  return new DarkroomError(error?.errorType ?? "Refused", error?.message ?? "The subscription was refused");
}

const base64url = (value: object): string =>
  btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
