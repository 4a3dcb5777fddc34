import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Ready } from "../../src/cloud.ts";
import { subscribe } from "../../src/graphiql/page/realtime.ts";
import { createSignIn } from "../../src/graphiql/page/sign-in.ts";
import { runScript } from "../../../../test/clients/child.ts";
import { useCloud } from "../../../../test/support/cloud.ts";
import type { Seen, Story } from "./browser.ts";
import { type Got, get } from "./get.ts";

const use = useCloud();
const ready = (): Ready => use().cloud.ready;
const passwords = () => ready().users.map(({ password }) => password);

describe("GraphiQL in Chromium", () => {
  let seen: Seen;
  beforeAll(async () => {
    const { alice, bob, admin } = use();
    await Promise.all(
      [alice, bob, admin].map((person) =>
        person.get(`mutation { createUser(input: { name: "Somebody" }) { id } }`),
      ),
    );
    seen = await runScript<Seen>(
      ready(),
      "../../packages/local-cloud/test/graphiql/browser.ts",
      await htmlInS3(),
    );
  });

  describe.each<[string, (seen: Seen) => Story, (ready: Ready) => string]>([
    ["http", ({ plain }) => plain, ({ graphqlUrl }) => graphqlUrl],
    ["https", ({ tls }) => tls, ({ graphqlTlsUrl }) => graphqlTlsUrl],
  ])("over %s", (_, storyOf, addressOf) => {
    it("sends requests as the chosen user", () => {
      const { bob, alice, admin } = storyOf(seen);
      const id = (person: { sub: string }) => expect.objectContaining({ id: person.sub }) as unknown;
      expect(bob).toEqual({ data: { me: id(use().bob) } });
      expect(alice).toEqual({ data: { me: id(use().alice) } });
      expect(admin).toEqual({ data: { me: id(use().admin) } });
    });

    it("shows in one tab an event of another", () => {
      const { created, event } = storyOf(seen);
      const { asset } = (created as { data: { createAsset: { asset: { id: string } } } }).data.createAsset;
      expect(event).toMatchObject({ data: { onAssetEvent: { type: "CREATED", asset: { id: asset.id } } } });
    });

    it("uses AppSync's real-time protocol, and stops by the button and when the user changes", () => {
      const { frames } = storyOf(seen);
      const sent = ["connection_init", "start", "stop"];
      expect(frames.filter(({ from }) => from === "page").map(({ type }) => type)).toEqual([
        ...sent,
        ...sent,
      ]);
      expect(frames.filter(({ from }) => from === "cloud").map(({ type }) => type)).toEqual(
        expect.arrayContaining(["connection_ack", "ka", "start_ack", "data"]),
      );
    });

    it("sends no request and opens no socket to another host", () => {
      const { hosts, sockets } = storyOf(seen);
      const { host, origin } = new URL(addressOf(ready()));
      expect(hosts).toEqual([host]);
      expect(new Set(sockets)).toEqual(new Set([`${origin.replace("http", "ws")}/graphql/realtime`]));
    });

    it("has a title, and logs no error and no violation of its policy", () => {
      expect(storyOf(seen)).toMatchObject({ complaints: [], title: "darkroom · GraphiQL" });
    });
  });

  it.each(["neighbour", "outsider", "object"] as const)(
    "is read by no other page, by fetch, frame or window: %s",
    (who) => {
      const { fetched, framed, opened } = seen.attacks[who];
      for (const text of [fetched, framed, opened]) {
        for (const password of passwords()) {
          expect(text).not.toContain(password);
        }
      }
    },
  );

  it.each(["neighbour", "outsider"] as const)(
    "is not even shown in a window that another origin opens: %s",
    (who) => {
      expect(seen.attacks[who].shown).toContain("open it from the address bar");
    },
  );

  it("may be opened by an object of S3, which gets no access to it", () => {
    expect(seen.attacks.object).toMatchObject({
      fetched: expect.stringContaining("open it from the address bar") as unknown,
      opened: "closed",
      shown: expect.stringContaining("darkroom") as unknown,
    });
  });
});

