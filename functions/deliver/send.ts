import { request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import type { LookupFunction } from "node:net";
import {
  addressesOf,
  type Destination,
  destinationOf,
  type DestinationRules,
  isAllowed,
  RefusedDestination,
} from "../shared/destination.ts";
import type { Answer, Message } from "./deliver.ts";
import { retryAfterOf } from "./schedule.ts";

/** Timeouts in milliseconds. */
export interface Limits {
  /** Until the connection is open. */
  readonly connect: number;
  /** Until the head of the answer has arrived. */
  readonly answer: number;
  /** For the body of the answer. */
  readonly rest: number;
}

export interface Sending {
  readonly rules: DestinationRules;
  readonly limits?: Limits;
  /** Called with the error, for the operator's log. Users never see it. */
  readonly failed: (url: string, error: unknown) => void;
}

const defaultLimits: Limits = { connect: 3_000, answer: 15_000, rest: 1_000 };

/** Maximum number of bytes that are read of an answer. */
const maxBytes = 65_536;

/**
 * Posts one message and returns the status. Each message has a new connection. The address is checked when the name is
 * resolved for this connection, so that a name cannot change between check and use. Redirects are not followed, proxies
 * are not used, and nothing is decompressed.
 */
export const sender =
  ({ rules, limits = defaultLimits, failed }: Sending) =>
  async (message: Message): Promise<Answer> => {
    try {
      const answer = await post(message, rules, limits);
      const status = answer.statusCode ?? 0;
      const retryAfter = retryAfterOf(answer.headers["retry-after"], Date.now());
      await readSome(answer, limits.rest);
      return { status, retryAfter };
    } catch (error) {
      failed(message.url, error);
      return { status: 0 };
    }
  };

function post(
  { url: text, body, headers }: Message,
  rules: DestinationRules,
  limits: Limits,
): Promise<IncomingMessage> {
  const destination = destinationOf(text, rules);
  const { url, loopback } = destination;
  const options: RequestOptions = {
    method: "POST",
    // Connections are neither kept nor shared.
    agent: false,
    lookup: checkedLookup(destination, rules),
    signal: AbortSignal.timeout(limits.answer),
    rejectUnauthorized: true,
    headers: {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "user-agent": "Darkroom/1",
      ...headers,
    },
  };
  return new Promise((resolve, reject) => {
    const request = loopback ? httpRequest(url, options) : httpsRequest(url, options);
    request.once("response", resolve).once("error", reject);
    guard(request, loopback, limits.connect);
    request.end(body);
  });
}

/** Destroys a connection that takes too long to open, or that leads to an address that is not allowed. */
export function guard(request: ClientRequest, loopback: boolean, limit: number): void {
  const late = setTimeout(() => request.destroy(new Error("No connection in time")), limit);
  request.once("close", () => clearTimeout(late));
  request.once("socket", (socket) => {
    socket.once("connect", () => {
      if (!isAllowed(socket.remoteAddress ?? "", loopback)) {
        request.destroy(new RefusedDestination("connected to an address that is not allowed"));
      }
    });
    socket.once(loopback ? "connect" : "secureConnect", () => clearTimeout(late));
  });
}

/** Node.js does not call it for address literals, which `destinationOf` has checked. */
const checkedLookup =
  (destination: Destination, rules: DestinationRules): LookupFunction =>
  (_, options, callback) => {
    addressesOf(destination, rules).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all) {
          callback(null, [...addresses]);
        } else {
          callback(null, first?.address ?? "", first?.family);
        }
      },
      (error: unknown) => callback(error as Error, ""),
    );
  };

/** Reads a short answer to its end, and stops reading a long or slow one. Its status counts in any case. */
async function readSome(answer: IncomingMessage, limit: number): Promise<void> {
  const late = setTimeout(() => answer.destroy(), limit);
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      bytes += (chunk as Buffer).length;
      if (bytes > maxBytes) {
        break;
      }
    }
  } catch {
    // The status is already known.
  } finally {
    clearTimeout(late);
    answer.destroy();
  }
}
