import { Agent, request as send } from "undici";
import type { Clock } from "../../../base/service.ts";
import type { Answer, DataSource } from "../../model/source.ts";
import { publicLookup, type Target } from "./address.ts";
import { type HttpRequest, parseRequest } from "./request.ts";
import { type Signing, signedHeaders } from "./sign.ts";

export interface HttpBackend {
  readonly target: Target;
  readonly signing: Signing | undefined;
  readonly clock: Clock;
}

/** Bytes of an answer: what a handler takes. AppSync's own limit of this source is not documented. */
const longestAnswer = 5_242_880;

/** Sends what a request handler describes, and hands status, headers and body to the response handler. */
export function httpSource({ target, signing, clock }: HttpBackend): DataSource {
  const dispatcher = target.isLocal ? local : open;
  return {
    run(request, { execution: { deadline } }) {
      const parsed = parseRequest(request, target.base);
      const headers = signing ? signedHeaders(parsed, signing, clock()) : parsed.headers;
      return deadline.race(answer({ ...parsed, headers }, dispatcher, deadline.signal), late);
    },
  };
}

// A connection for each request: none stays open when the cloud stops.
const local = new Agent({ pipelining: 0 });
const open = new Agent({ pipelining: 0, connect: { lookup: publicLookup } });

/** Redirects are answers like any other: they are not followed. */
async function answer(
  { method, url, headers, body }: HttpRequest,
  dispatcher: Agent,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const response = await send(url, {
      ...{ method: method as "GET", headers, dispatcher, signal },
      ...(body !== undefined && { body }),
    });
    const text = await readText(response.body);
    const given = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(", ")]);
    return {
      result: { statusCode: response.statusCode, headers: Object.fromEntries(given) as unknown, body: text },
    };
  } catch (error) {
    if (signal.aborted) {
      return late();
    }
    return failed(error instanceof Error ? error.message : String(error), "Http:HttpRequestException");
  }
}

const late = () => failed("Execution timed out.", "Http:ExecutionTimeoutException");

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > longestAnswer) {
      throw new Error(`The answer is longer than ${longestAnswer} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function failed(message: string, type: string): Answer {
  return { result: null, error: { message, type } };
}
