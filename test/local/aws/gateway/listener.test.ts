import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { dirname, join } from "node:path";
import tls from "node:tls";
import { afterEach, describe, expect, it } from "@jest/globals";
import { WebSocket, WebSocketServer } from "ws";
import { loadCertificates } from "../../../../local/aws/gateway/certificates.ts";
import { listen } from "../../../../local/aws/gateway/listener.ts";
import type { Listener } from "../../../../local/aws/gateway/listener.ts";
import { temporaryStorage } from "../graph.ts";

const open: Listener[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((listener) => listener.close()));
});

async function start(secure = true) {
  const sockets = new WebSocketServer({ noServer: true });
  sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(data)));
  const certificates = await loadCertificates(temporaryStorage());
  const listener = await listen({
    port: 0,
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
