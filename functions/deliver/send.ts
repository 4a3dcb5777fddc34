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

/** Milliseconds until a connection must stand, until the answer must be there, and for what follows its head. */
export interface Limits {
  readonly connect: number;
  readonly answer: number;
  readonly rest: number;
}

export interface Sending {
  readonly rules: DestinationRules;
  readonly limits?: Limits;
  /** Called with the error, for the operator's log. Users never see it. */
  readonly failed: (url: string, error: unknown) => void;
}

const usualLimits: Limits = { connect: 3_000, answer: 15_000, rest: 1_000 };

/** Bytes of an answer that are read. */
const mostBytes = 65_536;

/**
 * Posts one message and gives the status. A new connection each time, to an address that was checked as the name was
 * resolved for this very connection: a name that changes between check and use gains nothing. No redirect is
 * followed, no proxy asked, nothing decompressed.
 */
export const sender =
  ({ rules, limits = usualLimits, failed }: Sending) =>
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
    // An agent of its own: no connection is kept, none is shared.
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

/** Node does not call it for address literals: `destinationOf` has checked those. */
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

/** Reads a short answer to its end. A long or slow one is cut off; its status counts. */
async function readSome(answer: IncomingMessage, limit: number): Promise<void> {
  const late = setTimeout(() => answer.destroy(), limit);
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      bytes += (chunk as Buffer).length;
      if (bytes > mostBytes) {
        break;
      }
    }
  } catch {
    // The status is known already.
  } finally {
    clearTimeout(late);
    answer.destroy();
  }
}
