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

/** A handler takes no more. AppSync's own limit for this source is not documented. */
const maxAnswerBytes = 5_242_880;

/** Sends the request of a request handler. The result has status, headers and body. */
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

// Each request has a connection of its own, so that none is open when the cloud stops.
const local = new Agent({ pipelining: 0 });
const open = new Agent({ pipelining: 0, connect: { lookup: publicLookup } });

/** Redirects are results too. They are not followed. */
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
    if (size > maxAnswerBytes) {
      throw new Error(`The answer is longer than ${maxAnswerBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function failed(message: string, type: string): Answer {
  return { result: null, error: { message, type } };
}
