import { EventEmitter } from "node:events";
import { type ClientRequest, createServer as createHttpServer } from "node:http";
import https, { type RequestOptions } from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { generate } from "selfsigned";
import { type Behaviour, startReceiver, type Receiver } from "../../../tools/chaos/receiver.ts";
import { guard, sender } from "../../../functions/deliver/send.ts";
import { refusedUrls } from "../../support/callback-urls.ts";

const message = (url: string) => ({
  url,
  body: '{"type":"asset.labelled"}',
  headers: { "webhook-id": "msg_1" },
});

describe("a callback to a forbidden address", () => {
  let listener: Server;
  let port: number;
  let sockets = 0;

  beforeAll(async () => {
    listener = createServer((socket) => {
      sockets += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    ({ port } = listener.address() as AddressInfo);
  });
  afterAll(() => new Promise((resolve) => listener.close(resolve)));
  afterEach(() => {
    sockets = 0;
  });

  /** Names lead to the listener, and its port is the one that may be called: only the rules stand between. */
  const send = (url: string, addresses = ["127.0.0.1"], loopback = false) =>
    sender({
      rules: {
        loopback,
        port,
        resolve: () => Promise.resolve(addresses.map((address) => ({ address, family: 4 }))),
      },
      failed: () => undefined,
    })(message(url));

  const atListener = (text: string): string => text.replace(/^([a-z]+:[\\/]*)([^\\/]*)/, `$1$2:${port}`);

  it("the listener is called for each socket that is opened", async () => {
    expect(await send(`http://127.0.0.1:${port}/`, [], true)).toEqual({ status: 0 });
    expect(sockets).toBe(1);
  });

  it.each(Object.entries(refusedUrls))("opens no socket: %s", async (_, text) => {
    expect(await send(text)).toEqual({ status: 0 });
    expect(await send(atListener(text))).toEqual({ status: 0 });
    expect(sockets).toBe(0);
  });

  it("opens no socket to a public name with an internal address, alone or among others", async () => {
    expect(await send(`https://example.com:${port}/`)).toEqual({ status: 0 });
    expect(await send(`https://example.com:${port}/`, ["8.8.8.8", "127.0.0.1"])).toEqual({ status: 0 });
    expect(sockets).toBe(0);
  });

  it("resolves a name once, for the connection, so that a later change opens no socket", async () => {
    const answers = [["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"]];
    let asked = 0;
    const rules = {
      loopback: false,
      port,
      resolve: () => {
        asked += 1;
        return Promise.resolve((answers.shift() ?? []).map((address) => ({ address, family: 4 })));
      },
    };
    // What the registration sees, and then what the attempt does.
    await rules.resolve();
    await sender({ rules, failed: () => undefined })(message(`https://rebinding.example.com:${port}/`));
    expect({ asked, sockets }).toEqual({ asked: 2, sockets: 0 });
  });
});

describe("a connection", () => {
  /** A request whose socket connects to this address, however that came about. */
  function connected(remoteAddress: string | undefined, loopback: boolean): Error | undefined {
    let error: Error | undefined;
    const socket = Object.assign(new EventEmitter(), { remoteAddress });
    const request = Object.assign(new EventEmitter(), { destroy: (reason: Error) => (error = reason) });
    guard(request as unknown as ClientRequest, loopback, 3_000);
    request.emit("socket", socket);
    socket.emit("connect");
    request.emit("close");
    return error;
  }

  it.each([
    ["127.0.0.1", false],
    ["169.254.169.254", false],
    ["fd00:ec2::254", false],
    ["::ffff:127.0.0.1", false],
    [undefined, false],
    ["10.0.0.1", true],
    ["8.8.8.8", true],
  ])("to an address that is not allowed is cut off, though the name was: %s", (address, loopback) => {
    expect(connected(address, loopback)?.name).toBe("RefusedDestination");
  });

  it.each([
    ["8.8.8.8", false],
    ["127.0.0.1", true],
  ])("to an address that is allowed stands: %s", (address, loopback) => {
    expect(connected(address, loopback)).toBeUndefined();
  });
});

describe("a receiver's certificate", () => {
  const name = "receiver.example.com";
  let server: https.Server;
  let cert: string;

  beforeAll(async () => {
    const made = await generate([{ name: "commonName", value: name }], {
      keyType: "ec",
      algorithm: "sha256",
      extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: name }] }],
    });
    cert = made.cert;
    server = https.createServer({ key: made.private, cert }, (_, response) => response.writeHead(204).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  afterEach(() => void jest.restoreAllMocks());

  /** Public names lead to the server, as if it had a public address; all else of the request is as it was made. */
  async function send(host: string, trusted: { readonly ca?: string }) {
    const { request } = https;
    jest.spyOn(https, "request").mockImplementation(((url: URL, options: RequestOptions) => {
      const here = request(url, {
        ...options,
        ...trusted,
        lookup: (_, { all }, callback) =>
          all ? callback(null, [{ address: "127.0.0.1", family: 4 }]) : callback(null, "127.0.0.1", 4),
      });
      here.prependOnceListener("socket", (socket) =>
        Object.defineProperty(socket, "remoteAddress", { value: "8.8.8.8" }),
      );
      return here;
    }) as unknown as typeof request);
    const failures: { readonly code?: string }[] = [];
    const { port } = server.address() as AddressInfo;
    const resolve = () => Promise.resolve([{ address: "8.8.8.8", family: 4 }]);
    const answer = await sender({
      rules: { loopback: false, port, resolve },
      failed: (_, error) => failures.push(error as { code: string }),
    })(message(`https://${host}:${port}/`));
    return { ...answer, refused: failures[0]?.code };
  }

  it("is accepted from a trusted authority, for the receiver's name", async () => {
    expect(await send(name, { ca: cert })).toEqual({ status: 204, refused: undefined });
  });

  it("is refused from an untrusted authority", async () => {
    expect(await send(name, {})).toEqual({ status: 0, refused: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  });

  it("is refused if it has another name", async () => {
    expect(await send("other.example.com", { ca: cert })).toEqual({
      status: 0,
      refused: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });
});

describe("a receiver", () => {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver({ dripMs: 5 });
  });
  afterAll(() => receiver.stop());

  const failures: unknown[] = [];
  afterEach(() => void failures.splice(0));

  const post = (behaviour: Behaviour, limits = { connect: 3_000, answer: 15_000, rest: 1_000 }) => {
    receiver.behave(() => behaviour);
    return sender({
      rules: { loopback: true },
      limits,
      failed: (_, error) => failures.push(error),
    })(message(`${receiver.url}/hook?key=1`));
  };

  it("receives the exact body, as JSON, over its own connection", async () => {
    expect(await post({ status: 204 })).toEqual({ status: 204 });
    expect(receiver.received.at(-1)).toMatchObject({
      method: "POST",
      path: "/hook?key=1",
      headers: { "content-type": "application/json", connection: "close", "webhook-id": "msg_1" },
    });
    expect(receiver.received.at(-1)?.body.toString()).toBe('{"type":"asset.labelled"}');
  });

  it.each([200, 400, 410, 429, 500, 503])("that answers %i is recorded", async (status) => {
    expect(await post({ status })).toMatchObject({ status });
  });

  it("can ask for a wait, in seconds or as a date", async () => {
    expect(await post({ status: 429, headers: { "retry-after": "120" } })).toEqual({
      status: 429,
      retryAfter: 120,
    });
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const { retryAfter = 0 } = await post({ status: 503, headers: { "retry-after": date } });
    expect(Math.round(retryAfter / 60)).toBe(60);
    expect(await post({ status: 503, headers: { "retry-after": "soon" } })).toEqual({ status: 503 });
  });

  it("that redirects is not followed", async () => {
    const before = receiver.received.length;
    expect(await post({ status: 302, headers: { location: `${receiver.url}/elsewhere` } })).toEqual({
      status: 302,
    });
    expect(receiver.received).toHaveLength(before + 1);
  });

  it("that hangs is cut off", async () => {
    expect(await post("hang", { connect: 3_000, answer: 50, rest: 50 })).toEqual({ status: 0 });
    expect(failures).toHaveLength(1);
  });

  it("that cuts the connection, or does not listen, has not accepted it", async () => {
    expect(await post("cut")).toEqual({ status: 0 });
    await receiver.refuse();
    expect(await post({ status: 204 })).toEqual({ status: 0 });
    await receiver.open();
    expect(failures).toHaveLength(2);
  });

  it("that sends a long answer is read up to 64 KB and what is already buffered", async () => {
    const whole = 50_000_000;
    const { promise: left, resolve: leave } = Promise.withResolvers<number>();
    const server = createHttpServer((_, response) => {
      let written = 0;
      response.once("close", () => leave(written));
      const pour = (): void => {
        while (written < whole) {
          written += 65_536;
          if (!response.write(Buffer.alloc(65_536))) {
            response.once("drain", pour);
            return;
          }
        }
        response.end();
      };
      pour();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const limits = { connect: 15_000, answer: 200_000, rest: 200_000 };
    const send = sender({ rules: { loopback: true }, limits, failed: () => undefined });
    expect(await send(message(`http://127.0.0.1:${port}/`))).toEqual({ status: 200 });
    expect(await left).toBeLessThan(whole / 2);
    await new Promise((resolve) => server.close(resolve));
  });

  it("that sends a long or slow answer is cut off once its status is known", async () => {
    expect(await post("endless")).toEqual({ status: 200 });
    expect(await post("drip", { connect: 3_000, answer: 15_000, rest: 20 })).toEqual({ status: 200 });
  });
});
