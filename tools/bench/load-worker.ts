import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Load, Loaded } from "./load.ts";

/**
 * HTTP/1.1 over bare sockets: node:http's client costs about as much as the server that is to be measured.
 * Reads just what that server sends: a status line, headers with a content-length, a body.
 */
process.once("message", (load: Load) => {
  void run(load).then((loaded) => process.send?.(loaded, () => process.disconnect()));
});

async function run(load: Load): Promise<Loaded> {
  const { hostname, port } = new URL(load.url);
  const nextRequest = requestsOf(load);
  const latencies: number[] = [];
  let answered = 0;
  let errors = 0;
  let sample = "";
  const begin = performance.now() + load.warmUpSeconds * 1000;
  const end = begin + load.seconds * 1000;

  async function converse(socket: Socket): Promise<void> {
    const exchange = createExchange(socket);
    // However slow the server is, one request at least is measured.
    for (let now = performance.now(); now < end || latencies.length === 0;) {
      const { status, body } = await exchange(nextRequest());
      const done = performance.now();
      answered++;
      errors += status === 200 && !body.includes('"errors"') ? 0 : 1;
      sample = body;
      if (now >= begin) {
        latencies.push(done - now);
      }
      now = done;
    }
    socket.destroy();
  }

  const cpu = process.cpuUsage();
  const sockets = Array.from({ length: load.connections }, () => connect(Number(port), hostname));
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  await Promise.all(sockets.map(converse));
  const { user, system } = process.cpuUsage(cpu);
  return {
    answered,
    errors,
    seconds: (performance.now() - begin) / 1000,
    latencies,
    cpuSeconds: (user + system) / 1e6,
    sample,
  };
}

function requestsOf({ url, token, query, variables = {}, uncached = false }: Load): () => string {
  const { host, pathname } = new URL(url);
  const request = (text: string): string => {
    const body = JSON.stringify({ query: text, variables });
    return `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\nauthorization: ${token}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  };
  if (!uncached) {
    const same = request(query);
    return () => same;
  }
  const run = Date.now();
  let sent = 0;
  return () => request(`# ${run} ${sent++}\n${query}`);
}

interface Reply {
  readonly status: number;
  readonly body: string;
}

function createExchange(socket: Socket): (request: string) => Promise<Reply> {
  let received = "";
  let settle: PromiseWithResolvers<Reply> | undefined;
  socket.setNoDelay(true);
  // One character a byte, so that content-length counts characters.
  socket.setEncoding("latin1");
  socket.on("error", (error) => settle?.reject(error));
  socket.on("close", () => settle?.reject(new Error("The server closed a connection")));
  socket.on("data", (chunk: string) => {
    received += chunk;
    const head = received.indexOf("\r\n\r\n");
    if (head < 0) {
      return;
    }
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(received.slice(0, head))?.[1]);
    if (received.length >= head + 4 + length) {
      settle?.resolve({ status: Number(received.slice(9, 12)), body: received.slice(head + 4) });
      received = "";
    }
  });
  return (request) => {
    settle = Promise.withResolvers();
    socket.write(request);
    return settle.promise;
  };
}
