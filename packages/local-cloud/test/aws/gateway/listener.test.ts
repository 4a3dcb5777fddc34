import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { dirname, join } from "node:path";
import tls from "node:tls";
import { afterEach, describe, expect, it } from "@jest/globals";
import { WebSocket, WebSocketServer } from "ws";
import { loadCertificates } from "../../../src/aws/gateway/certificates.ts";
import { type Limits, listen, type Listener } from "../../../src/aws/gateway/listener.ts";
import { temporaryStorage } from "../graph.ts";

const open: Listener[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((listener) => listener.close()));
});

async function start(secure = true, limits: Partial<Limits> = {}) {
  const sockets = new WebSocketServer({ noServer: true });
  sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(data)));
  const certificates = await loadCertificates(temporaryStorage());
  const listener = await listen({
    port: 0,
    limits,
    ...(secure && { tls: certificates }),
    onRequest: (request, response) => void request.pipe(response),
    onUpgrade: (request, socket, head) => {
      sockets.handleUpgrade(request, socket, head, (client) => sockets.emit("connection", client, request));
    },
  });
  open.push(listener);
  return { ...listener, ca: readFileSync(certificates.caFile) };
}

async function post(url: string, body: string, options: https.RequestOptions = {}) {
  const send = url.startsWith("https") ? https.request : http.request;
  const request = send(url, { method: "POST", ...options }).end(body);
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  return {
    status: response.statusCode,
    text: Buffer.concat((await response.toArray()) as Buffer[]).toString(),
  };
}

describe("one port", () => {
  it("answers http and https, each by its own name", async () => {
    const { url, tlsUrl = "", port, ca } = await start();
    const large = "x".repeat(1_000_000);
    expect(await post(url, large)).toEqual({ status: 200, text: large });
    expect(await post(tlsUrl, large, { ca })).toEqual({ status: 200, text: large });
    expect(await post(`https://127.0.0.1:${port}`, "a", { ca })).toEqual({ status: 200, text: "a" });
  });

  it("answers ws and wss", async () => {
    const { port, ca } = await start();
    for (const url of [
      `ws://localhost:${port}/graphql/realtime`,
      `wss://localhost:${port}/graphql/realtime`,
    ]) {
      const socket = new WebSocket(url, { ca });
      await once(socket, "open");
      socket.send("hello");
      const [data] = (await once(socket, "message")) as [Buffer];
      expect(data.toString()).toBe("hello");
    }
  });

  it("is not trusted by a client that does not know the CA", async () => {
    const { tlsUrl = "" } = await start();
    await expect(post(tlsUrl, "a")).rejects.toThrow(/certificate/);
  });

  it("speaks plain HTTP only where there is no certificate", async () => {
    const { tlsUrl, port } = await start(false);
    expect(tlsUrl).toBeUndefined();
    const socket = tls.connect({ port, host: "127.0.0.1" });
    await expect(once(socket, "secureConnect")).rejects.toThrow();
  });

  it("reads a request that arrives byte by byte", async () => {
    const { port } = await start();
    const socket = net.connect(port, "127.0.0.1").setNoDelay();
    await once(socket, "connect");
    for (const byte of `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`) {
      await new Promise((resolve) => socket.write(byte, resolve));
    }
    expect(Buffer.concat((await socket.toArray()) as Buffer[]).toString()).toContain("200 OK");
  });

  it("ends every connection when it closes: idle, silent, upgraded", async () => {
    const listener = await start();
    const { port } = listener;
    const silent = net.connect(port, "127.0.0.1");
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    await Promise.all([once(silent, "connect"), once(socket, "open")]);
    const ended = Promise.all([once(silent, "close"), once(socket, "close")]);
    silent.resume();
    await listener.close();
    await ended;
  });
});

/** What the server says until it ends the connection; the test's own time-out ends the waiting for that. */
async function untilClosed(socket: net.Socket, sent: string): Promise<string> {
  socket.on("error", () => undefined);
  socket.write(sent);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  // `once` of node:events would reject for a reset, which is a cut like any other.
  await new Promise((resolve) => socket.once("close", resolve));
  return Buffer.concat(chunks).toString();
}

/** Only the limit in question is short. */
const long: Limits = {
  firstByte: 600_000,
  handshake: 600_000,
  headers: 600_000,
  bodyPause: 600_000,
  request: 600_000,
  check: 10,
  connections: 100,
};
const halfBody = (port: number) =>
  `POST / HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 9\r\n\r\nhalf`;

