import type { IncomingMessage } from "node:http";
import type { Presented } from "../model/caller.ts";
import type { Headers } from "../model/request.ts";

/** The credentials and headers of an HTTP request whose body is read already. */
export function presentedBy(request: IncomingMessage, body: Buffer, asked: Presented["asked"]): Presented {
  const { authorization, "x-api-key": key } = request.headers;
  return {
    credentials: { authorization, "x-api-key": typeof key === "string" ? key : undefined },
    sourceIp: sourceIpOf(request),
    signed: {
      message: {
        method: request.method ?? "",
        target: request.url ?? "",
        headers: request.headersDistinct,
      },
      body,
    },
    headers: contextHeaders(request),
    asked,
  };
}

export function sourceIpOf({ headersDistinct, socket }: IncomingMessage): string[] {
  const own = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  const forwarded = headersDistinct["x-forwarded-for"];
  if (forwarded === undefined) {
    return [own];
  }
  const hops = forwarded.flatMap((value) => value.split(",")).map((hop) => hop.trim());
  return [...hops.filter((hop) => hop !== ""), own];
}

/** ctx.request.headers: lower-case names, a repeated header as a list, no cookies. */
export function contextHeaders({ headersDistinct }: IncomingMessage): Headers {
  // A loop: this runs for each request, and lists of pairs cost three times as much.
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    const value = values.length > 1 ? values : (values[0] ?? "");
    if (name === "__proto__") {
      Object.defineProperty(headers, name, { value, enumerable: true });
    } else if (name !== "cookie") {
      headers[name] = value;
    }
  }
  return headers;
}
