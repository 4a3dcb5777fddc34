import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";

/** What happens to a request on its way. */
export type Fault =
  | { readonly answer: number; readonly body?: string }
  /** The connection breaks after so many bytes of the body. */
  | { readonly breakAfter: number }
  /** The request arrives, and the connection breaks instead of an answer. */
  | { readonly loseAnswer: true }
  /** The request waits. */
  | { readonly hold: Promise<unknown> };

export interface Passing {
  /** The GraphQL operation, or PUT and the like. */
  readonly name: string;
  readonly request: IncomingMessage;
  /** Of a GraphQL request. */
  readonly body: string;
}

export interface Proxy {
  readonly graphqlUrl: string;
  readonly close: () => void;
}

/**
 * A way to the API and to storage that fails on purpose. Signed URLs in answers name it, and it names the front door
 * again, as they are signed for that.
 */
export async function openProxy(
  { endpointUrl, graphqlUrl }: Pick<Ready, "endpointUrl" | "graphqlUrl">,
  faultOf: (passing: Passing) => Fault | undefined,
  rewrite: (name: string, answer: string) => string = (_, answer) => answer,
): Promise<Proxy> {
  const door = new URL(endpointUrl);
  const path = new URL(graphqlUrl).pathname;
  let origin = "";
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const isApi = request.url === path && request.method === "POST";
    const body = isApi ? Buffer.concat(await request.toArray()).toString() : "";
    const name = isApi ? (/(?:query|mutation) (\w+)/.exec(body)?.[1] ?? "") : (request.method ?? "");
    const fault = faultOf({ name, request, body });
    if (fault && "answer" in fault) {
      request.resume();
      response.writeHead(fault.answer, { "access-control-allow-origin": "*" }).end(fault.body);
      return;
    }
    if (fault && "breakAfter" in fault) {
      breakAfter(request, fault.breakAfter);
      return;
    }
    await (fault && "hold" in fault ? fault.hold : undefined);
    const answer = await forward(door, request, isApi ? body : undefined);
    if (fault && "loseAnswer" in fault) {
      response.destroy();
      return;
    }
    const headers = { ...answer.headers };
    delete headers["content-length"];
    const text = isApi && rewrite(name, answer.bytes.toString()).replaceAll(endpointUrl, origin);
    response.writeHead(answer.status, headers).end(text === false ? answer.bytes : text);
  };
  const server = http.createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    graphqlUrl: `${origin}${path}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly bytes: Buffer;
}

function forward(door: URL, request: IncomingMessage, body: string | undefined): Promise<Answer> {
  // The answer may be rewritten, so it must not be compressed.
  const headers = { ...request.headers, host: door.host, "accept-encoding": "identity" };
  const { method, url: path } = request;
  return new Promise((resolve, reject) => {
    const onward = http.request({ host: door.hostname, port: door.port, path, method, headers });
    onward.once("error", reject);
    onward.once("response", (answer) => {
      const { statusCode: status = 502 } = answer;
      answer.toArray().then((chunks: Buffer[]) => {
        resolve({ status, headers: answer.headers, bytes: Buffer.concat(chunks) });
      }, reject);
    });
    if (body !== undefined) {
      onward.end(body);
      return;
    }
    request.once("close", () => request.complete || onward.destroy());
    request.pipe(onward);
  });
}

function breakAfter(request: IncomingMessage, bytes: number): void {
  let seen = 0;
  request.on("data", (chunk: Buffer) => {
    seen += chunk.length;
    if (seen >= bytes) {
      request.destroy();
    }
  });
}
