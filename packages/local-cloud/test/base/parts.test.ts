import { expect, it } from "@jest/globals";
import { allIdle, Work } from "../../src/base/parts.ts";

it("parts are idle when none was given work by another one after it was asked", async () => {
  const asked: string[] = [];
  const work = new Work();
  const sends = Promise.withResolvers<undefined>();
  let waiting = 0;
  const sender = work.during(() => sends.promise.then(() => (waiting += 1)));
  const receiver = {
    idle: () => {
      asked.push(`receiver, ${waiting} waiting`);
      waiting = 0;
      return Promise.resolve();
    },
  };
  const sending = {
    idle: async () => {
      asked.push("sender");
      sends.resolve(undefined);
      await sender;
    },
  };
  await allIdle([receiver, {}, sending], () => work.count);
  expect(asked).toEqual(["receiver, 0 waiting", "sender", "receiver, 1 waiting", "sender"]);
});

it("work that fails has ended too", async () => {
  const work = new Work();
  await expect(work.during(() => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(work.count).toBe(2);
});