describe("a client that stops", () => {
  it("before its first byte is cut off", async () => {
    const { port } = await start(true, { ...long, firstByte: 50 });
    expect(await untilClosed(net.connect(port, "127.0.0.1"), "")).toBe("");
  });

  it("within its TLS handshake is cut off", async () => {
    const { port } = await start(true, { ...long, handshake: 50 });
    expect(await untilClosed(net.connect(port, "127.0.0.1"), "\x16\x03\x01")).toBe("");
  });

  it.each(["http", "https"])("within its headers gets 408, by %s", async (protocol) => {
    const { port, ca } = await start(true, { ...long, headers: 50 });
    const socket =
      protocol === "http"
        ? net.connect(port, "127.0.0.1")
        : tls.connect({ port, host: "127.0.0.1", servername: "localhost", ca });
    expect(await untilClosed(socket, "GET / HTTP/1.1\r\nHost: loc")).toContain("408 Request Timeout");
  });

  it("after its TLS handshake gets 408", async () => {
    const { port, ca } = await start(true, { ...long, headers: 50 });
    const socket = tls.connect({ port, host: "127.0.0.1", servername: "localhost", ca });
    expect(await untilClosed(socket, "")).toContain("408 Request Timeout");
  });

  it("within its body is cut off", async () => {
    const { port } = await start(true, { ...long, bodyPause: 50 });
    await untilClosed(net.connect(port, "127.0.0.1"), halfBody(port));
  });

  it("and goes on byte by byte is cut off when its request takes too long", async () => {
    const { port } = await start(true, { ...long, headers: 100, request: 100 });
    const socket = net.connect(port, "127.0.0.1");
    const drip = setInterval(() => socket.write("x"), 5);
    const sent = halfBody(port).replace("Content-Length: 9", "Content-Length: 1000000");
    await untilClosed(socket, sent).finally(() => clearInterval(drip));
  });
});

describe("a client that waits for an answer", () => {
  it("may wait longer than a body may pause", async () => {
    const { url } = await start(true, { ...long, bodyPause: 20 });
    const answered = Promise.withResolvers<http.ServerResponse>();
    const listener = await listen({
      port: 0,
      limits: { ...long, bodyPause: 20 },
      onRequest: (request, response) => void request.resume().on("end", () => answered.resolve(response)),
      onUpgrade: () => undefined,
    });
    open.push(listener);
    const request = http.request(listener.url, { method: "POST" }).end("whole");
    const response = await answered.promise;
    // Another body that pauses as long shows that the time is over.
    await untilClosed(
      net.connect(Number(new URL(url).port), "127.0.0.1"),
      halfBody(Number(new URL(url).port)),
    );
    response.end("late");
    const [{ statusCode }] = (await once(request, "response")) as [http.IncomingMessage];
    expect(statusCode).toBe(200);
  });
});

describe("connections", () => {
  it("over the limit are closed, and taken again when one has gone", async () => {
    const { port, url } = await start(true, { ...long, connections: 1 });
    const first = net.connect(port, "127.0.0.1");
    await once(first, "connect");
    await untilClosed(net.connect(port, "127.0.0.1"), "");
    first.destroy();
    await once(first, "close");
    const again = async (): Promise<number | undefined> => {
      try {
        return (await post(url, "a")).status;
      } catch {
        return again();
      }
    };
    expect(await again()).toBe(200);
  });
});

describe("another Host", () => {
  it.each(["evil.example", "localhost", "127.0.0.1.evil.example:1", "localhost:1"])(
    "%s is turned away",
    async (host) => {
      const { url, port } = await start();
      expect((await post(url, "a", { headers: { host } })).status).toBe(403);
      const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers: { host } });
      await expect(once(socket, "open")).rejects.toThrow("403");
    },
  );
});

describe("certificates", () => {
  it("are kept in the data folder, the key for its owner only, and made anew before they lapse", async () => {
    const storage = temporaryStorage();
    const first = await loadCertificates(storage);
    expect(await loadCertificates(storage)).toEqual(first);
    expect(first.caFile).toBe(join(storage.folder, "ca.pem"));
    expect(statSync(join(dirname(first.caFile), "server.key")).mode & 0o777).toBe(0o600);
    const years = 3 * 365 * 24 * 60 * 60 * 1000;
    expect((await loadCertificates(storage, () => Date.now() + years)).cert).not.toBe(first.cert);
  });
});
