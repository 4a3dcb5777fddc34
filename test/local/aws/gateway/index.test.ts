import http from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { describe, expect, it } from "@jest/globals";
import { SignatureV4 } from "@smithy/signature-v4";
import { createHash, createHmac } from "node:crypto";
import { failJson, readJson, sendJson } from "../../../../local/aws/gateway/json.ts";
import { createSts } from "../../../../local/aws/gateway/sts.ts";
import type { AnonymousCall, Call, Service } from "../../../../local/aws/service.ts";
import { openFrontDoor } from "../front-door.ts";
import type { FrontDoor } from "../front-door.ts";
import { accountId, graphOf, region, role, roleArn } from "../graph.ts";

/** Stands for S3: answers with what it was told, so that tests see what got through. */
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

function open(clock?: () => number): Promise<FrontDoor> {
  return openFrontDoor(graph, () => [objects, tables, createSts(graph)], clock && { clock });
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request exactly as written: fetch would normalise the path and refuse a Host of one's own. */
function send(
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

class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string);
  }
  update(data: Uint8Array) {
    this.#hash.update(data);
  }
  digest() {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }
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
async function sign(door: FrontDoor, draft: Draft): Promise<Record<string, string>> {
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

const target = {
  "x-amz-target": "DynamoDB_20120810.ListTables",
  "content-type": "application/x-amz-json-1.0",
};

describe("signed headers", () => {
  it("let an SDK client through, as its role", async () => {
    const door = await open();
    const client = new DynamoDBClient(door.client("worker"));
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(["ListTables", "role"]);
    client.destroy();
  });

  it("refuse a wrong secret, an unknown key and a wrong session token", async () => {
    const door = await open();
    const settings = door.client("worker");
    const failure = async (change: object) => {
      const client = new DynamoDBClient({ ...settings, credentials: { ...settings.credentials, ...change } });
      return client.send(new ListTablesCommand({})).catch((error: unknown) => error);
    };
    expect(await failure({ secretAccessKey: "wrong" })).toMatchObject({ name: "InvalidSignatureException" });
    expect(await failure({ accessKeyId: "ASIAOTHER" })).toMatchObject({
      name: "UnrecognizedClientException",
    });
    expect(await failure({ sessionToken: "other" })).toMatchObject({ name: "UnrecognizedClientException" });
    expect(await failure({ sessionToken: undefined })).toMatchObject({ name: "UnrecognizedClientException" });
  });

  it("refuse the same signature over another body, path, query or header", async () => {
    const door = await open();
    const headers = await sign(door, { headers: target });
    expect((await send(door, "POST", "/", headers, "{}")).status).toBe(200);
    expect((await send(door, "POST", "/", headers, '{"a":1}')).text).toContain("InvalidSignatureException");
    expect((await send(door, "POST", "/x", headers, "{}")).text).toContain("InvalidSignatureException");
    expect((await send(door, "POST", "/?a=1", headers, "{}")).text).toContain("InvalidSignatureException");
    const other = { ...headers, "x-amz-target": "DynamoDB_20120810.DeleteTable" };
    expect((await send(door, "POST", "/", other, "{}")).text).toContain("InvalidSignatureException");
  });

  it("cover the body even where no hash of it is sent", async () => {
    const door = await open();
    const headers = await sign(door, { headers: target, applyChecksum: false });
    expect(headers).not.toHaveProperty("x-amz-content-sha256");
    expect((await send(door, "POST", "/", headers, "{}")).status).toBe(200);
    expect((await send(door, "POST", "/", headers, "[]")).text).toContain("InvalidSignatureException");
    const s3 = await sign(door, { service: "s3", applyChecksum: false });
    expect((await send(door, "POST", "/", s3, "{}")).text).toContain("Missing required header");
  });

  it("must include every x-amz- header and host", async () => {
    const door = await open();
    const headers = await sign(door, { headers: target });
    const added = { ...headers, "x-amz-acl": "public-read" };
    expect((await send(door, "POST", "/", added, "{}")).text).toContain("were not signed");
    const authorization = headers["authorization"]?.replace("host;", "");
    expect((await send(door, "POST", "/", { ...headers, authorization }, "{}")).text).toContain(
      "host is not signed",
    );
  });

  it("hold for fifteen minutes either way", async () => {
    const now = Date.UTC(2026, 0, 1);
    const door = await open(() => now);
    const at = async (service: string, seconds: number) => {
      const draft = { service, method: "POST", headers: target, at: new Date(now + seconds * 1000) };
      return send(door, "POST", "/", await sign(door, draft), "{}");
    };
    expect((await at("dynamodb", 900)).status).toBe(200);
    expect((await at("dynamodb", -900)).status).toBe(200);
    expect((await at("dynamodb", 901)).text).toContain("InvalidSignatureException");
    expect((await at("s3", -901)).text).toContain("RequestTimeTooSkewed");
  });

  it("name the region and the service that they were made for", async () => {
    const door = await open();
    const abroad = await sign(door, { headers: target, region: "us-east-1" });
    expect((await send(door, "POST", "/", abroad, "{}")).text).toContain("expecting 'eu-west-1'");
    const unknown = await sign(door, { headers: target, service: "sns" });
    const answer = await send(door, "POST", "/", unknown, "{}");
    expect(answer.status).toBe(404);
    expect(answer.text).toContain('signing name \\"sns\\"');
  });

  it("cover repeated query keys, encoded paths and spaces in values, as the SDK signs them", async () => {
    const door = await open();
    const query = { list: ["b", "a", "a b"], "x y": "!'()*", plus: "1+1" };
    const headers = { "x-amz-meta-note": "two  spaces" };
    for (const service of ["s3", "dynamodb"]) {
      const path = "/bucket/na%20me/%C3%A9%2Bz";
      const signed = await sign(door, {
        service,
        path,
        query,
        method: "POST",
        headers: { ...target, ...headers },
      });
      const search = "list=b&list=a&list=a%20b&x%20y=%21%27%28%29%2A&plus=1%2B1";
      expect((await send(door, "POST", `${path}?${search}`, signed, "{}")).status).toBe(200);
    }
  });

  it("are refused where half of one is missing", async () => {
    const door = await open();
    const headers = await sign(door, { headers: target });
    for (const authorization of [
      "AWS4-HMAC-SHA256",
      "AWS4-HMAC-SHA256 Credential=a/b",
      "AWS4-ECDSA-P256-SHA256 Credential=a",
    ]) {
      const answer = await send(door, "POST", "/", { ...headers, authorization }, "{}");
      expect(answer.text).toContain("IncompleteSignatureException");
    }
  });
});

describe("presigned URLs", () => {
  const presign = async (door: FrontDoor, at: Date, expiresIn = 60) => {
    const client = new S3Client({ ...door.client("worker"), requestChecksumCalculation: "WHEN_REQUIRED" });
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket: "public", Key: "a b/ü+c.png" }), {
      expiresIn,
      signingDate: at,
    });
    const { pathname, search } = new URL(url);
    return pathname + search;
  };
  const now = Date.UTC(2026, 0, 1);

  it("open until they expire, and then say when", async () => {
    let time = now;
    const door = await open(() => time);
    const path = await presign(door, new Date(now));
    time = now + 60_000;
    expect(JSON.parse((await send(door, "GET", path)).text)).toMatchObject({
      path: "/public/a%20b/%C3%BC%2Bc.png",
      presigned: true,
    });
    time += 1;
    const expired = await send(door, "GET", path);
    expect(expired.status).toBe(403);
    expect(JSON.parse(expired.text)).toEqual({
      code: "AccessDenied",
      message: "Request has expired",
      details: { Expires: "2026-01-01T00:01:00.000Z", ServerTime: "2026-01-01T00:01:00.001Z" },
    });
  });

  it("are refused when anything in them changes", async () => {
    const door = await open(() => now);
    const path = await presign(door, new Date(now));
    const changes: [method: string, path: string, headers?: object][] = [
      ["PUT", path],
      ["GET", path.replace("/public/", "/private/")],
      ["GET", path.replace("X-Amz-Expires=60", "X-Amz-Expires=600")],
      ["GET", `${path}&versionId=1`],
      ["GET", path.replace(/.$/, (last) => (last === "0" ? "1" : "0"))],
      ["GET", path, { host: `localhost:${door.port}` }],
    ];
    for (const [method, changed, headers] of changes) {
      const answer = await send(door, method, changed, headers);
      expect([answer.status, answer.text]).toEqual([
        403,
        expect.stringMatching(/SignatureDoesNotMatch|AccessDenied/),
      ]);
    }
  });

  it("may not smuggle an x-amz- header", async () => {
    const door = await open(() => now);
    const answer = await send(door, "GET", await presign(door, new Date(now)), {
      "x-amz-acl": "public-read",
    });
    expect(answer.text).toContain("There were headers present in the request which were not signed");
  });

  it("live at most seven days, and start no earlier than now", async () => {
    const door = await open(() => now);
    const path = await presign(door, new Date(now));
    const longer = await send(door, "GET", path.replace("X-Amz-Expires=60", "X-Amz-Expires=604801"));
    expect(longer.text).toContain("between 1 and 604800");
    const early = await send(door, "GET", await presign(door, new Date(now + 3600_000)));
    expect(early.text).toContain("Request is not valid yet");
  });

  it("carry a body that is not signed, and one that is only if it is the same", async () => {
    const door = await open(() => now);
    const client = new S3Client({ ...door.client("worker"), requestChecksumCalculation: "WHEN_REQUIRED" });
    const put = await getSignedUrl(client, new PutObjectCommand({ Bucket: "public", Key: "k" }), {
      signingDate: new Date(now),
    });
    const { pathname, search } = new URL(put);
    expect(JSON.parse((await send(door, "PUT", pathname + search, {}, "any")).text)).toMatchObject({
      body: "any",
    });
    const signed = await sign(door, {
      service: "s3",
      method: "PUT",
      path: "/public/k",
      body: "this",
      at: new Date(now),
    });
    expect((await send(door, "PUT", "/public/k", signed, "this")).status).toBe(200);
    expect((await send(door, "PUT", "/public/k", signed, "that")).text).toContain(
      "XAmzContentSHA256Mismatch",
    );
  });
});

