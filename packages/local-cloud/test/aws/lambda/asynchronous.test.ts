import { describe, expect, it } from "@jest/globals";
import type { Executor } from "../../../src/base/service.ts";
import { allow, graphOf, queue, role, temporaryStorage } from "../graph.ts";
import { declared, functionArn, lambdaFunction, openLambda, self } from "./support.ts";

const failing =
  "export const handler = async (event) => { console.log('try'); if (event.fail) throw new Error('no'); };";

describe("an asynchronous event", () => {
  it("is handled later, with the request id that the sender received", async () => {
    const { send, log } = openLambda(graphOf(...role("fn-role"), lambdaFunction("fn", failing)));
    const requestId = send(self, functionArn("fn"), {});
    expect(await log.until(({ message }) => message === "try")).toMatchObject({ fields: { requestId } });
  });

  it("is waited for by idle, which does not wait for a retry that is due later", async () => {
    const { send, idle, work, log } = openLambda(graphOf(...role("fn-role"), lambdaFunction("fn", failing)), {
      retryDelaysMs: [3_600_000],
    });
    const tries = () => log.entries.filter(({ message }) => message === "try").length;
    await idle();
    expect([tries(), work()]).toEqual([0, 0]);
    send(self, functionArn("fn"), {});
    await idle();
    expect([tries(), work()]).toEqual([1, 2]);
    send(self, functionArn("fn"), { fail: 1 });
    await idle();
    expect([tries(), work()]).toEqual([2, 4]);
  });

  it("is tried three times, then dropped with an error in the log", async () => {
    const { send, log } = openLambda(graphOf(...role("fn-role"), lambdaFunction("fn", failing)), {
      retryDelaysMs: [1, 1],
    });
    const requestId = send(self, functionArn("fn"), { fail: 1 });
    const lost = await log.until(({ message }) => message.startsWith("event lost"));
    expect(lost).toMatchObject({ level: "error", fields: { function: "fn", requestId } });
    // It may hold a user's data, and AWS does not log it.
    expect(lost.fields).not.toHaveProperty("payload");
    expect(log.entries.filter(({ message }) => message === "try")).toHaveLength(3);
  });

  it("goes to the dead-letter queue after its last retry", async () => {
    const sent = Promise.withResolvers<unknown>();
    const sqs: Executor = {
      execute: (principal, operation, input) => {
        sent.resolve({ principal, operation, input });
        return Promise.resolve({});
      },
    };
    const dead = queue("dead");
    const graph = graphOf(
      dead,
      ...role("fn-role", allow("sqs:SendMessage", dead.outputs.arn)),
      lambdaFunction("fn", failing, { deadLetterConfig: { targetArn: dead.outputs.arn } }),
    );
    const { send } = openLambda(graph, { retryDelaysMs: [1, 1], sqs });
    const requestId = send(self, functionArn("fn"), { fail: 1 });
    expect(await sent.promise).toMatchObject({
      operation: "SendMessage",
      principal: { kind: "role" },
      input: {
        QueueUrl: dead.id,
        MessageBody: '{"fail":1}',
        MessageAttributes: {
          RequestID: { DataType: "String", StringValue: requestId },
          ErrorCode: { DataType: "Number", StringValue: "200" },
          ErrorMessage: { DataType: "String", StringValue: "no" },
        },
      },
    });
  });

  it("survives a restart", async () => {
    const storage = temporaryStorage();
    const graph = graphOf(...role("fn-role"), lambdaFunction("fn", failing));
    const first = openLambda(graph, { storage, retryDelaysMs: [1000, 1000], clock: () => 0 });
    const requestId = first.send(self, functionArn("fn"), { fail: 1 });
    await first.log.until(({ message }) => message === "function failed");
    await first.stop();
    const second = openLambda(graph, { storage, retryDelaysMs: [1, 1] });
    second.start();
    expect(await second.log.until(({ message }) => message === "try")).toMatchObject({
      fields: { requestId },
    });
  });
});

describe("a service", () => {
  const permission = (rest: object) =>
    declared("aws:lambda/permission:Permission", "p", {
      action: "lambda:InvokeFunction",
      function: "fn",
      principal: "s3.amazonaws.com",
      ...rest,
    });
  const s3 = { kind: "service", service: "s3.amazonaws.com" } as const;

  it("needs a permission on the function, for its source", async () => {
    const graph = graphOf(
      ...role("fn-role"),
      lambdaFunction("fn", failing),
      permission({ sourceArn: "arn:aws:s3:::mine" }),
    );
    const { send, log } = openLambda(graph);
    expect(() => send(s3, functionArn("fn"), {}, "arn:aws:s3:::other")).toThrow(/not authorized/);
    expect(() => send(s3, functionArn("fn"), {})).toThrow(/not authorized/);
    expect(() =>
      send({ kind: "service", service: "sns.amazonaws.com" }, functionArn("fn"), {}, "arn:aws:s3:::mine"),
    ).toThrow(/not authorized/);
    send(s3, functionArn("fn"), {}, "arn:aws:s3:::mine");
    await log.until(({ message }) => message === "try");
  });

  it("has no permission without one", () => {
    const { send } = openLambda(graphOf(...role("fn-role"), lambdaFunction("fn", failing)));
    expect(() => send(s3, functionArn("fn"), {}, "arn:aws:s3:::mine")).toThrow(/not authorized/);
  });
});
