import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Iam } from "../../../src/aws/iam/index.ts";
import { createS3 } from "../../../src/aws/s3/index.ts";
import { AwsError, type Call } from "../../../src/base/service.ts";
import { graphOf, region, roleArn, silentLog, temporaryStorage } from "../graph.ts";
import { bucket, textOf } from "./support.ts";

/** S3 by itself, with anyone allowed: requests reach it that the front door would turn away. */
describe("S3 without a front door", () => {
  const closes: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closes.splice(0)) {
      await close();
    }
  });

  async function serve() {
    const s3 = createS3({
      graph: graphOf(bucket),
      iam: { authorize: () => undefined } as unknown as Iam,
      storage: temporaryStorage(),
      region,
      clock: Date.now,
      log: silentLog,
      notify: () => Promise.resolve(),
    });
    const faults: unknown[] = [];
    const server = http.createServer((request, response) => {
      const url = new URL("http://localhost/");
      url.search = /\?.*$/.exec(request.url ?? "")?.[0] ?? "";
      const call: Call = {
        principal: { kind: "role", roleArn: roleArn("any"), sessionArn: `${roleArn("any")}/s` },
        service: "s3",
        region,
        url,
        request,
        response,
        presigned: true,
        signedAt: new Date(),
        payloadHash: String(request.headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD"),
        body: async () => Buffer.concat(await (request as AsyncIterable<Buffer> & typeof request).toArray()),
      };
      s3.handle(call).catch((error: unknown) => {
        if (!(error instanceof AwsError)) {
          faults.push(error);
        }
        const known = error instanceof AwsError ? error : new AwsError("InternalError", String(error), 500);
        s3.fail(response, known, url);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    // One connection: an answer that leaves it unusable fails the next request.
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const exchange = async (
      method: string,
      path: string,
      headers: Record<string, string> = {},
      body = "",
    ) => {
      const length = headers["transfer-encoding"] === undefined && {
        "content-length": Buffer.byteLength(body),
      };
      const framed = { ...headers, ...length };
      const request = http.request({ host: "127.0.0.1", port, method, path, headers: framed, agent });
      request.end(body);
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      const chunks = (await response.toArray()) as Buffer[];
      return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
    };
    const close = async () => {
      agent.destroy();
      server.close();
      server.closeAllConnections();
      await s3.stop();
    };
    closes.push(close);
    return { exchange, faults };
  }

  it("takes keys with dots for what they are: names, not ways out of the folder", async () => {
    const { exchange } = await serve();
    const keys = ["../../../etc/passwd", "..", ".", "a/../b", "%2e%2e/c", "..%2f..%2fd"];
    for (const key of keys) {
      expect((await exchange("PUT", `/pictures/${key}`, {}, key)).status).toBe(200);
    }
    for (const key of keys) {
      expect((await exchange("GET", `/pictures/${key}`)).text).toBe(key);
    }
    const { text } = await exchange("GET", "/pictures?list-type=2");
    expect([...text.matchAll(/<Key>([^<]*)</g)].map(([, key]) => key)).toEqual(
      ["../../../etc/passwd", "..", ".", "a/../b", "../c", "../../d"].sort(),
    );
  });

  it.each([
    ["signed chunks", { "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" }, "NotImplemented"],
    ["another body than was signed", { "x-amz-content-sha256": "0".repeat(64) }, "XAmzContentSHA256Mismatch"],
    ["no length", { "transfer-encoding": "chunked" }, "NotImplemented"],
    [
      "aws-chunked that breaks off",
      { "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-decoded-content-length": "1" },
      "InvalidRequest",
    ],
    [
      "fewer bytes than were announced",
      { "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-decoded-content-length": "2" },
      "IncompleteBody",
      "1\r\nx\r\n0\r\n\r\n",
    ],
    [
      "more bytes than were announced",
      { "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-decoded-content-length": "0" },
      "IncompleteBody",
      "1\r\nx\r\n0\r\n\r\n",
    ],
    [
      "two checksums",
      { "x-amz-checksum-crc32": "AAAAAA==", "x-amz-checksum-crc32c": "AAAAAA==" },
      "InvalidRequest",
    ],
    ["an unknown trailer", { "x-amz-trailer": "x-other" }, "InvalidRequest"],
  ])("refuses %s", async (_, headers: Record<string, string>, code, body = "x\n") => {
    const { exchange } = await serve();
    expect(textOf((await exchange("PUT", "/pictures/k", headers, body)).text, "Code")).toBe(code);
  });

  it("answers before a body that it refuses has ended, and takes the next request on the same connection", async () => {
    const { exchange } = await serve();
    const headers = {
      "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      "x-amz-decoded-content-length": "5",
    };
    for (const body of ["x".repeat(4_000_000), `3d0900\r\n${"x".repeat(4_000_000)}`]) {
      expect((await exchange("PUT", "/pictures/k", headers, body)).status).toBe(400);
      expect((await exchange("GET", "/pictures/k")).status).toBe(404);
    }
  });

  it("answers any request with an error or a result, never with a fault of its own", async () => {
    const { exchange, faults } = await serve();
    const method = fc.constantFrom("GET", "PUT", "POST", "DELETE", "HEAD", "PATCH");
    const path = fc.constantFrom(
      "/",
      "/pictures",
      "/pictures/k",
      "/pictures/%ff",
      "/none/k",
      "/pictures/%00",
      "//",
    );
    const name = fc.constantFrom(
      ...[
        "delete",
        "uploads",
        "uploadId",
        "partNumber",
        "list-type",
        "max-keys",
        "prefix",
        "delimiter",
        "acl",
      ],
      ...[
        "continuation-token",
        "encoding-type",
        "response-expires",
        "x-amz-meta-a",
        "x-amz-copy-source",
        "constructor",
      ],
      ...[
        "x-amz-checksum-crc32",
        "x-amz-tagging",
        "x-amz-metadata-directive",
        "part-number-marker",
        "__proto__",
      ],
    );
    const value = fc.oneof(
      fc.constantFrom("", "1", "2", "*", "url", "pictures/k", "\r\n"),
      fc.string({ unit: "binary" }),
    );
    const header = fc.constantFrom(
      ...[
        "range",
        "if-match",
        "if-none-match",
        "if-modified-since",
        "if-range",
        "content-md5",
        "x-amz-trailer",
        "origin",
      ],
      ...[
        "x-amz-copy-source",
        "x-amz-checksum-sha256",
        "x-amz-sdk-checksum-algorithm",
        "x-amz-meta-b",
        "constructor",
      ],
      ...[
        "x-amz-content-sha256",
        "x-amz-decoded-content-length",
        "x-amz-checksum-type",
        "x-amz-checksum-algorithm",
      ],
    );
    const text = fc.oneof(
      fc.constantFrom(
        "bytes=0-0",
        "bytes=-1",
        "*",
        '"a"',
        "CRC32",
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "%",
        "1",
      ),
      fc.string().map((raw) => raw.trim()),
    );
    const xml = fc.constantFrom(
      ...[
        "<Delete><Object><Key>a</Key></Object></Delete>",
        "<Delete",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><Delete>&b;</Delete>",
      ],
      ...[
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>",
      ],
      ...[
        "<a>".repeat(10_000),
        "<a/>".repeat(1000),
        "",
        "5\r\nhello\r\n0\r\n\r\n",
        "<Delete>&#x110000;</Delete>",
      ],
    );
    await fc.assert(
      fc.asyncProperty(
        method,
        path,
        fc.array(fc.tuple(name, value), { maxLength: 3 }),
        fc.array(fc.tuple(header, text), { maxLength: 3 }),
        fc.oneof(xml, fc.string()),
        async (verb, place, query, headers, body) => {
          const search = query.map(([key, item]) => `${key}=${encodeURIComponent(item)}`).join("&");
          const answer = await exchange(verb, `${place}?${search}`, Object.fromEntries(headers), body);
          expect(answer.status).toBeLessThan(502);
          expect(faults).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });
});
