import { expect, it } from "@jest/globals";
import { usePrograms } from "./support.ts";

const { boot } = usePrograms();

const textOf = async (response: Response) => [response.status, await response.text()];

it("serves a distribution at /, with its root object, error page and headers", async () => {
  const { ready, complaints } = await boot("site");
  const [site] = ready.sites;
  expect(site).toEqual({ name: "pages", url: `${ready.endpointUrl}/` });
  const home = await fetch(site?.url ?? "");
  expect(Object.fromEntries(home.headers)).toMatchObject({
    "content-type": "text/html",
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-site": "yes",
  });
  // It would reach everything that listens on localhost.
  expect(home.headers.has("strict-transport-security")).toBe(false);
  expect(await textOf(home)).toEqual([200, "<h1>Home</h1>"]);
  expect(await textOf(await fetch(`${ready.endpointUrl}/no/such/page`))).toEqual([
    404,
    "<h1>Nothing here</h1>",
  ]);
  expect(complaints).toEqual([]);
});

it("serves files by their keys, answers what did not change with 304, and removes headers", async () => {
  const { ready } = await boot("site");
  const url = `${ready.endpointUrl}/texts/hello%20there.txt`;
  const file = await fetch(url);
  expect(file.headers.get("x-amz-meta-public")).toBe("shown");
  expect(file.headers.has("x-amz-meta-secret")).toBe(false);
  expect(await textOf(file)).toEqual([200, "Hello\n"]);
  const again = await fetch(url, { headers: { "if-none-match": file.headers.get("etag") ?? "" } });
  expect(await textOf(again)).toEqual([304, ""]);
  const head = await fetch(url, { method: "HEAD" });
  expect([head.headers.get("content-length"), ...(await textOf(head))]).toEqual(["6", 200, ""]);
});

it("compresses texts of 1,000 bytes and more for browsers that accept it", async () => {
  const { ready } = await boot("site");
  const url = `${ready.endpointUrl}/long.css`;
  const ask = (accepted: string, headers = {}) =>
    fetch(url, { headers: { "accept-encoding": accepted, ...headers } });
  for (const encoding of ["br", "gzip"]) {
    const answer = await ask(`${encoding}, deflate`);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      ...{ "content-encoding": encoding, vary: "Accept-Encoding", etag: expect.stringMatching(/^W\/"/) },
    });
    expect(await textOf(answer)).toEqual([200, "a{b:c}".repeat(1000)]);
    const again = await ask(encoding, { "if-none-match": answer.headers.get("etag") ?? "" });
    expect(await textOf(again)).toEqual([304, ""]);
  }
  const plain = await ask("identity");
  expect([plain.headers.get("content-encoding"), plain.headers.get("content-length")]).toEqual([
    null,
    "6000",
  ]);
});

it("compresses nothing unless the distribution says so", async () => {
  const { ready } = await boot("site", { config: { compress: "false" } });
  expect((await fetch(`${ready.endpointUrl}/long.css`)).headers.has("content-encoding")).toBe(false);
});

it("reads the bucket only as the distribution that its policy allows", async () => {
  const { ready } = await boot("site", { config: { reader: "another" } });
  expect(await textOf(await fetch(`${ready.endpointUrl}/`))).toEqual([
    403,
    expect.stringContaining("AccessDenied"),
  ]);
});

it("leaves buckets, queues and APIs what is theirs", async () => {
  const { ready } = await boot("site");
  const bucket = String(ready.outputs["bucketName"]);
  const object = await fetch(`${ready.endpointUrl}/${bucket}/index.html`);
  expect([object.status, await object.text()]).toEqual([
    403,
    expect.stringContaining("<Code>AccessDenied</Code>"),
  ]);
  const posted = await fetch(ready.endpointUrl, { method: "POST", body: "Action=GetCallerIdentity" });
  expect(posted.status).toBe(403);
});

it("tells the program its addresses, as the AWS provider's setting of endpoints", async () => {
  const { ready } = await boot("site");
  const [endpoints] = JSON.parse(String(ready.outputs["endpoints"])) as Record<string, string>[];
  expect(endpoints).toMatchObject({ s3: ready.endpointUrl, cognitoidp: ready.endpointUrl });
  expect(`http://${String(ready.outputs["domainName"])}`).toBe(ready.endpointUrl);
});

it("refuses an origin that is no bucket of the program", async () => {
  await expect(boot("site", { config: { origin: "example.com" } })).rejects.toThrow(
    "Distribution pages: origins.domainName is example.com, which is no bucket of the program.",
  );
});
