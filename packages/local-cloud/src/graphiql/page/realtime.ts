export interface SubscribeOptions {
  /** ws: or wss: address of the real-time endpoint. */
  readonly url: string;
  /** The headers that authorise: at least `host` and `Authorization`. */
  readonly authorization: Readonly<Record<string, string>>;
  readonly request: object;
  /** Ends the subscription, as the end of the iteration does. */
  readonly signal: AbortSignal;
}

interface ServerMessage {
  readonly type: string;
  readonly payload?: {
    readonly connectionTimeoutMs?: number;
    readonly errors?: readonly { readonly errorType?: string; readonly message?: string }[];
  };
}

/**
 * Runs one subscription on a socket of its own, by AppSync's protocol. Iterates over results as they come; throws
 * what the server refuses with, or that the connection was lost.
 * https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
 */
export function subscribe(options: SubscribeOptions): AsyncIterableIterator<unknown> {
  const { url, authorization, request, signal } = options;
  const id = crypto.randomUUID();
  const feed = createFeed();
  const socket = new WebSocket(url, ["graphql-ws", `header-${base64url(JSON.stringify(authorization))}`]);
  const send = (message: object) => socket.send(JSON.stringify(message));
  const watch = createWatch(() => end(new Error("The connection went silent.")));
  const handle = ({ type, payload }: ServerMessage) => {
    watch.received(payload?.connectionTimeoutMs);
    if (type === "connection_ack") {
      const start = { data: JSON.stringify(request), extensions: { authorization } };
      send({ id, type: "start", payload: start });
    } else if (type === "data") {
      feed.push(payload);
    } else if (type === "complete") {
      end();
    } else if (type.endsWith("error")) {
      end(new Error(explain(payload)));
    }
  };
  const end = (error?: Error) => {
    watch.end();
    feed.end(error);
    socket.close();
  };
  const stop = () => {
    if (socket.readyState === WebSocket.OPEN) {
      send({ id, type: "stop" });
    }
    end();
  };
  socket.addEventListener("open", () => send({ type: "connection_init" }));
  socket.addEventListener("message", ({ data }) => handle(JSON.parse(String(data)) as ServerMessage));
  socket.addEventListener("close", () => end(new Error("The connection was lost.")));
  signal.addEventListener("abort", stop, { once: true });
  return feed.read(stop);
}

/** A queue of results for the reader. Only the first end counts. */
function createFeed() {
  const waiting: unknown[] = [];
  let ended: { readonly error: Error | undefined } | undefined;
  let wake: () => void = () => undefined;
  async function* drain() {
    for (;;) {
      yield* waiting.splice(0);
      if (ended?.error) {
        throw ended.error;
      }
      if (ended) {
        return;
      }
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  return {
    push(result: unknown): void {
      if (!ended) {
        waiting.push(result);
      }
      wake();
    },
    end(error: Error | undefined): void {
      ended ??= { error };
      wake();
    },
    read: (leave: () => void) => leaving(drain(), leave),
  };
}

/** Calls `leave` at the end of the iteration. A generator alone would notice it only at the next result. */
function leaving(results: AsyncGenerator, leave: () => void): AsyncIterableIterator<unknown> {
  return {
    next: () => results.next(),
    return() {
      leave();
      return results.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Closes if the server sends nothing, not even `ka`, within the time that its connection_ack gives. */
function createWatch(silent: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let limit: number | undefined;
  return {
    received(milliseconds = limit): void {
      clearTimeout(timer);
      limit = milliseconds;
      if (limit !== undefined) {
        timer = setTimeout(silent, limit);
      }
    },
    end: () => clearTimeout(timer),
  };
}

function explain(payload: ServerMessage["payload"]): string {
  const errors = [payload?.errors ?? []].flat();
  return errors
    .map(({ errorType, message }) => [errorType, message].filter((part) => part !== undefined).join(": "))
    .join("\n");
}

const base64url = (text: string): string =>
  btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
