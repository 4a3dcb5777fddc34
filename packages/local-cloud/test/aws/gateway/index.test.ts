import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "@jest/globals";
import { accountId } from "../graph.ts";
import { open, send, sign, target } from "./support.ts";

describe("a client of the query protocol", () => {
  it.each(["iam", "sns"])("reads an error of %s, which does not run here, as XML", async (service) => {
    const door = await open();
    const form = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    const headers = await sign(door, { headers: form, service });
    const answer = await send(door, "POST", "/", headers, "{}");
    expect(answer.status).toBe(404);
    expect(answer.text).toMatch(
      /^<ErrorResponse [^>]*><Error><Type>Sender<\/Type><Code>UnknownService<\/Code><Message>.*&quot;(iam|sns)&quot;/,
    );
  });
});

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

  it("are refused with a scope of another day, and beside a signature in the query", async () => {
    const door = await open();
    const headers = await sign(door, { headers: target });
    const authorization = headers["authorization"]?.replace(/\/\d{8}\//, "/20200101/");
    expect((await send(door, "POST", "/", { ...headers, authorization }, "{}")).text).toContain(
      "X-Amz-Date is missing or not the scope's",
    );
    expect((await send(door, "POST", "/?X-Amz-Signature=x", headers, "{}")).text).toContain(
      "only one of header and query may be signed",
    );
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
