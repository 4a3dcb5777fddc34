import http, { type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import net, { type AddressInfo, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Answers a request. Settles when all work for the request has ended, even if the client has disconnected. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export interface ListenerOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** PEM. Without it the port speaks plain HTTP only. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly onRequest: Handler;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly limits?: Partial<Limits>;
}

/** How long, in milliseconds, and how many. */
export interface Limits {
  /** From the connection to its first byte. */
  readonly firstByte: number;
  readonly handshake: number;
  /** From the start of a request to the end of its headers. */
  readonly headers: number;
  /** Between two pieces of a body. */
  readonly bodyPause: number;
  /** From the start of a request to the end of its body: 5 GB from this machine fit in. */
  readonly request: number;
  /** The interval between checks of `headers` and `request`. */
  readonly check: number;
  /** Concurrent connections. Further connections are closed. */
  readonly connections: number;
}

const defaultLimits: Limits = {
  firstByte: 30_000,
  handshake: 10_000,
  headers: 20_000,
  bodyPause: 20_000,
  request: 300_000,
  check: 5_000,
  connections: 8_192,
};

export interface Listener {
  readonly port: number;
  /** `http://127.0.0.1:PORT`, an address, so that AWS SDKs put bucket names into paths. */
  readonly url: string;
  /** `https://localhost:PORT`, or undefined without TLS. */
  readonly tlsUrl: string | undefined;
  /** Stops listening and ends every connection, upgraded ones too. */
  close(): Promise<void>;
}

/** Serves http, https, ws and wss on one loopback port. The first byte of a connection shows whether it is TLS. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const limits = { ...defaultLimits, ...options.limits };
  const sockets = new Set<Socket>();
  const { plain, secure } = createServers(options, limits);
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    dispatch(socket, limits.firstByte, plain, secure);
  });
  server.maxConnections = limits.connections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    tlsUrl: secure && `https://localhost:${port}`,
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        plain.close();
        secure?.close();
        for (const socket of sockets) {
          socket.destroy();
        }
      });
    },
  };
}

function createServers(options: ListenerOptions, limits: Limits) {
  const timeouts = {
    // Longer than clients keep idle connections, so that none is closed just as it is used again.
    keepAliveTimeout: 65_000,
    headersTimeout: limits.headers,
    requestTimeout: limits.request,
    connectionsCheckingInterval: limits.check,
  };
  const tls = options.tls && { ...timeouts, ...options.tls, handshakeTimeout: limits.handshake };
  return {
    plain: serve(http.createServer(timeouts), options, limits),
    secure: tls && serve(https.createServer(tls), options, limits),
  };
}

/** ContentType of a TLS handshake record, RFC 8446 section 5.1. */
const handshake = 0x16;

function dispatch(
  socket: Socket,
  firstByte: number,
  plain: http.Server,
  secure: https.Server | undefined,
): void {
  const ignore = () => undefined;
  const expire = () => socket.destroy();
  // Before the first byte no HTTP server has the connection, so no HTTP timeout applies.
  socket.setTimeout(firstByte, expire);
  socket.on("error", ignore);
  socket.once("readable", () => {
    const first = socket.read() as Buffer | null;
    if (first === null) {
      return;
    }
    socket.setTimeout(0);
    socket.removeListener("timeout", expire);
    socket.unshift(first);
    (secure !== undefined && first[0] === handshake ? secure : plain).emit("connection", socket);
  });
}

function serve<Server extends http.Server | https.Server>(
  server: Server,
  options: ListenerOptions,
  { bodyPause }: Limits,
): Server {
  // This server gets its connections by events and does not listen. Node begins its checks of slow requests at this event.
  server.emit("listening");
  server.on("request", (request: IncomingMessage, response: http.ServerResponse) => {
    endIfBodyStops(request, bodyPause);
    if (isOwnHost(request)) {
      void options.onRequest(request, response);
    } else {
      response.writeHead(403, { "content-type": "text/plain", connection: "close" }).end(refusal);
    }
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isOwnHost(request)) {
      options.onUpgrade(request, socket, head);
    } else {
      socket.end(
        `HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: ${refusal.length}\r\n\r\n${refusal}`,
      );
    }
  });
  return server;
}

/** Ends a request whose body stops. After the whole body, the answer may take any time. */
function endIfBodyStops(request: IncomingMessage, pause: number): void {
  const { socket, headers } = request;
  if (headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0) {
    return;
  }
  socket.setTimeout(pause);
  request.once("end", () => socket.setTimeout(0));
}

const refusal = "This server answers to 127.0.0.1 and localhost only.\n";

/** Protects from DNS rebinding: a page whose name resolves to 127.0.0.1 sends its own name as Host. */
function isOwnHost(request: IncomingMessage): boolean {
  const hosts = request.headersDistinct["host"] ?? [];
  const port = request.socket.localPort;
  return hosts.length === 1 && (hosts[0] === `127.0.0.1:${port}` || hosts[0] === `localhost:${port}`);
}