describe("the page", () => {
  const html = { accept: "text/html,application/xhtml+xml" };
  const open = (headers: Record<string, string> = {}, path = "/graphql") =>
    get(ready().endpointUrl + path, { ...html, ...headers });
  const apiAnswered = ({ status, headers }: Got) => {
    expect(status).toBe(401);
    expect(headers["content-type"]).toMatch(/json/);
  };

  it("loads its own scripts and styles only, and cannot be framed or cached", async () => {
    const { status, headers } = await open();
    expect(status).toBe(200);
    const policy = headers["content-security-policy"] ?? "";
    expect(policy).toContain(`script-src ${ready().graphqlUrl}/graphiql/;`);
    expect(policy).not.toMatch(/unsafe|\*|https:/);
    expect(headers).toMatchObject({
      "x-frame-options": "DENY",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
    });
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  });

  it.each([
    { origin: "https://example.com" },
    { origin: "null" },
    { origin: "http://127.0.0.1:1" },
    { referer: "https://example.com/page" },
    { referer: "not an address" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "same-origin", "sec-fetch-dest": "empty" },
    { "sec-fetch-site": "same-origin", "sec-fetch-dest": "iframe" },
  ])("is refused to %j", async (headers) => {
    const { status, body } = await open(headers);
    expect(status).toBe(403);
    for (const password of passwords()) {
      expect(body).not.toContain(password);
    }
  });

  it("is served to its own origin", async () => {
    const { origin } = new URL(ready().graphqlUrl);
    const { status } = await open({ origin, referer: `${origin}/graphql`, "sec-fetch-site": "same-origin" });
    expect(status).toBe(200);
  });

  it.each([
    ["what asks for JSON", { accept: "application/json" }, "/graphql"],
    ["a query", html, "/graphql?query=%7Bme%7Bid%7D%7D"],
  ])("leaves %s to the API", async (_, headers, path) => apiAnswered(await open(headers, path)));

  it("serves its own files only", async () => {
    for (const name of ["page.ts", "../index.ts", "..%2Findex.ts", "toString", ""]) {
      expect((await open({}, `/graphql/graphiql/${name}`)).status).not.toBe(200);
    }
  });

  it("refuses its files to other origins", async () => {
    expect((await open({ origin: "https://example.com" }, "/graphql/graphiql/page.js")).status).toBe(403);
  });
});

describe("signing in", () => {
  const signIn = (clock: () => number) =>
    createSignIn({ endpoint: ready().endpointUrl, userPoolClientId: ready().userPoolClientId, clock });
  const userOf = (name: string) =>
    ready().users.find(({ username }) => username === name) as Ready["users"][number];

  it("happens once while the token is valid, and again when it expires", async () => {
    let now = Date.now();
    const tokenOf = signIn(() => now);
    const user = userOf("alice");
    const first = await tokenOf(user);
    expect(await tokenOf(user)).toBe(first);
    now += 3_600_000;
    expect(await tokenOf(user)).not.toBe(first);
  });

  it("reports why it failed, and is retried", async () => {
    const tokenOf = signIn(Date.now);
    const user = userOf("bob");
    const wrong = { ...user, password: "wrong" };
    await expect(tokenOf(wrong)).rejects.toThrow(/bob answered NotAuthorizedException: .*reload the page/);
    await expect(tokenOf(user)).resolves.toMatch(/^ey/);
  });
});

describe("a subscription", () => {
  const results = (token: string, query: string, signal = new AbortController().signal) =>
    subscribe({
      url: ready().realtimeUrl,
      authorization: { host: new URL(ready().graphqlUrl).host, Authorization: token },
      request: { query },
      signal,
    });

  it("throws the reason of a refused connection", async () => {
    await expect(results("no.such.token", "{ me { id } }").next()).rejects.toThrow("UnauthorizedException");
  });

  it("throws the reason of a refused start", async () => {
    const { alice, bob } = use();
    const query = `subscription { onAssetEvent(ownerId: "${bob.sub}") { seq } }`;
    await expect(results(alice.token, query).next()).rejects.toThrow("Unauthorized");
  });

  it("ends while its reader waits", async () => {
    const { alice } = use();
    const query = `subscription { onAssetEvent(ownerId: "${alice.sub}") { seq } }`;
    const aborted = new AbortController();
    const [one, two] = [results(alice.token, query, aborted.signal), results(alice.token, query)];
    const waiting = [one.next(), two.next()];
    aborted.abort();
    await two.return?.();
    expect(await Promise.all(waiting)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
  });
});

/** A page of the endpoint's own origin: everyone with write access to a bucket can put a script there. */
async function htmlInS3(): Promise<string> {
  const { endpointUrl, region, bucket, roles } = ready();
  const credentials = roles["administrator"] as Ready["roles"][string];
  const s3 = new S3Client({ endpoint: endpointUrl, region, credentials, forcePathStyle: true });
  const object = { Bucket: bucket, Key: "page.html" };
  await s3.send(new PutObjectCommand({ ...object, Body: "<!doctype html>", ContentType: "text/html" }));
  return getSignedUrl(s3, new GetObjectCommand(object));
}
