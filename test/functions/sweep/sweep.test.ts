import { describe, expect, it } from "@jest/globals";
import { wait } from "../../../domain/due.ts";
import { assetSource } from "../../../functions/sweep/sources.ts";
import { maxRows, sweep } from "../../../functions/sweep/sweep.ts";
import { refuses, says, type ScriptedCall, useScriptedAws } from "../../support/scripted-aws.ts";

const use = useScriptedAws();

/** Shortly after all rows were created. */
const now = 1_000_000;

const idOf = (name: string) => `0000000000${name}`;

const row = (name: string, labelStatus: string) => ({
  ...{
    ownerId: { S: "owner" },
    id: { S: idOf(name) },
    state: { S: "RECEIVED" },
    labelStatus: { S: labelStatus },
  },
  ...{ labelRun: { N: "1" }, dueAt: { N: "5" } },
});

const shardOf = ({ input }: ScriptedCall) =>
  (input["ExpressionAttributeValues"] as Record<string, { S: string }>)[":shard"]?.S;

/** Runs a sweep over one shard of rows; the other operations answer so. */
async function run(
  rows: object[],
  answers: Partial<Record<string, (call: ScriptedCall) => ReturnType<typeof says>>>,
  table = "assets",
) {
  use().answer((call) => {
    const answer = answers[call.operation];
    if (answer) {
      return answer(call);
    }
    if (call.operation === "Query") {
      return says({ Items: shardOf(call) === "0" ? rows : [] });
    }
    const entries = (call.input["Entries"] ?? []) as { Id: string }[];
    return says({ Successful: entries.map(({ Id }) => ({ Id })), Failed: [] });
  });
  const failures: unknown[] = [];
  const { dynamodb, sqs } = use();
  const source = assetSource(table, {
    labelQueueUrl: "http://q/labels",
    objectQueueUrl: "http://q/objects",
    indexQueueUrl: "http://q/index",
    thumbnailQueueUrl: "http://q/thumbnails",
  });
  const result = await sweep([source], {
    dynamodb,
    sqs,
    now: () => now,
    failed: (error) => failures.push(error),
  });
  return { ...result, failures };
}