describe("without a signature", () => {
  it("only what a service opens is answered", async () => {
    const door = await open();
    expect((await send(door, "OPTIONS", "/public/k")).status).toBe(204);
    expect(await send(door, "GET", "/public/k")).toMatchObject({
      status: 403,
      text: expect.stringContaining("AccessDenied"),
    });
    expect(await send(door, "POST", "/", target, "{}")).toMatchObject({
      status: 403,
      text: expect.stringContaining("MissingAuthenticationTokenException"),
    });
  });

  it("a page's preflight for the JSON services is answered with the headers it asks for", async () => {
    const door = await open();
    const asked = {
      origin: "http://page",
      "access-control-request-method": "POST",
      "access-control-request-headers": "x-amz-target",
    };
    const answer = await send(door, "OPTIONS", "/", asked);
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": "*",
      "access-control-allow-headers": "x-amz-target",
    });
  });

  it("a bearer token is no signature", async () => {
    const door = await open();
    expect((await send(door, "GET", "/public/k", { authorization: "Bearer x" })).text).toContain(
      "AccessDenied",
    );
  });
});

describe("a path that a URL parser would change", () => {
  it.each(["/public/../private/k", "/public/%2e%2e/private", "/a\\b", "/%zz", "http://evil.example/"])(
    "%s is refused, not guessed at",
    async (path) => {
      const door = await open();
      const answer = await send(door, "GET", path);
      expect([answer.status, answer.text]).toEqual([400, expect.stringContaining("InvalidURI")]);
    },
  );
});

describe("GetCallerIdentity", () => {
  it("says whose keys they are", async () => {
    const door = await open();
    const body = "Action=GetCallerIdentity&Version=2011-06-15";
    const answer = await send(door, "POST", "/", await sign(door, { service: "sts", body }), body);
    expect(answer.text).toContain(`<Arn>arn:aws:sts::${accountId}:assumed-role/worker/local</Arn>`);
    expect(answer.text).toContain("<UserId>AROAWORKER:local</UserId>");
    const other = "Action=AssumeRole&Version=2011-06-15";
    const refused = await send(door, "POST", "/", await sign(door, { service: "sts", body: other }), other);
    expect(refused).toMatchObject({ status: 400, text: expect.stringContaining("InvalidAction") });
  });
});
