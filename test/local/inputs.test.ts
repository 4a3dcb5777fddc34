import { describe, expect, it } from "@jest/globals";
import type { Graph } from "../../local/graph.ts";
import { idleInputs, refuseInputs } from "../../local/inputs.ts";

const graphOf = (type: string, inputs: object) =>
  ({ resources: [{ type, name: "it", inputs }] }) as unknown as Graph;
const queue = (inputs: object) => graphOf("aws:sqs/queue:Queue", inputs);
const table = (inputs: object) => graphOf("aws:dynamodb/table:Table", inputs);

describe("an input", () => {
  it.each([
    ["delaySeconds", 0, 900],
    ["maxMessageSize", 1024, 1_048_576],
    ["messageRetentionSeconds", 60, 1_209_600],
    ["receiveWaitTimeSeconds", 0, 20],
    ["visibilityTimeoutSeconds", 0, 43_200],
  ])("%s of a queue is taken from %d to %d, as by AWS", (input, least, most) => {
    for (const value of [least, most]) expect(() => refuseInputs(queue({ [input]: value }))).not.toThrow();
    for (const value of [least - 1, most + 1, least + 0.5])
      expect(() => refuseInputs(queue({ [input]: value }))).toThrow(
        `Queue it: ${input} must be a whole number from ${least} to ${most}.`,
      );
  });

  it("that would make something else of the resource is refused by name, and false is as if it were absent", () => {
    expect(() => refuseInputs(queue({ contentBasedDeduplication: true }))).toThrow(
      "Queue it: contentBasedDeduplication is for FIFO queues, which are not supported locally.",
    );
    expect(() => refuseInputs(queue({ contentBasedDeduplication: false, fifoQueue: false }))).not.toThrow();
    expect(() => refuseInputs(table({ restoreSourceName: "other" }))).toThrow("Table it: restoreSourceName");
    expect(() => refuseInputs(table({ importTable: {} }))).toThrow("Table it: importTable");
  });

  it("without effect here is listed, and one with effect or not given is not", () => {
    const inputs = { hashKey: "id", replicas: [{ regionName: "eu-west-2" }], tags: {}, ttl: null };
    expect([...idleInputs(table(inputs)).keys()]).toEqual(["Table.replicas", "Table.tags"]);
  });

  it("that subscribes a function to a topic is listed: no message reaches it", () => {
    const type = "aws:sns/topicSubscription:TopicSubscription";
    expect([...idleInputs(graphOf(type, { protocol: "lambda" })).keys()]).toEqual([
      "TopicSubscription to lambda",
    ]);
    expect(idleInputs(graphOf(type, { protocol: "email" })).size).toBe(0);
  });
});
