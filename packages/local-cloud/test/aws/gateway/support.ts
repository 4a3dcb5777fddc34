import http, { type IncomingHttpHeaders } from "node:http";
import { SignatureV4 } from "@smithy/signature-v4";
import { failJson, readJson, sendJson } from "../../../src/aws/gateway/json.ts";
import { createSts } from "../../../src/aws/gateway/sts.ts";
import type { AnonymousCall, Call, Service } from "../../../src/base/service.ts";
import { Sha256 } from "@smithy/core/checksum";
import { type FrontDoor, openFrontDoor } from "../front-door.ts";
import { graphOf, region, role, roleArn } from "../graph.ts";

/** In place of S3: answers with what it received, so that tests see what passed. */
const objects: Service = {
  scopes: ["s3"],
  async handle(call: Call) {
    const body = await call.body();
    sendJson(call.response, { path: call.url.pathname, presigned: call.presigned, body: body.toString() });
  },
  fail(response, { code, message, status, details }) {
    sendJson(response, { code, message, details }, status);
  },
  anonymous: {
    accepts: (request, url) => request.method === "OPTIONS" && url.pathname.startsWith("/public/"),
    handle({ response }: AnonymousCall) {
      response.writeHead(204).end();
      return Promise.resolve();
    },
  },
};

const tables: Service = {
  scopes: ["dynamodb"],
  async handle(call) {
    const { operation } = await readJson(call);
    sendJson(call.response, { TableNames: [operation, call.principal.kind] });
  },
  fail: failJson,
};

const graph = graphOf(...role("worker"));

export function open(clock?: () => number): Promise<FrontDoor> {
  return openFrontDoor(graph, () => [objects, tables, createSts(graph)], clock && { clock });
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request exactly as written: fetch would normalise the path and refuse a Host of one's own. */
export function send(
  door: FrontDoor,
  method: string,
  path: string,
  headers: object = {},
  body = "",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host: "127.0.0.1", port: door.port, method, path, headers: { ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    request.on("error", reject).end(body);
  });
}

interface Draft {
  readonly service?: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: Record<string, string | string[]>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly at?: Date;
  readonly region?: string;
  readonly applyChecksum?: boolean;
}

/** Headers that the SDK's own signer makes for a request. */
export async function sign(door: FrontDoor, draft: Draft): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    service: draft.service ?? "dynamodb",
    region: draft.region ?? region,
    credentials: door.iam.credentials(roleArn("worker")),
    sha256: Sha256,
    applyChecksum: draft.applyChecksum ?? true,
    uriEscapePath: draft.service !== "s3",
  });
  const request = {
    protocol: "http:",
    hostname: "127.0.0.1",
    port: door.port,
    method: draft.method ?? "POST",
    path: draft.path ?? "/",
    query: draft.query ?? {},
    headers: { host: `127.0.0.1:${door.port}`, ...draft.headers },
    body: draft.body ?? "{}",
  };
  return (await signer.sign(request, { signingDate: draft.at ?? new Date() })).headers;
}

export const target = {
  "x-amz-target": "DynamoDB_20120810.ListTables",
  "content-type": "application/x-amz-json-1.0",
};
