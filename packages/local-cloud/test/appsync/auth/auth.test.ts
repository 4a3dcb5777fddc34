import { describe, expect, it } from "@jest/globals";
import { iamAuthenticator } from "../../../src/appsync/auth/iam.ts";
import { sha256 } from "../../../src/aws/gateway/canonical.ts";
import { allow, resource } from "../../aws/graph.ts";
import {
  type Answer,
  apiArn,
  type ApiDescription,
  apiGraph,
  appsyncRole,
  echo,
  serve,
  token,
} from "../../../../../test/support/appsync.ts";

const pools = {
  authenticationType: "AMAZON_COGNITO_USER_POOLS",
  userPoolConfig: { userPoolId: "eu-west-1_pool", defaultAction: "ALLOW" },
};
const onlyPools = { ...pools, additionalAuthenticationProviders: [] };
const poolsAndIam = { ...pools, additionalAuthenticationProviders: [{ authenticationType: "AWS_IAM" }] };

const denied = (field: string, type = "Query") => ({
  path: [field],
  data: null,
  errorType: "Unauthorized",
  errorInfo: null,
  locations: [{ line: 1, column: 3, sourceName: null }],
  message: `Not Authorized to access ${field} on type ${type}`,
});

const fields = (
  schema: string,
  api: NonNullable<ApiDescription["api"]>,
  more: NonNullable<ApiDescription["more"]> = [],
) => {
  const names = [...(/type Query [^{]*{([^}]*)}/.exec(schema)?.[1] ?? "").matchAll(/^\s*(\w+)/gm)].map(
    ([, name]) => name,
  );
  const resolvers = Object.fromEntries(names.map((name) => [`Query.${name ?? ""}`, echo("'ok'")]));
  return serve(apiGraph({ schema, resolvers, api, more }));
};

