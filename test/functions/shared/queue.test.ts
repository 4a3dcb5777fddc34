import { describe, expect, it } from "@jest/globals";
import { sendAll } from "../../../functions/shared/queue.ts";
import { refuses, says, type ScriptedCall, useScriptedAws } from "../../support/scripted-aws.ts";

const use = useScriptedAws();

const entries = ({ input }: ScriptedCall) =>
  input["Entries"] as { Id: string; MessageBody: string; DelaySeconds: number }[];
const taken = (call: ScriptedCall) =>
  says({ Successful: entries(call).map(({ Id }) => ({ Id, MessageId: Id })), Failed: [] });
const messages = (count: number) => Array.from({ length: count }, (_, number) => ({ number }));
const send = (count: number, delaySeconds = 0) =>
  sendAll(use().sqs, "http://127.0.0.1/queue", messages(count), { delaySeconds });

describe("messages", () => {
  it.each([
    [0, []],
    [1, [1]],
    [10, [10]],
    [11, [10, 1]],
    [25, [10, 10, 5]],
  ])("%i are sent in requests of %j", async (count, sizes) => {
    use().answer(taken);
    await send(count, 7);
    expect(use().calls.map((call) => entries(call).length)).toEqual(sizes);
    const sent = use().calls.flatMap(entries);
    expect(sent.map(({ MessageBody }) => JSON.parse(MessageBody) as unknown)).toEqual(messages(count));
    expect(sent.every(({ DelaySeconds }) => DelaySeconds === 7)).toBe(true);
  });

  it("fail if one of them is refused, although the answer is 200", async () => {
    const failed = { Id: "1", SenderFault: false, Code: "InternalError" };
    use().answer(says({ Successful: [{ Id: "0" }], Failed: [failed] }));
    await expect(send(2)).rejects.toThrow("1 messages were not accepted: InternalError");
  });

  it("fail if the answer leaves one out", async () => {
    use().answer(says({ Successful: [{ Id: "0" }] }));
    await expect(send(2)).rejects.toThrow("1 messages were not accepted");
  });

  it("fail if the second request fails, or without an answer", async () => {
    use().answer(taken, refuses("ServiceUnavailable", {}, 503));
    await expect(send(11)).rejects.toThrow();
    use().answer(refuses("AccessDeniedException"));
    await expect(send(1)).rejects.toThrow();
    use().answer("cut");
    await expect(send(1)).rejects.toThrow();
  });
});
