import http from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import https from "node:https";
import net from "node:net";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";

export interface ListenerOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** PEM. Without it the port speaks plain HTTP only. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly onRequest: RequestListener;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

export interface Listener {
  readonly port: number;
  /** `http://127.0.0.1:PORT`, an address, so that AWS SDKs put bucket names into paths. */
  readonly url: string;
  /** `https://localhost:PORT`, or undefined without TLS. */
  readonly tlsUrl: string | undefined;
  /** Stops listening and ends every connection, upgraded ones too. */
  close(): Promise<void>;
}

/** One loopback port for http, https, ws and wss: the first byte of a connection tells TLS from plain text. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const sockets = new Set<Socket>();
  const plain = serve(http.createServer(), options);
  const secure = options.tls && serve(https.createServer(options.tls), options);
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    hand(socket, plain, secure);
  });
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
        for (const socket of sockets) socket.destroy();
      });
    },
  };
}

/** ContentType of a TLS handshake record, RFC 8446 section 5.1. */
const handshake = 0x16;

function hand(socket: Socket, plain: http.Server, secure: https.Server | undefined): void {
  const ignore = () => undefined;
  const expire = () => socket.destroy();
  // A connection that never speaks is nobody's yet, so no HTTP timeout would end it.
  socket.setTimeout(30_000, expire);
  socket.on("error", ignore);
  socket.once("readable", () => {
    const first = socket.read() as Buffer | null;
    if (first === null) return;
    socket.setTimeout(0);
    socket.removeListener("timeout", expire);
    socket.unshift(first);
    (secure !== undefined && first[0] === handshake ? secure : plain).emit("connection", socket);
  });
}

function serve<Server extends http.Server | https.Server>(server: Server, options: ListenerOptions): Server {
  // Longer than clients keep idle connections, so that none is closed just as it is used again.
  server.keepAliveTimeout = 65_000;
  server.on("request", (request: IncomingMessage, response: http.ServerResponse) => {
    if (isOwnHost(request)) options.onRequest(request, response);
    else response.writeHead(403, { "content-type": "text/plain", connection: "close" }).end(refusal);
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isOwnHost(request)) options.onUpgrade(request, socket, head);
    else
      socket.end(
        `HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: ${refusal.length}\r\n\r\n${refusal}`,
      );
  });
  return server;
}

const refusal = "This server answers to 127.0.0.1 and localhost only.\n";

/** A page whose name was rebound to 127.0.0.1 still sends its own name as Host. */
function isOwnHost(request: IncomingMessage): boolean {
  const hosts = request.headersDistinct["host"] ?? [];
  const port = request.socket.localPort;
  return hosts.length === 1 && (hosts[0] === `127.0.0.1:${port}` || hosts[0] === `localhost:${port}`);
}