describe("a sweep", () => {
  it("claims each row before it sends its message; what is not sent is due again", async () => {
    const result = await run([row("a", "PENDING"), row("b", "DONE")], {
      SendMessageBatch: ({ input }) =>
        String(input["QueueUrl"]).endsWith("labels")
          ? says({ Successful: [], Failed: [{ Id: "0", Code: "InternalError", SenderFault: false }] })
          : says({ Successful: [{ Id: "0" }] }),
    });
    expect(result).toMatchObject({ due: 2, taken: 2, sent: 1, lag: now - 5 });
    expect(result.failures).toHaveLength(1);
    const moved = use().calls.filter(({ operation }) => operation === "UpdateItem");
    expect(moved.map(({ input }) => input["ExpressionAttributeValues"])).toEqual([
      { ":dueAt": { N: String(now + wait.again) }, ":seen": { N: "5" } },
      { ":dueAt": { N: String(now + wait.audit) }, ":seen": { N: "5" } },
    ]);
    const order = use().calls.map(({ operation }) => operation);
    expect(order.lastIndexOf("UpdateItem")).toBeLessThan(order.indexOf("SendMessageBatch"));
  });

  it("looks soon again at a settled row whose check could not be sent", async () => {
    const result = await run([row("a", "DONE")], {
      SendMessageBatch: ({ input }) =>
        String(input["QueueUrl"]).endsWith("index")
          ? says({ Successful: [], Failed: [{ Id: "0", Code: "InternalError", SenderFault: false }] })
          : says({ Successful: [{ Id: "0" }] }),
    });
    expect(result).toMatchObject({ taken: 1, sent: 0 });
    const moved = use().calls.filter(({ operation }) => operation === "UpdateItem");
    expect(moved.map(({ input }) => input["ExpressionAttributeValues"])).toEqual([
      { ":dueAt": { N: String(now + wait.audit) }, ":seen": { N: "5" } },
      { ":dueAt": { N: String(now + wait.again) }, ":seen": { N: String(now + wait.audit) } },
    ]);
  });

  it("sends nothing for a row that another run has claimed", async () => {
    const result = await run([row("a", "PENDING")], {
      UpdateItem: () => refuses("ConditionalCheckFailedException"),
    });
    expect(result).toMatchObject({ due: 1, taken: 0, sent: 0, failures: [] });
    expect(use().calls.some(({ operation }) => operation === "SendMessageBatch")).toBe(false);
  });

  it("fails if it cannot read or claim rows", async () => {
    await expect(run([], { Query: () => refuses("AccessDeniedException") })).rejects.toThrow();
    await expect(
      run([row("a", "DONE")], { UpdateItem: () => refuses("AccessDeniedException") }),
    ).rejects.toThrow();
  });

  it("reads at most a fixed number of rows from each of eight shards", async () => {
    await run([], {}, "asked");
    const queries = use().calls.filter(({ input }) => input["TableName"] === "asked");
    expect(queries.map(shardOf).sort()).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
    expect(queries.every(({ input }) => input["Limit"] === maxRows && input["IndexName"] === "due")).toBe(
      true,
    );
  });

  it("sends in tens", async () => {
    const rows = Array.from({ length: 11 }, (_, index) => row(String(index), "DONE"));
    expect(await run(rows, {})).toMatchObject({ due: 11, taken: 11, sent: 11 });
    const sizes = use().calls.flatMap(({ input }) =>
      input["Entries"] ? [(input["Entries"] as object[]).length] : [],
    );
    // To the objects' queue and to the label index's.
    expect(sizes.toSorted()).toEqual([1, 1, 10, 10]);
  });

  it("compares assets that may be in the label index with it, in order by owner", async () => {
    await run([row("a", "DONE"), row("b", "NONE"), row("c", "PENDING")], {});
    const sent = use().calls.filter(({ input }) => String(input["QueueUrl"]).endsWith("index"));
    expect(sent.flatMap(({ input }) => input["Entries"])).toEqual([
      {
        Id: "0",
        MessageBody: JSON.stringify({ ownerId: "owner", id: idOf("a"), cause: "due 5" }),
        MessageGroupId: "owner",
        MessageDeduplicationId: `${idOf("a")}#due-5`,
      },
    ]);
  });
});

describe("a due asset", () => {
  const queues = { labelQueueUrl: "labels", objectQueueUrl: "objects", indexQueueUrl: "index" };
  const source = assetSource("assets", { ...queues, thumbnailQueueUrl: "thumbnails" });
  const due = { ownerId: "o", id: "a", dueAt: 5, labelRun: 1 };

  it.each([
    [{ state: "RECEIVED", labelStatus: "PENDING", renditions: "PENDING" }, ["labels", "thumbnails"]],
    [{ state: "RECEIVED", labelStatus: "NONE", renditions: "PENDING" }, ["thumbnails"]],
    [{ state: "UPLOADED", labelStatus: "DONE", renditions: "PENDING" }, ["thumbnails"]],
    [{ state: "UPLOADED", labelStatus: "RUNNING", renditions: "DONE" }, ["labels"]],
    [{ state: "UPLOADED", labelStatus: "DONE", renditions: "DONE" }, ["objects", "index"]],
    [{ state: "RECEIVED", labelStatus: "SKIPPED", renditions: "FAILED" }, ["objects", "index"]],
    [{ state: "DELETED", labelStatus: "NONE", renditions: "PENDING" }, ["objects"]],
    [{ state: "CREATED", labelStatus: "NONE" }, ["objects"]],
  ])("%j is sent to %j", (changes, expected) => {
    expect(source.route({ ...due, ...changes }).map(({ queueUrl }) => queueUrl)).toEqual(expected);
  });
});
