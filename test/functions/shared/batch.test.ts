import { describe, expect, it } from "@jest/globals";
import type { Context, SQSEvent } from "aws-lambda";
import { eachMessage } from "../../../functions/shared/batch.ts";

const event = (...bodies: string[]) =>
  ({ Records: bodies.map((body, index) => ({ messageId: String(index), body })) }) as unknown as SQSEvent;

function handling(handle: (body: string) => Promise<void>) {
  const logged: string[] = [];
  let published = 0;
  const logger = { addContext: () => undefined, error: (text: string) => logged.push(text) };
  const meter = { publish: () => (published += 1) };
  const handler = eachMessage(logger as never, meter, ({ body }) => handle(body));
  return {
    run: (...bodies: string[]) => handler(event(...bodies), {} as Context),
    logged,
    published: () => published,
  };
}

describe("a batch of messages", () => {
  it("gives back those that failed, and no other, once all have ended", async () => {
    const ended: string[] = [];
    const { run, logged, published } = handling(async (body) => {
      await new Promise(setImmediate);
      ended.push(body);
      if (body.startsWith("bad")) {
        throw new Error("no");
      }
    });
    expect(await run("good", "bad", "good", "bad too")).toEqual({
      batchItemFailures: [{ itemIdentifier: "1" }, { itemIdentifier: "3" }],
    });
    expect([ended.length, logged.length, published()]).toEqual([4, 2, 1]);
  });

  it("that all went well gives back none", async () => {
    expect(await handling(() => Promise.resolve()).run("a", "b")).toEqual({ batchItemFailures: [] });
  });
});
