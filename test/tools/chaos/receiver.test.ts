import http from "node:http";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type Behaviour, type Receiver, startReceiver } from "../../../tools/chaos/receiver.ts";

let receiver: Receiver | undefined;
afterEach(() => receiver?.stop());

async function open(...behaviours: Behaviour[]): Promise<Receiver> {
  receiver = await startReceiver({ dripMs: 1, behave: (_, index) => behaviours[index] ?? { status: 204 } });
  return receiver;
}

const post = (url: string, body = "x", init: RequestInit = {}) =>
  fetch(url, { method: "POST", body, ...init });

describe("a receiver", () => {
  it("records requests, and answers as configured", async () => {
    const { url, received, until } = await open(
      { status: 429, headers: { "retry-after": "7" } },
      { status: 302, headers: { location: "http://127.0.0.1:1/" } },
      { status: 500, body: "no" },
    );
    const first = await post(`${url}/hook?a=1`, "späte Post", { headers: { "x-mark": "m" } });
    expect([first.status, first.headers.get("retry-after")]).toEqual([429, "7"]);
    expect((await post(url, "2", { redirect: "manual" })).status).toBe(302);
    expect(await (await post(url, "3")).text()).toBe("no");
    expect((await post(url, "4")).status).toBe(204);
    expect(received[0]).toMatchObject({
      method: "POST",
      path: "/hook?a=1",
      headers: { "x-mark": "m" },
      body: Buffer.from("späte Post"),
    });
    expect(await until(({ body }) => body.toString() === "3")).toMatchObject({ behaviour: { status: 500 } });
  });

  it("hangs until the sender gives up, and cuts", async () => {
    const { url, received, until } = await open("hang", "cut");
    const given = new AbortController();
    const hanging = post(url, "1", { signal: given.signal });
    await until(() => true);
    given.abort();
    await expect(hanging).rejects.toThrow("aborted");
    await expect(post(url, "2")).rejects.toThrow("fetch failed");
    expect(received).toHaveLength(2);
  });

  it("sends slowly, and sends without end", async () => {
    const { url } = await open("drip", "endless");
    expect(await (await post(url)).text()).toHaveLength(64);
    const poured = await new Promise<number>((resolve, reject) => {
      let bytes = 0;
      const request = http.request(url, { method: "POST" }, (response) => {
        response.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > 5_000_000) {
            request.destroy();
            resolve(bytes);
          }
        });
      });
      request.on("error", reject);
      request.end();
    });
    expect(poured).toBeGreaterThan(5_000_000);
  });

  it("refuses connections, and accepts them again at the same port", async () => {
    const { url, open: reopen, refuse, received } = await open("refuse");
    await expect(post(url, "1")).rejects.toThrow("fetch failed");
    await refuse();
    await expect(post(url, "2")).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    await reopen();
    expect((await post(url, "3")).status).toBe(204);
    expect(received.map(({ body }) => body.toString())).toEqual(["1", "3"]);
  });

  it("ends hanging requests when it stops", async () => {
    const { url, until, stop } = await open("hang");
    const hanging = post(url);
    const refused = expect(hanging).rejects.toThrow("fetch failed");
    await until(() => true);
    await stop();
    await refused;
  });
});
