import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
} from "@aws-sdk/client-cloudwatch-logs";
import { describe, expect, it } from "@jest/globals";
import { createLogs, createLogStore } from "../../../src/aws/logs/index.ts";
import { maxBytes, maxEvents } from "../../../src/aws/logs/store.ts";
import type { Resource } from "../../../src/base/graph.ts";
import { openFrontDoor } from "../front-door.ts";
import { accountId, allow, graphOf, queue, region, role } from "../graph.ts";

const arn = `arn:aws:logs:${region}:${accountId}:log-group`;

const group = (name: string, retentionInDays?: number): Resource => ({
  ...queue(name),
  type: "aws:cloudwatch/logGroup:LogGroup",
  inputs: { name, ...(retentionInDays !== undefined && { retentionInDays }) },
});

async function open() {
  let now = 1000;
  const graph = graphOf(
    ...role("reader", allow(["logs:FilterLogEvents", "logs:DescribeLogGroups"], "*")),
    ...role("narrow", allow("logs:FilterLogEvents", `${arn}:/app:*`)),
    ...role("nobody", allow("logs:PutLogEvents", "*")),
    group("/app", 7),
    group("/empty"),
  );
  const store = createLogStore(graph, () => now);
  const door = await openFrontDoor(graph, (iam) => [createLogs({ graph, iam, region, accountId, store })]);
  const client = (name = "reader") => new CloudWatchLogsClient(door.client(name));
  const filter = (input: Partial<FilterLogEventsCommandInput> = {}, name?: string) =>
    client(name).send(new FilterLogEventsCommand({ logGroupName: "/app", ...input }));
  return {
    client,
    filter,
    write: (text: string, at = now, stream = "one", logGroup = "/app"): void => {
      now = at;
      store.line(logGroup, stream, text);
    },
    messages: async (input: Partial<FilterLogEventsCommandInput> = {}) => {
      const { events = [] } = await filter(input);
      return events.map(({ message }) => message);
    },
  };
}

describe("FilterLogEvents", () => {
  it("answers the lines of a group with their time and stream, oldest first", async () => {
    const { write, filter } = await open();
    write("first", 1000, "one");
    write("second", 2000, "two");
    write("of another group", 2000, "two", "/other");
    const { events, nextToken, searchedLogStreams } = await filter();
    expect(events).toEqual([
      expect.objectContaining({
        message: "first",
        timestamp: 1000,
        ingestionTime: 1000,
        logStreamName: "one",
      }),
      expect.objectContaining({ message: "second", timestamp: 2000, logStreamName: "two" }),
    ]);
    expect(new Set(events?.map(({ eventId }) => eventId)).size).toBe(2);
    expect([nextToken, searchedLogStreams]).toEqual([undefined, []]);
  });

  it("takes a range of times, its ends included", async () => {
    const { write, messages } = await open();
    [1, 2, 3, 4].forEach((at) => write(`at ${at}`, at));
    expect(await messages({ startTime: 2, endTime: 3 })).toEqual(["at 2", "at 3"]);
    expect(await messages({ startTime: 5 })).toEqual([]);
    expect(await messages({ startTime: 3, endTime: 2 })).toEqual([]);
  });

  it("takes a pattern, streams, and their prefix", async () => {
    const { write, messages } = await open();
    write("ERROR one", 1, "a/1");
    write("INFO two", 2, "a/2");
    write("ERROR three", 3, "b/1");
    expect(await messages({ filterPattern: "ERROR", interleaved: true })).toEqual([
      "ERROR one",
      "ERROR three",
    ]);
    expect(await messages({ logStreamNames: ["a/2", "b/1"] })).toEqual(["INFO two", "ERROR three"]);
    expect(await messages({ logStreamNamePrefix: "a/" })).toEqual(["ERROR one", "INFO two"]);
  });

  it("pages by a limit", async () => {
    const { write, filter } = await open();
    ["x1", "y", "x2", "x3"].forEach((text) => write(text));
    write("x3");
    const seen: (string | undefined)[][] = [];
    let nextToken: string | undefined;
    do {
      const page = await filter({ limit: 2, filterPattern: "-y", nextToken });
      seen.push((page.events ?? []).map(({ message }) => message));
      ({ nextToken } = page);
    } while (nextToken !== undefined);
    expect(seen).toEqual([
      ["x1", "x2"],
      ["x3", "x3"],
    ]);
  });

  it("pages by the size of the answer, and gives a long line alone", async () => {
    const { write, filter } = await open();
    write("a".repeat(2_000_000));
    write("b".repeat(600_000));
    write("c".repeat(448_576));
    const first = await filter();
    const second = await filter({ nextToken: first.nextToken });
    expect([first, second].map(({ events }) => events?.length)).toEqual([1, 2]);
    expect(second.nextToken).toBeUndefined();
  });

  it("takes an ARN in place of a name", async () => {
    const { write, client } = await open();
    write("line");
    for (const logGroupIdentifier of ["/app", `${arn}:/app`]) {
      const { events } = await client().send(new FilterLogEventsCommand({ logGroupIdentifier }));
      expect(events).toHaveLength(1);
    }
  });

  it("has no groups of another region", async () => {
    const { client } = await open();
    const logGroupIdentifier = `${arn.replace(region, "eu-west-2")}:/app`;
    await expect(client().send(new FilterLogEventsCommand({ logGroupIdentifier }))).rejects.toThrow(
      "The specified log group does not exist.",
    );
  });

  it("knows groups that are declared, and those that were written to", async () => {
    const { write, messages, filter } = await open();
    expect(await messages({ logGroupName: "/empty" })).toEqual([]);
    await expect(filter({ logGroupName: "/other" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The specified log group does not exist.",
    });
    write("line", 1, "one", "/other");
    expect(await messages({ logGroupName: "/other" })).toEqual(["line"]);
  });

  it.each([
    [{ logGroupName: undefined }, "Either logGroupName or logGroupIdentifier must be given, and not both."],
    [
      { logGroupIdentifier: "/app" },
      "Either logGroupName or logGroupIdentifier must be given, and not both.",
    ],
    [{ logGroupName: "a b" }, "Value 'a b' at 'logGroupName' failed to satisfy constraint"],
    [{ limit: 0 }, "Value '0' at 'limit' failed to satisfy constraint"],
    [{ limit: 10_001 }, "Member must have value less than or equal to 10000"],
    [{ startTime: -1 }, "Value '-1' at 'startTime' failed to satisfy constraint"],
    [{ filterPattern: "x".repeat(1025) }, "Member must have length less than or equal to 1024"],
    [{ filterPattern: "[a]" }, "Invalid filter pattern: columns in brackets are not supported locally"],
    [{ nextToken: "never given" }, "The specified nextToken is invalid."],
    [{ nextToken: "!" }, "The specified nextToken is invalid."],
    [{ logStreamNames: ["a"], logStreamNamePrefix: "a" }, "exclude each other"],
  ])("refuses %p", async (input, message) => {
    const { filter } = await open();
    await expect(filter(input)).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringContaining(message) as unknown,
    });
  });

  it.each([{ limit: 1 }, { limit: 10_000 }, { filterPattern: "x".repeat(1024) }, { startTime: 0 }])(
    "takes %p",
    async (input) => {
      const { messages } = await open();
      expect(await messages(input)).toEqual([]);
    },
  );

  it("needs its permission for the group", async () => {
    const { filter } = await open();
    await expect(filter({}, "nobody")).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(
        `not authorized to perform: logs:FilterLogEvents on resource: ${arn}:/app:log-stream:`,
      ) as unknown,
    });
    await expect(filter({}, "narrow")).resolves.toMatchObject({ events: [] });
    await expect(filter({ logGroupName: "/empty" }, "narrow")).rejects.toThrow("not authorized");
  });

  it("denies before it says whether a group exists", async () => {
    const { filter } = await open();
    await expect(filter({ logGroupName: "/other" }, "narrow")).rejects.toThrow("not authorized");
  });
});

