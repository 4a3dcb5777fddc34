import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import type { Clock, Log } from "../../base/service.ts";
import type { Api } from "../execute/api.ts";
import type { RealtimeMeter } from "../metered.ts";
import type { Deadline, Schedule } from "../model/deadline.ts";
import { Connection } from "./connection.ts";
import { presentedToConnect, presentedToStart, protocolsOf, subscriptionHeaders } from "./handshake.ts";
import type { Hub } from "./hub.ts";
import type { ServerMessage } from "./protocol.ts";
import { register } from "./register.ts";

export interface SocketSettings {
  /** The path of the API, with which the paths that clients sign begin. */
  readonly path: string;
  readonly api: () => Api;
  readonly hub: Hub;
  readonly metered: RealtimeMeter;
  readonly clock: Clock;
  readonly log: Log;
  readonly deadline: () => Deadline;
  readonly schedule: Schedule;
  /** Called for each frame, in and out. True cuts the connection in place of the frame. */
  readonly drops?: (() => boolean) | undefined;
  /** Called at each start_ack. Milliseconds for which the subscription gets no events. */
  readonly subscriptionDelay?: (() => number) | undefined;
  readonly limits?: Partial<SocketLimits> | undefined;
}

export interface SocketLimits {
  /** Open connections. */
  readonly sockets: number;
  /** Bytes that may wait for one client which does not read. */
  readonly buffered: number;
  /** Bytes that may wait for all such clients together. */
  readonly allBuffered: number;
}

const defaultLimits: SocketLimits = {
  sockets: 2_000,
  buffered: 8 * 1_048_576,
  allBuffered: 128 * 1_048_576,
};

export interface SocketServer {
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every connection. */
  close(): void;
}

/** Bytes. */
const maxMessage = 1_048_576;
const maxPayload = 240 * 1024;

/** Serves the real-time protocol with ws. */
export function createSocketServer(settings: SocketSettings): SocketServer {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessage,
    handleProtocols: () => "graphql-ws",
  });
  const limits = { ...defaultLimits, ...settings.limits };
  const send = createSender(limits, settings);
  return {
    onUpgrade(request, socket, head) {
      if (!protocolsOf(request).includes("graphql-ws")) {
        refuseSocket(socket, "400 Bad Request");
      } else if (server.clients.size >= limits.sockets) {
        refuseSocket(socket, "503 Service Unavailable");
      } else {
        server.handleUpgrade(request, socket, head, (opened) => serve(opened, request, settings, send));
      }
    },
    close() {
      for (const client of server.clients) {
        client.terminate();
      }
      server.close();
    },
  };
}

/** Answers a handshake with an HTTP status, and ends the connection. */
export function refuseSocket(socket: Duplex, status: string): void {
  // Without a listener, the error of a peer that has left would end the process.
  socket.on("error", () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function serve(socket: WebSocket, request: IncomingMessage, settings: SocketSettings, send: Send): void {
  const {
    api,
    path,
    metered,
    clock,
    log,
    schedule,
    drops = () => false,
    subscriptionDelay = () => 0,
  } = settings;
  const connection = new Connection({
    send: (message) => (drops() ? socket.terminate() : send(socket, message)),
    close: (code, reason) => socket.close(code, reason),
    schedule,
    clock,
    subscriptionDelay,
    authorize: async () => {
      await api().authenticate(presentedToConnect(request, path));
      const disconnected = metered.connected();
      if (socket.readyState === WebSocket.OPEN) {
        socket.once("close", disconnected);
      } else {
        disconnected();
      }
    },
    register: ({ data, authorization }, deliver) => {
      const presented = presentedToStart(authorization, { path, data }, request);
      const headers = subscriptionHeaders(request, authorization);
      metered.subscribed();
      return register(api(), { data, presented, headers }, deliver, settings);
    },
    fault: (error) => log.error("a real-time connection failed", { error }),
  });
  socket.on("message", (data, binary) => {
    if (drops()) {
      socket.terminate();
    } else if (binary) {
      socket.close(1003, "text frames only");
    } else {
      connection.receive((data as Buffer).toString());
    }
  });
  socket.on("close", () => connection.closed());
  // After a frame that violates the WebSocket protocol, ws closes the socket itself.
  socket.on("error", (error) => log.debug("a WebSocket failed", { error: error.message }));
}

type Send = (socket: WebSocket, message: ServerMessage) => void;

function createSender(
  { buffered, allBuffered }: SocketLimits,
  { log, metered }: Pick<SocketSettings, "log" | "metered">,
): Send {
  /** Bytes in the buffers of clients that have not read earlier messages. */
  let waiting = 0;
  return (socket, message) => {
    const text = JSON.stringify(message);
    const size = Buffer.byteLength(text);
    if (message.type === "data" && size > maxPayload) {
      // As in AppSync: the publisher sees success, and the subscriber gets nothing.
      log.warn("a payload over 240 KB was not delivered", { id: message.id });
      return;
    }
    if (message.type === "data") {
      metered.delivered(size);
    }
    const behind = socket.bufferedAmount;
    if (behind === 0) {
      socket.send(text);
      return;
    }
    if (behind > buffered || waiting + size > allBuffered) {
      log.warn("a client that reads too slowly was cut off", { bufferedAmount: behind });
      socket.terminate();
      return;
    }
    waiting += size;
    socket.send(text, () => {
      waiting -= size;
    });
  };
}
