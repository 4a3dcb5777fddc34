import { DarkroomError, type Endpoint, realtimeUrl } from "./api.ts";

export interface SubscriptionOptions extends Endpoint {
  readonly query: string;
  readonly variables: object;
  /** The platform's own unless given. */
  readonly WebSocket?: typeof WebSocket | undefined;
  readonly onData: (data: unknown) => void;
  /** Called for each keep-alive: about once a minute. */
  readonly onKeepAlive?: () => void;
}

/** A subscription that the API has accepted. */
export interface Subscription {
  /** Settles when the connection has ended, however it did. */
  readonly ended: Promise<undefined>;
  close(): void;
}

interface Message {
  readonly type: string;
  readonly payload?: {
    readonly data?: unknown;
    readonly connectionTimeoutMs?: number;
    readonly errors?: readonly { readonly errorType?: string; readonly message?: string }[];
  };
}

/**
 * One subscription over AppSync's real-time protocol, on a connection of its own. Settles once it is accepted;
 * throws `DarkroomError` if it is refused, `ConnectionLost` if the connection ends before.
 * https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
 */
export async function subscribe(options: SubscriptionOptions): Promise<Subscription> {
  const { graphqlUrl, query, variables, onData, onKeepAlive } = options;
  const authorization = { host: new URL(graphqlUrl).host, Authorization: await options.token() };
  const Socket = options.WebSocket ?? WebSocket;
  const socket = new Socket(realtimeUrl(graphqlUrl), ["graphql-ws", `header-${base64url(authorization)}`]);
  const accepted = Promise.withResolvers<undefined>();
  const ended = Promise.withResolvers<undefined>();
  const watchdog = new Watchdog(() => socket.close());
  const send = (message: object) => socket.send(JSON.stringify(message));
  const heard = ({ type, payload }: Message) => {
    watchdog.pat();
    switch (type) {
      case "connection_ack":
        watchdog.start(payload?.connectionTimeoutMs ?? 300_000);
        send({
          id: "1",
          type: "start",
          payload: { data: JSON.stringify({ query, variables }), extensions: { authorization } },
        });
        break;
      case "start_ack":
        accepted.resolve(undefined);
        break;
      case "data":
        onData(payload?.data);
        break;
      case "ka":
        onKeepAlive?.();
        break;
      case "error":
      case "connection_error":
        accepted.reject(refusal(payload));
        socket.close();
        break;
    }
  };
  socket.addEventListener("open", () => send({ type: "connection_init" }));
  socket.addEventListener("message", ({ data }) => heard(JSON.parse(String(data)) as Message));
  socket.addEventListener("close", () => {
    watchdog.stop();
    accepted.reject(new DarkroomError("ConnectionLost", "The connection ended"));
    ended.resolve(undefined);
  });
  await accepted.promise;
  return { ended: ended.promise, close: () => socket.close() };
}

/** Ends a connection that has fallen silent: the API sends `ka` at least every minute. */
class Watchdog {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private milliseconds: number | undefined;
  private readonly bite: () => void;

  constructor(bite: () => void) {
    this.bite = bite;
  }

  start(milliseconds: number): void {
    this.milliseconds = milliseconds;
    this.pat();
  }

  pat(): void {
    clearTimeout(this.timer);
    if (this.milliseconds !== undefined) {
      this.timer = setTimeout(this.bite, this.milliseconds);
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