describe("a log group", () => {
  it(`keeps its last ${maxEvents} lines`, async () => {
    const { write, messages } = await open();
    for (let index = 0; index <= maxEvents; index += 1) {
      write(`${index}`);
    }
    const kept = await messages();
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([maxEvents, "1", `${maxEvents}`]);
  });

  it("keeps as many bytes, and at least one line", async () => {
    const { write, client } = await open();
    const stored = async () => {
      const { logGroups = [] } = await client().send(new DescribeLogGroupsCommand({}));
      return logGroups[0]?.storedBytes;
    };
    write("a".repeat(maxBytes - 1));
    write("b");
    expect(await stored()).toBe(maxBytes);
    write("c");
    expect(await stored()).toBe(2);
    write("d".repeat(maxBytes + 1));
    expect(await stored()).toBe(maxBytes + 1);
  });
});

describe("DescribeLogGroups", () => {
  it("lists groups by prefix and by page", async () => {
    const { write, client } = await open();
    write("12345");
    const list = (input: object) => client().send(new DescribeLogGroupsCommand(input));
    const first = await list({ limit: 1 });
    expect(first.logGroups).toEqual([
      {
        ...{ logGroupName: "/app", arn: `${arn}:/app:*`, logGroupArn: `${arn}:/app` },
        ...{ retentionInDays: 7, storedBytes: 5, logGroupClass: "STANDARD" },
      },
    ]);
    const second = await list({ limit: 1, nextToken: first.nextToken });
    expect(second.logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(["/empty"]);
    expect(second.nextToken).toBeUndefined();
    expect((await list({ logGroupNamePrefix: "/e" })).logGroups).toHaveLength(1);
    await expect(list({ nextToken: "!" })).rejects.toThrow("The specified nextToken is invalid.");
    await expect(list({ limit: 51 })).rejects.toThrow("less than or equal to 50");
    await expect(client("narrow").send(new DescribeLogGroupsCommand({}))).rejects.toThrow(
      `logs:DescribeLogGroups on resource: ${arn}::log-stream:`,
    );
  });
});
