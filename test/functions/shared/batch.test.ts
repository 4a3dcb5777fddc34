import { describe, expect, it } from "@jest/globals";
import type { Context, SQSEvent } from "aws-lambda";
import { eachMessage, eachMessageInOrder } from "../../../functions/shared/batch.ts";

const event = (...bodies: string[]) =>
  ({ Records: bodies.map((body, index) => ({ messageId: String(index), body })) }) as unknown as SQSEvent;

function handling(handle: (body: string) => Promise<void>) {
  const logged: string[] = [];
  let published = 0;
  let counted = 0;
  const logger = { addContext: () => undefined, error: (text: string) => logged.push(text) };
  const meter = {
    count: (_: string, value: number) => void (counted += value),
    publish: () => (published += 1),
  };
  const handler = eachMessage(logger as never, meter, ({ body }) => handle(body));
  return {
    run: (...bodies: string[]) => handler(event(...bodies), {} as Context),
    logged,
    published: () => published,
    counted: () => counted,
  };
}

describe("a batch of messages", () => {
  it("reports exactly those that failed, once all have ended", async () => {
    const ended: string[] = [];
    const { run, logged, published, counted } = handling(async (body) => {
      await new Promise(setImmediate);
      ended.push(body);
      if (body.startsWith("bad")) {
        throw new Error("no");
      }
    });
    expect(await run("good", "bad", "good", "bad too")).toEqual({
      batchItemFailures: [{ itemIdentifier: "1" }, { itemIdentifier: "3" }],
    });
    expect([ended.length, logged.length, published(), counted()]).toEqual([4, 2, 1, 2]);
  });

  it("reports none if all succeed", async () => {
    const { run, counted } = handling(() => Promise.resolve());
    expect(await run("a", "b")).toEqual({ batchItemFailures: [] });
    expect(counted()).toBe(0);
  });

  it("counts no failure of a message that a service has throttled", async () => {
    const throttling = Object.assign(new Error("slow down"), { name: "ThrottlingException" });
    const { run, counted } = handling(() => Promise.reject(throttling));
    expect(await run("a")).toEqual({ batchItemFailures: [{ itemIdentifier: "0" }] });
    expect(counted()).toBe(0);
  });
});

describe("a batch of a FIFO queue", () => {
  const inOrder = (fails: readonly string[], ...messages: string[]) => run({ fails }, ...messages);

  interface Given {
    readonly fails: readonly string[];
    readonly together?: Parameters<typeof eachMessageInOrder>[3];
  }

  const run = async ({ fails, together }: Given, ...messages: string[]) => {
    const handled: string[] = [];
    const logger = { addContext: () => undefined, error: () => undefined };
    const meter = { count: () => undefined, publish: () => undefined };
    const handler = eachMessageInOrder(
      logger as never,
      meter,
      async ({ body }) => {
        await new Promise(setImmediate);
        handled.push(body);
        if (fails.includes(body)) {
          throw new Error("no");
        }
      },
      together,
    );
    const Records = messages.map((body) => ({
      ...{ messageId: body, body, attributes: { MessageGroupId: body.charAt(0) } },
    }));
    const { batchItemFailures } = await handler({ Records } as unknown as SQSEvent, {} as Context);
    return { handled, failed: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
  };

  it("is handled at once where that is possible, and one message after another for the rest", async () => {
    const asked: string[][] = [];
    const { handled, failed } = await run(
      {
        fails: ["a3"],
        together: (messages) => {
          asked.push(messages.map(({ body }) => body));
          return messages[0]?.body === "c1"
            ? Promise.reject(new Error("no"))
            : Promise.resolve(messages.filter(({ body }) => ["a1", "a4"].includes(body)));
        },
      },
      ...["a1", "a2", "a3", "a4", "a5", "b1", "c1", "c2"],
    );
    // A group of one is handled alone.
    expect(asked).toEqual([
      ["a1", "a2", "a3", "a4", "a5"],
      ["c1", "c2"],
    ]);
    expect(handled.toSorted()).toEqual(["a2", "a3", "b1", "c1", "c2"]);
    expect(failed).toEqual(["a3", "a5"]);
  });

  it("is handled in order within each group, and the groups side by side", async () => {
    const { handled, failed } = await inOrder([], "a1", "a2", "b1", "a3", "b2");
    expect(handled).toEqual(["a1", "b1", "a2", "b2", "a3"]);
    expect(failed).toEqual([]);
  });

  it("reports a failed message with all that follow it in its group, which are not handled", async () => {
    const { handled, failed } = await inOrder(["a2"], "a1", "a2", "b1", "a3", "b2");
    expect(handled.toSorted()).toEqual(["a1", "a2", "b1", "b2"]);
    expect(failed).toEqual(["a2", "a3"]);
  });
});
