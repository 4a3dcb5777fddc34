import { describe, expect, it } from "@jest/globals";
import { eventId, snapshot } from "../../../domain/event.ts";
import { sequenceIn, type UnnumberedEvent } from "../../../functions/relay/sequence.ts";
import { anAsset } from "../../support/asset.ts";
import { refuses, says, type ScriptedCall, useScriptedAws } from "../../support/scripted-aws.ts";

const use = useScriptedAws(2);

const eventOf = (number: number): UnnumberedEvent => {
  const asset = anAsset({ ownerId: "owner", id: String(number) });
  return {
    type: "CREATED",
    edited: null,
    ownerId: "owner",
    assetId: asset.id,
    at: asset.createdAt,
    asset: snapshot(asset),
  };
};
const events = (count: number) => Array.from({ length: count }, (_, number) => eventOf(number));

interface Put {
  readonly Put: {
    readonly Item: Record<string, { readonly S?: string; readonly N?: string }>;
    readonly ConditionExpression?: string;
  };
}
const putsOf = ({ input }: ScriptedCall) => input["TransactItems"] as readonly Put[];
const isWrite = ({ operation }: ScriptedCall) => operation === "TransactWriteItems";
const cancelled = refuses("TransactionCanceledException", {
  CancellationReasons: [{ Code: "ConditionalCheckFailed" }],
});

const number = (count: number, days = 0) =>
  sequenceIn(use().dynamodb, "events", { days, now: () => 1_000 })("owner", events(count));

describe("numbers of events", () => {
  it.each([
    [0, [undefined, undefined]],
    [10, [10 * 86_400 + 1, 40 * 86_400 + 1]],
    [90, [90 * 86_400 + 1, 90 * 86_400 + 1]],
  ])(
    "are kept for %d days, and those of changes for as long as a change can be repeated",
    async (days, ends) => {
      const { answer, calls } = use();
      answer(says({}));
      await number(1, days);
      const write = calls.find(isWrite);
      const [counter, ...rows] = write ? putsOf(write) : [];
      expect(rows.map(({ Put: { Item } }) => Item["expiresAt"]?.N)).toEqual(
        ends.map((end) => end?.toString()),
      );
      expect(counter?.Put.Item).not.toHaveProperty("expiresAt");
    },
  );

  it.each([
    [1, [3]],
    [49, [99]],
    [50, [99, 3]],
  ])("of %i events are written in transactions of %j", async (count, sizes) => {
    let last = 0;
    use().answer((call) => {
      if (!isWrite(call)) {
        return says(last === 0 ? {} : { Item: { seq: { N: String(last) } } });
      }
      last = Number(putsOf(call)[0]?.Put.Item["seq"]?.N);
      return says({});
    });
    expect((await number(count)).map(({ seq }) => seq)).toEqual(
      Array.from({ length: count }, (_, index) => index + 1),
    );
    const writes = use().calls.filter(isWrite).map(putsOf);
    expect(writes.map((puts) => puts.length)).toEqual(sizes);
    // Counter, event and change, each on condition: nothing that is there is written over.
    expect(writes.flat().every(({ Put }) => Put.ConditionExpression !== undefined)).toBe(true);
    expect(writes[0]?.[1]?.Put.Item["id"]).toEqual({ S: eventId(1) });
  });

  it("are written once if the answer to the transaction is lost: the SDK repeats it with one token", async () => {
    const tokens: unknown[] = [];
    let lost = false;
    use().answer((call) => {
      if (!isWrite(call)) {
        return says({});
      }
      tokens.push(call.input["ClientRequestToken"]);
      if (!lost) {
        lost = true;
        return "cut";
      }
      return says({});
    });
    expect((await number(1)).map(({ seq }) => seq)).toEqual([1]);
    expect(tokens).toHaveLength(2);
    expect(tokens[0]).toEqual(expect.any(String));
    expect(tokens[1]).toBe(tokens[0]);
  });

  it("continue after those of another writer", async () => {
    let writes = 0;
    use().answer((call) => {
      if (isWrite(call)) {
        writes += 1;
        return writes === 1 ? cancelled : says({});
      }
      const id = (call.input["Key"] as { id: { S: string } }).id.S;
      return says(id === "counter" && writes > 0 ? { Item: { seq: { N: "7" } } } : {});
    });
    expect((await number(2)).map(({ seq }) => seq)).toEqual([8, 9]);
    const counters = use()
      .calls.filter(isWrite)
      .map((call) => putsOf(call)[0]?.Put.ConditionExpression);
    // Exactly the number that was read: not one that another has given meanwhile.
    expect(counters).toEqual(["attribute_not_exists(id)", "seq = :last"]);
  });

  it("fail after eight other writers, and immediately for any other refusal", async () => {
    use().answer((call) => (isWrite(call) ? cancelled : says({})));
    await expect(number(1)).rejects.toThrow("in 8 tries");
    expect(use().calls.filter(isWrite)).toHaveLength(8);
    use().answer((call) => (isWrite(call) ? refuses("AccessDeniedException") : says({})));
    await expect(number(1)).rejects.toThrow();
    expect(use().calls.filter(isWrite)).toHaveLength(9);
  });

  it("are read consistently", async () => {
    use().answer(says({}));
    await number(1);
    const reads = use().calls.filter((call) => !isWrite(call));
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.every(({ input }) => input["ConsistentRead"] === true)).toBe(true);
  });
});
