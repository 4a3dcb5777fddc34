import { addAbortSignal, type Readable } from "node:stream";
import { json } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { Sha256 } from "@smithy/core/checksum";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import type { AssetEvent } from "../../domain/event.ts";
import { assetEventSelection } from "../../domain/schema.ts";

export interface Publishing {
  /** The API's GraphQL endpoint. */
  readonly url: string;
  readonly region: string;
  /** The function's role, as Lambda gives it. */
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
}

/** Timeout of one try, in milliseconds. */
const timeout = 10_000;

/** The SDK's default. Subscribers recognize a repeated event by its number. */
const tries = 3;

/**
 * Subscribers get only the fields that this selects. It selects all fields of an event. One event has no alias: what
 * subscribers get of aliases is not documented.
 */
const single = `mutation Publish($input: AssetEventInput!) {
  publishAssetEvent(input: $input) { ${assetEventSelection} }
}`;

/** The fields of a mutation run one after another, so the events are published in order. */
const together = (names: readonly string[]): string =>
  `mutation Publish(${names.map((name) => `$${name}: AssetEventInput!`).join(", ")}) {
  ${names.map((name) => `${name}: publishAssetEvent(input: $${name}) { ${assetEventSelection} }`).join("\n  ")}
}`;

function bodyOf(events: readonly AssetEvent[]): object {
  if (events.length === 1) {
    return { query: single, variables: { input: events[0] } };
  }
  const inputs = events.map((event, index) => [`event${index}`, event] as const);
  return { query: together(inputs.map(([name]) => name)), variables: Object.fromEntries(inputs) };
}

/** Publishes events of one owner, in order, through the mutation that only the relay's role may call. */
export function publisher({
  url,
  region,
  credentials,
}: Publishing): (events: readonly AssetEvent[]) => Promise<void> {
  const signer = new SignatureV4({ service: "appsync", region, credentials, sha256: Sha256 });
  const http = new NodeHttpHandler();
  const { protocol, hostname, port, host, pathname } = new URL(url);

  return async (events) => {
    const request = new HttpRequest({
      method: "POST",
      protocol,
      hostname,
      ...(port && { port: Number(port) }),
      path: pathname,
      headers: { "content-type": "application/json", host },
      body: JSON.stringify(bodyOf(events)),
    });
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { headers } = await signer.sign(request);
        await send(http, Object.assign(HttpRequest.clone(request), { headers }));
        return;
      } catch (error) {
        if (attempt === tries) {
          throw error;
        }
        await pause(100 * 2 ** attempt * Math.random());
      }
    }
  };
}

async function send(http: NodeHttpHandler, request: HttpRequest): Promise<void> {
  const abortSignal = AbortSignal.timeout(timeout);
  const { response } = await http.handle(request, { abortSignal });
  const { errors } = (await json(addAbortSignal(abortSignal, response.body as Readable))) as {
    errors?: { errorType?: string; message?: string }[];
  };
  if (response.statusCode !== 200 || errors?.length) {
    throw new Error(
      `Publishing failed with status ${response.statusCode}: ${errors?.[0]?.errorType} ${errors?.[0]?.message}`,
    );
  }
}
