import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How a receiver of callbacks answers one request. */
export type Behaviour =
  /** A status with headers: 410, 429 with `retry-after`, 302 with `location`. */
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** Reads the request and never answers. */
  | "hang"
  /** Cuts the connection after the request. */
  | "cut"
  /** Answers 200 with a body of 64 bytes, one byte a second by default. */
  | "drip"
  /** Answers 200 with a body that never ends, as fast as it is read. */
  | "endless"
  /** Cuts all connections, and accepts no more until `open` is called. */
  | "refuse";

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Unchanged. */
  readonly body: Buffer;
  /** When the whole request had arrived, in epoch milliseconds. */
  readonly at: number;
  readonly behaviour: Behaviour;
}

export interface ReceiverOptions {
  /** Decides the answer to each request; the first has number 0. Default: 204. */
  readonly behave?: (request: Omit<Received, "behaviour">, index: number) => Behaviour;
  /** Milliseconds between the bytes of a drip. */
  readonly dripMs?: number;
  /** The port; 0, the default, is any free one. */
  readonly port?: number;
}

export interface Receiver {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Every complete request, in order. */
  readonly received: readonly Received[];
  /** Answers in this way from now on. */
  readonly behave: (behave: NonNullable<ReceiverOptions["behave"]>) => void;
  /** The first request, past or future, for which this holds. */
  readonly until: (holds: (request: Received) => boolean) => Promise<Received>;
  /** Closes the port: new connections are refused. */
  readonly refuse: () => Promise<void>;
  /** Accepts connections again, at the same port. */
  readonly open: () => Promise<void>;
  /** Closes the server and all connections. */
  readonly stop: () => Promise<void>;
}

/** A server on this machine that receives callbacks, with configurable faults. */
export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const received: Received[] = [];
  const waiting = new Set<(request: Received) => void>();
  const stopped = new AbortController();
  let behave = options.behave ?? (() => ({ status: 204 }));
  const server = createServer((request, response) => {
    // A sender may disconnect in the middle of a request.
    response.on("error", () => undefined);
    bodyOf(request).then(
      (body) => {
        const { method = "", url: path = "", headers } = request;
        const whole = { method, path, headers, body, at: Date.now() };
        const behaviour = behave(whole, received.length);
        received.push({ ...whole, behaviour });
        for (const look of [...waiting]) {
          look({ ...whole, behaviour });
        }
        if (behaviour === "refuse") {
          void refuse();
        } else {
          answer(response, behaviour, options.dripMs ?? 1000);
        }
      },
      () => response.destroy(),
    );
  });
  const refuse = () => closed(server);
  await listening(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    behave(next) {
      behave = next;
    },
    until: (holds) =>
      new Promise((resolve) => {
        const found = received.find(holds);
        if (found) {
          resolve(found);
          return;
        }
        const look = (request: Received) => {
          if (holds(request)) {
            waiting.delete(look);
            resolve(request);
          }
        };
        waiting.add(look);
      }),
    refuse,
    async open() {
      if (!server.listening && !stopped.signal.aborted) {
        await listening(server, port);
      }
    },
    async stop() {
      stopped.abort();
      waiting.clear();
      await refuse();
    },
  };
}

function answer(response: ServerResponse, behaviour: Exclude<Behaviour, "refuse">, dripMs: number): void {
  if (behaviour === "hang") {
    return;
  }
  if (behaviour === "cut") {
    response.destroy();
  } else if (behaviour === "drip") {
    drip(response, dripMs);
  } else if (behaviour === "endless") {
    pour(response);
  } else {
    response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body);
  }
}

const dripped = 64;

function drip(response: ServerResponse, everyMs: number): void {
  response.writeHead(200, { "content-type": "text/plain", "content-length": dripped }).flushHeaders();
  let left = dripped;
  const timer = setInterval(() => {
    response.write(".");
    left -= 1;
    if (left === 0) {
      clearInterval(timer);
      response.end();
    }
  }, everyMs);
  response.once("close", () => clearInterval(timer));
}

/** Sends as fast as the sender reads, so that this process buffers nothing. */
function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(65_536, ".");
  response.writeHead(200, { "content-type": "text/plain" });
  const more = () => {
    while (!response.destroyed && response.write(chunk)) {}
  };
  response.on("drain", more);
  more();
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

type Server = ReturnType<typeof createServer>;

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}

async function closed(server: Server): Promise<void> {
  if (server.listening) {
    const gone = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await gone;
  }
}
