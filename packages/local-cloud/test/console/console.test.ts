import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import sharp from "sharp";
import type { Cloud } from "../../src/cloud.ts";
import type { Step } from "../../src/console/way.ts";
import { runScript } from "../../../../test/clients/child.ts";
import { get, type Got } from "../graphiql/get.ts";
import { placeThumbnails } from "../programs/place-thumbnails.ts";
import { ask, usePrograms } from "../programs/support.ts";
import type { Seen } from "./browser.ts";

const { boot, place } = usePrograms();

const bootWithConsole = (root: string) => boot("thumbnails", { root, console: true });

/** Uploads a picture, and waits for the run of the thumbnailer. Returns the picture's id. */
async function upload(cloud: Cloud): Promise<string> {
  const { data } = (await ask(cloud.ready, 'mutation { requestUpload(name: "a.jpg") { id url } }')) as {
    readonly data: { readonly requestUpload: { readonly id: string; readonly url: string } };
  };
  const { id, url } = data.requestUpload;
  const picture = await sharp({ create: { width: 320, height: 200, channels: 3, background: "teal" } })
    .jpeg()
    .toBuffer();
  expect((await fetch(url, { method: "PUT", body: new Uint8Array(picture) })).status).toBe(200);
  // S3 invokes the function asynchronously.
  while (!(await wayOf(cloud, id)).some(({ operation }) => operation === "run")) {
    await cloud.idle();
  }
  return id;
}

/** As the console's page asks. */
async function openConsole({ consoleUrl = "" }: Cloud) {
  const first = await get(consoleUrl, {});
  const cookie = first.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
  const page = await get(new URL("/_console/", consoleUrl).href, { cookie });
  const token = /"token":"(\w+)"/.exec(page.body)?.[1] ?? "";
  const api = (name: string, headers: Record<string, string> = { "x-console-token": token }): Promise<Got> =>
    get(new URL(`/_console/api/${name}`, consoleUrl).href, headers);
  return { first, page, cookie, api };
}

async function wayOf(cloud: Cloud, text: string): Promise<readonly Step[]> {
  const { api } = await openConsole(cloud);
  return (JSON.parse((await api(`way?text=${text}`)).body) as { readonly steps: readonly Step[] }).steps;
}

const shown = ({ depth, service, operation }: Step) => `${depth} ${service} ${operation}`;

/** The program without a permission of the thumbnailer. */
function placedWithout(permission: RegExp): string {
  const copy = placeThumbnails(place);
  const file = join(copy, "index.ts");
  const whole = readFileSync(file, "utf8");
  const rest = whole.replace(permission, "");
  expect(rest).not.toBe(whole);
  writeFileSync(file, rest);
  return copy;
}

const withoutPut = /\s*"dynamodb:PutItem": table\.arn,/;

describe("the way of an upload", () => {
  it("has the request, the upload, the function's run and all that it called, each with role and cost", async () => {
    const cloud = await bootWithConsole(placeThumbnails(place));
    const steps = await wayOf(cloud, await upload(cloud));
    expect(steps.map(shown)).toEqual([
      "0 s3 PUT",
      "1 lambda run",
      "2 s3 GET",
      "2 s3 PUT",
      "2 dynamodb PutItem",
    ]);
    const [, run, , , put] = steps;
    expect(run).toMatchObject({
      caller: "lambda.amazonaws.com",
      role: expect.stringMatching(/^thumbnailer-/),
    });
    expect(put).toMatchObject({
      caller: run?.role,
      resource: expect.stringMatching(/^pictures-/),
    });
    expect(put?.usd).toBeCloseTo(0.625e-6, 9);
    expect(steps.every(({ ms, at }) => ms >= 0 && at > 0)).toBe(true);
  });

  it("that failed by a missing permission says which role lacks which action on what", async () => {
    const cloud = await bootWithConsole(placedWithout(withoutPut));
    const steps = await wayOf(cloud, await upload(cloud));
    const denied = steps.find((step) => step.denied);
    expect(denied?.denied).toEqual({
      principal: expect.stringMatching(/^thumbnailer-/),
      action: "dynamodb:PutItem",
      resource: expect.stringMatching(/:table\/pictures-/),
    });
    const run = steps.find(({ operation }) => operation === "run");
    expect(run?.error?.message).toMatch(/not authorized to perform: dynamodb:PutItem/);
    expect(run?.lines[0]).toMatch(/^START RequestId/);
  });
});

