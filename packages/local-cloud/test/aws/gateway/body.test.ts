import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import { createBody, createBudget } from "../../../src/aws/gateway/body.ts";

function arriving(): PassThrough & IncomingMessage {
  return Object.assign(new PassThrough(), { headers: {} }) as unknown as PassThrough & IncomingMessage;
}

describe("bodies that arrive at once", () => {
  it("hold no more memory together than there is for them", async () => {
    const hold = createBudget(10);
    const [one, two] = [arriving(), arriving()];
    const first = createBody(one, hold())();
    one.write("123456");
    one.write("7890");
    one.end();
    expect((await first).toString()).toBe("1234567890");

    const cut = createBody(two, hold())();
    two.write("123456");
    const third = arriving();
    const refused = createBody(third, hold())();
    // The second body's bytes are counted when the third one's come.
    await new Promise(setImmediate);
    third.end("12345");
    await expect(refused).rejects.toMatchObject({ code: "ServiceUnavailable", status: 503 });

    two.destroy(new Error("aborted"));
    await expect(cut).rejects.toMatchObject({ code: "IncompleteBody", status: 400 });
    const fourth = arriving();
    fourth.end("1234567890");
    expect((await createBody(fourth, hold())()).toString()).toBe("1234567890");
  });

  it("are refused one byte over the limit of one, and taken at it", async () => {
    const [at, over] = [arriving(), arriving()];
    at.end("1234");
    over.end("12345");
    expect((await createBody(at)(4)).toString()).toBe("1234");
    await expect(createBody(over)(4)).rejects.toMatchObject({ status: 413 });
  });
});