describe("with one mode", () => {
  const schema = `type Query {
    open: String
    admins: String @aws_auth(cognito_groups: ["admins"])
    chiefs: String! @aws_auth(cognito_groups: ["chiefs", "admins"])
    staff: String @aws_cognito_user_pools(cognito_groups: ["admins", "staff"])
    users: String @aws_cognito_user_pools
  }`;

  it("a field without a directive is for every authenticated caller", async () => {
    const api = await fields(schema, onlyPools);
    expect(await api.query("{ open }")).toEqual({ data: { open: "ok" } });
  });

  it("@aws_auth refuses other groups, and a refused non-null field makes data null", async () => {
    const api = await fields(schema, onlyPools);
    expect(await api.query("{ admins }")).toEqual({ data: { admins: null }, errors: [denied("admins")] });
    expect(await api.query("{ chiefs }")).toEqual({ data: null, errors: [denied("chiefs")] });
    const others = token({ groups: ["admin", "staff", "admins2"] });
    expect(await api.query("{ admins }", {}, others)).toEqual({
      data: { admins: null },
      errors: [denied("admins")],
    });
    const admin = token({ groups: ["admins"] });
    expect(await api.query("{ chiefs }", {}, admin)).toEqual({ data: { chiefs: "ok" } });
  });

  it("@aws_cognito_user_pools with groups refuses everybody, as on AWS, with a warning", async () => {
    const api = await fields(schema, onlyPools);
    const staff = token({ groups: ["staff"] });
    expect(await api.query("{ staff }", {}, staff)).toEqual({
      data: { staff: null },
      errors: [denied("staff")],
    });
    expect(await api.query("{ users }", {}, staff)).toEqual({ data: { users: "ok" } });
    expect(api.started).toEqual([
      {
        level: "warn",
        message: expect.stringMatching(
          /^@aws_cognito_user_pools with groups on Query\.staff refuses everybody/,
        ),
        fields: {},
      },
    ]);
  });

  it("@aws_auth below the root types protects nothing, as on AWS, with a warning", async () => {
    const sdl = `type Query { thing: Thing @aws_auth(cognito_groups: ["staff"]) }
      type Thing { secret: String @aws_auth(cognito_groups: ["admins"]) }`;
    const resolvers = { "Query.thing": echo("({ secret: 's' })") };
    const api = await serve(apiGraph({ schema: sdl, resolvers, api: onlyPools }));
    const staff = token({ groups: ["staff"] });
    expect(await api.query("{ thing { secret } }", {}, staff)).toEqual({ data: { thing: { secret: "s" } } });
    expect(await api.query("{ thing { secret } }")).toMatchObject({ data: { thing: null } });
    expect(api.started.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^@aws_auth on Thing\.secret protects nothing.*: it has an effect on fields of Query/,
      ),
    ]);
  });

  it("the keys of an error have AppSync's order", async () => {
    const { errors } = await (await fields(schema, onlyPools)).query("{ admins }");
    expect(Object.keys((errors ?? [])[0] as object)).toEqual([
      "path",
      "data",
      "errorType",
      "errorInfo",
      "locations",
      "message",
    ]);
  });

  it("DENY allows only fields with a directive", async () => {
    const deny = { ...onlyPools, userPoolConfig: { userPoolId: "eu-west-1_pool", defaultAction: "DENY" } };
    const api = await fields(schema, deny);
    expect(await api.query("{ open }")).toEqual({ data: { open: null }, errors: [denied("open")] });
    expect(await api.query("{ admins }", {}, token({ groups: ["admins"] }))).toEqual({
      data: { admins: "ok" },
    });
  });

  it("a valid token of another pool is refused", async () => {
    const api = await fields(schema, onlyPools);
    const headers = { authorization: token({ pool: "eu-west-1_other" }) };
    const answer = await api.fetch({ body: JSON.stringify({ query: "{ open }" }), headers });
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 401,
      body: {
        errors: [
          {
            errorType: "UnauthorizedException",
            message: "You are not authorized to make this call.",
          },
        ],
      },
    });
  });

  it("a pattern restricts the clients", async () => {
    const narrow = { ...onlyPools, userPoolConfig: { ...pools.userPoolConfig, appIdClientRegex: "^web$" } };
    const api = await fields(schema, narrow);
    expect(await api.query("{ open }", {}, token({ clientId: "web" }))).toEqual({ data: { open: "ok" } });
    expect(await api.query("{ open }", {}, token({ clientId: "tv" }))).toEqual({
      errors: [{ errorType: "UnauthorizedException", message: "You are not authorized to make this call." }],
    });
  });
});

describe("with several modes", () => {
  const schema = `type Query {
    standard: String
    auth: String @aws_auth(cognito_groups: ["admins"])
    both: String @aws_iam @aws_cognito_user_pools
    service: String @aws_iam
    typed: Thing @aws_iam @aws_cognito_user_pools
  }
  type Thing @aws_iam { a: String b: String @aws_cognito_user_pools }`;
  const anyField = appsyncRole("service", allow("appsync:GraphQL", `${apiArn}/types/Query/*`));

  async function asService(query: string): Promise<Answer> {
    const api = await fields(schema, poolsAndIam, anyField);
    const body = JSON.stringify({ query });
    return (await (await api.fetch({ body, headers: await api.signed("service", body) })).json()) as Answer;
  }

  it("a field without a directive is for the default mode only", async () => {
    expect(await asService("{ standard }")).toEqual({
      data: { standard: null },
      errors: [denied("standard")],
    });
    expect(await asService("{ both }")).toEqual({ data: { both: "ok" } });
  });

  it("a user may not read fields of roles", async () => {
    const api = await fields(schema, poolsAndIam);
    expect(await api.query("{ service }")).toEqual({ data: { service: null }, errors: [denied("service")] });
  });

  it("@aws_auth is ignored, as AppSync ignores it", async () => {
    const api = await fields(schema, poolsAndIam);
    expect(await api.query("{ auth }")).toEqual({ data: { auth: "ok" } });
  });

  it("a directive of a type is for its fields, unless a field has its own", async () => {
    const resolvers = { "Query.typed": echo("({ a: '1', b: '2' })") };
    const api = await serve(apiGraph({ schema, resolvers, api: poolsAndIam, more: anyField }));
    const { data, errors } = await api.query("{ typed { a b } }");
    expect(data).toEqual({ typed: { a: null, b: "2" } });
    expect(errors).toMatchObject([
      { path: ["typed", "a"], message: "Not Authorized to access a on type Thing" },
    ]);
  });

  it("a token for a mode that is not declared is refused", async () => {
    const api = await fields(schema, { authenticationType: "AWS_IAM" });
    expect(await api.query("{ standard }")).toMatchObject({
      errors: [{ errorType: "UnauthorizedException" }],
    });
  });
});

