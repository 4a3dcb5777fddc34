import type { IncomingMessage } from "node:http";
import type { Presented } from "../auth/caller.ts";
import type { Headers } from "../execute/execution.ts";

/** What an HTTP request shows of its caller, its body read already. */
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

export function sourceIpOf(request: IncomingMessage): string[] {
  const forwarded = request.headersDistinct["x-forwarded-for"] ?? [];
  const hops = forwarded.flatMap((value) => value.split(",")).map((hop) => hop.trim());
  return [...hops.filter((hop) => hop !== ""), (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "")];
}

/** ctx.request.headers: lower-case names, a repeated header as a list, no cookies. */
export function contextHeaders(request: IncomingMessage): Headers {
  return Object.fromEntries(
    Object.entries(request.headersDistinct).flatMap(([name, values = []]) =>
      name === "cookie" ? [] : [[name, values.length > 1 ? values : (values[0] ?? "")]],
    ),
  );
}
