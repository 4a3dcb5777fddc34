import type { IncomingMessage } from "node:http";
import { splitTarget } from "../../aws/gateway/canonical.ts";
import type { Presented } from "../model/caller.ts";
import { contextHeaders, sourceIpOf } from "../http/presented.ts";
import { parseBody } from "../http/graphql-request.ts";
import type { Headers } from "../model/request.ts";
import { badRequest } from "../refusal.ts";
import { lowerCased } from "./protocol.ts";

type HeaderObject = Readonly<Record<string, string>>;

/**
 * The headers that authorise the connection, from the query string, from the subprotocol `header-<base64url>`, or from
 * the HTTP headers. Throws `Refusal` for other than JSON in base64.
 */
export function handshakeHeaders(request: IncomingMessage): HeaderObject {
  const [, query] = splitTarget(request.url ?? "");
  // URLSearchParams decodes an unescaped plus sign as a space.
  const parameter = new URLSearchParams(query).get("header")?.replaceAll(" ", "+");
  const protocol = protocolsOf(request).find((one) => one.startsWith("header-"));
  const encoded = parameter ?? protocol?.slice("header-".length);
  if (encoded === undefined || encoded === "") {
    return Object.fromEntries(
      Object.entries(request.headersDistinct).map(([name, values = []]) => [name, values.join(",")]),
    );
  }
  try {
    // Node's decoder takes both alphabets, padded or not.
    return lowerCased(JSON.parse(Buffer.from(encoded, "base64").toString()));
  } catch {
    throw badRequest("The headers of the handshake are not JSON in base64.");
  }
}

export function protocolsOf(request: IncomingMessage): string[] {
  return (request.headers["sec-websocket-protocol"] ?? "").split(",").map((one) => one.trim());
}

/** What a caller presents with the handshake of a socket. A signature is that of an empty POST. */
export function presentedToConnect(request: IncomingMessage, path: string): Presented {
  const asked = () => ({ query: "", operationName: undefined, variables: {} });
  return presentedIn(handshakeHeaders(request), `${path}/connect`, "{}", request, asked);
}

/** What a caller presents with a `start`. `data` is the operation, and `path` the path of the API. */
export function presentedToStart(
  headers: HeaderObject,
  { path, data }: { readonly path: string; readonly data: string },
  request: IncomingMessage,
): Presented {
  return presentedIn(headers, path, data, request, () => parseBody(data));
}

function presentedIn(
  headers: HeaderObject,
  path: string,
  body: string,
  request: IncomingMessage,
  asked: Presented["asked"],
): Presented {
  const { authorization, "x-api-key": key } = headers;
  return {
    credentials: { authorization, "x-api-key": key },
    sourceIp: sourceIpOf(request),
    signed: {
      message: {
        method: "POST",
        target: path,
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      },
      body: Buffer.from(body),
    },
    headers: subscriptionHeaders(request, headers),
    asked,
  };
}

/** ctx.request.headers of a subscription: those of the handshake, and those of `start`. */
export function subscriptionHeaders(request: IncomingMessage, authorization: HeaderObject): Headers {
  const headers = Object.entries(contextHeaders(request));
  // This header may contain a token.
  const safe = headers.filter(([name]) => name !== "sec-websocket-protocol");
  return { ...Object.fromEntries(safe), ...authorization };
}