describe("IAM", () => {
  const schema = `type Query { a: String b: String me: AWSJSON }`;
  const iam = { authenticationType: "AWS_IAM", additionalAuthenticationProviders: [] };
  const reader = appsyncRole(
    "reader",
    allow("appsync:GraphQL", [`${apiArn}/types/Query/fields/a`, `${apiArn}/types/Query/fields/me`]),
  );
  const outsider = appsyncRole("outsider", allow("s3:GetObject", "*"));
  const open = () =>
    serve(
      apiGraph({
        schema,
        resolvers: { "Query.a": echo("'ok'"), "Query.b": echo("'ok'"), "Query.me": echo("ctx.identity") },
        api: iam,
        more: [...reader, ...outsider],
      }),
    );

  it("is granted for each field of a root type by name", async () => {
    const api = await open();
    const body = JSON.stringify({ query: "{ a b }" });
    const response = await api.fetch({ body, headers: await api.signed("reader", body) });
    expect(await response.json()).toEqual({
      data: { a: "ok", b: null },
      errors: [{ ...denied("b"), locations: [{ line: 1, column: 5, sourceName: null }] }],
    });
  });

  it("refuses the request of a role that is granted no field", async () => {
    const api = await open();
    const body = JSON.stringify({ query: "{ a }" });
    const response = await api.fetch({ body, headers: await api.signed("outsider", body) });
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({
      errors: [{ errorType: "UnauthorizedException", message: "Permission denied" }],
    });
  });

  it("refuses a body and a path that were not signed", async () => {
    const api = await open();
    const body = JSON.stringify({ query: "{ a }" });
    const signed = await api.signed("reader", body);
    const other = await api.fetch({ body: JSON.stringify({ query: "{ a a }" }), headers: signed });
    expect(other.status).toBe(403);
    expect(other.headers.get("x-amzn-errortype")).toBe("InvalidSignatureException");
    const hash = await api.fetch({
      body: "{}",
      headers: { ...signed, "x-amz-content-sha256": "0".repeat(64) },
    });
    expect(hash.status).toBe(403);
    const elsewhere = await api.fetch({
      body,
      headers: await api.signed("reader", body, "/graphql/connect"),
    });
    expect(elsewhere.status).toBe(403);
  });

  it.each([
    ["nothing else", {}, true],
    ["another service", { service: "dynamodb" }, false],
    ["a presigned URL", { presigned: true }, false],
    ["another body", { payloadHash: sha256("{ }") }, false],
  ])("accepts a valid signature for %s: %p", async (_, other, taken) => {
    const verified = {
      ...{ principal: { kind: "service", service: "x" } as const, service: "appsync", region: "eu-west-1" },
      ...{ presigned: false, signedAt: new Date(0), payloadHash: sha256("{}"), ...other },
    };
    const authenticate = iamAuthenticator({ verify: () => Promise.resolve(verified) });
    const message = { method: "POST", target: "/graphql", headers: {} };
    const presented = { credentials: {}, sourceIp: [], signed: { message, body: Buffer.from("{}") } };
    const [settled] = await Promise.allSettled([authenticate(presented as never)]);
    expect(settled.status).toBe(taken ? "fulfilled" : "rejected");
    if (settled.status === "rejected") {
      expect(settled.reason).toMatchObject({ errorType: "InvalidSignatureException", status: 403 });
    }
  });

  it("gives resolvers the session of the role", async () => {
    const api = await open();
    const body = JSON.stringify({ query: "{ me }" });
    const answer = (await (
      await api.fetch({ body, headers: await api.signed("reader", body) })
    ).json()) as Answer;
    expect(JSON.parse((answer.data as { me: string }).me)).toEqual({
      accountId: "000000000000",
      cognitoIdentityPoolId: null,
      cognitoIdentityId: null,
      sourceIp: ["127.0.0.1"],
      username: "reader:local",
      userArn: "arn:aws:sts::000000000000:assumed-role/reader/local",
      cognitoIdentityAuthType: null,
      cognitoIdentityAuthProvider: null,
    });
  });
});