describe("nobody else", () => {
  it("reads the console: not without its address, from another page, by a script or in a frame", async () => {
    const cloud = await bootWithConsole(placeThumbnails(place));
    const { first, page, cookie, api } = await openConsole(cloud);
    expect(first.status).toBe(303);
    expect(first.headers["set-cookie"]?.[0]).toMatch(/; Path=\/_console; HttpOnly; SameSite=Strict$/);
    expect(page.status).toBe(200);
    expect(page.headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'/);
    const home = new URL("/_console/", cloud.consoleUrl ?? "").href;
    const refused = await Promise.all([
      get(home, {}),
      get(`${home}?token=${"0".repeat(32)}`, {}),
      get(home, { cookie, "sec-fetch-dest": "iframe" }),
      get(home, { cookie, "sec-fetch-dest": "empty", "sec-fetch-site": "same-origin" }),
      get(home, { cookie, "sec-fetch-site": "same-site" }),
      get(home, { cookie, origin: "http://localhost:1" }),
      api("calls", { cookie }),
      api("calls", { "x-console-token": "0".repeat(32) }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 403));
    for (const { headers } of [page, ...refused]) {
      expect(headers).not.toHaveProperty("access-control-allow-origin");
    }
    expect((await api("calls")).status).toBe(200);
    expect((await api("nothing")).status).toBe(404);
    expect((await api("__proto__")).status).toBe(404);
  });

  it("gets one without asking for it", async () => {
    const cloud = await boot("thumbnails", { root: placeThumbnails(place) });
    expect(cloud.consoleUrl).toBeUndefined();
    expect((await get(`${cloud.ready.endpointUrl}/_console/`, {})).status).toBe(403);
  });
});

it("is read in Chromium: the way that failed, in light and dark, wide and on a phone", async () => {
  const cloud = await bootWithConsole(placedWithout(withoutPut));
  const id = await upload(cloud);
  const script = "../../packages/local-cloud/test/console/browser.ts";
  const pictures = process.env["PICTURES"] ?? "";
  const both = await runScript<Record<"wide" | "phone", Seen>>(
    ...([cloud.ready, script, cloud.consoleUrl ?? "", id, pictures] as const),
  );
  for (const seen of Object.values(both)) {
    expect(seen.title).toMatch(/^Console: thumbnails, stack dev$/);
    expect(seen.alerts).toEqual([
      expect.stringMatching(
        /A permission is missing\s+Role\s+thumbnailer-\w+\s+Action\s+dynamodb:PutItem\s+Resource\s+arn:aws:dynamodb:/,
      ),
    ]);
    expect(seen.way.map((step) => step.split(/\s+/).slice(0, 2).join(" "))).toEqual([
      "s3 PUT",
      "lambda run",
      "s3 GET",
      "s3 PUT",
      "dynamodb PutItem",
    ]);
    expect(seen.views["Calls"]).toContain("mutation requestUpload");
    expect(seen.views["Calls"]).toMatch(/thumbnailer-\w+ lacks dynamodb:PutItem/);
    expect(seen.views["Logs"]).toContain("thumbnailer");
    expect(seen.views["Bill"]).toMatch(/AWS would charge \$0\.0000\d+ so far/);
    expect(seen.views["Resources"]).toContain("pictures");
    expect(seen.complaints).toEqual([]);
    expect(seen.hosts).toEqual([new URL(cloud.consoleUrl ?? "").host]);
    expect(seen.overflows).toBe(false);
  }
});