describe("ctx.identity", () => {
  const schema = "type Query @aws_api_key @aws_cognito_user_pools { me: AWSJSON }";

  it("of a user has the claims of the token", async () => {
    const api = await serve(apiGraph({ schema, resolvers: { "Query.me": echo("ctx.identity") } }));
    const { data } = await api.query("{ me }", {}, token({ groups: ["admins"] }));
    const issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_pool";
    expect(JSON.parse((data as { me: string }).me)).toEqual({
      sub: "alice-sub",
      issuer,
      username: "alice",
      claims: { sub: "alice-sub", iss: issuer, username: "alice", token_use: "access" },
      sourceIp: ["127.0.0.1"],
      groups: ["admins"],
      defaultAuthStrategy: "ALLOW",
    });
    const { data: ungrouped } = await api.query("{ me }");
    expect(JSON.parse((ungrouped as { me: string }).me)).toMatchObject({ groups: null });
  });

  it("of a key is null", async () => {
    const api = await serve(
      apiGraph({ schema, resolvers: { "Query.me": echo("({ identity: ctx.identity })") } }),
    );
    const response = await api.fetch({
      body: JSON.stringify({ query: "{ me }" }),
      headers: { "x-api-key": "da2-key" },
    });
    expect(await response.json()).toEqual({ data: { me: '{"identity":null}' } });
  });
});

describe("an API key", () => {
  const hour = 3_600_000;
  const start = Date.parse("2026-01-01T00:30:00Z");
  async function statusAt(expires: string | undefined, time: number): Promise<number> {
    let now = start;
    const key = resource(
      "aws:appsync/apiKey:ApiKey",
      "guest",
      { apiId: "api", ...(expires !== undefined && { expires }) },
      { key: "da2-guest" },
    );
    const description = { schema: "type Query { a: String }", resolvers: { "Query.a": echo("'ok'") } };
    const api = await serve(
      apiGraph({
        ...description,
        api: { authenticationType: "API_KEY", additionalAuthenticationProviders: [] },
        more: [key],
      }),
      { clock: () => now },
    );
    now = time;
    const body = JSON.stringify({ query: "{ a }" });
    return (await api.fetch({ body, headers: { "x-api-key": "da2-guest" } })).status;
  }

  it("expires at the start of the declared hour", async () => {
    const end = Date.parse("2026-02-01T10:00:00Z");
    expect(await statusAt("2026-02-01T10:59:00Z", end - 1)).toBe(200);
    expect(await statusAt("2026-02-01T10:59:00Z", end)).toBe(401);
  });

  it("without a date expires after 7 days", async () => {
    const end = start + 7 * 24 * hour - hour / 2;
    expect(await statusAt(undefined, end - 1)).toBe(200);
    expect(await statusAt(undefined, end)).toBe(401);
  });
});
