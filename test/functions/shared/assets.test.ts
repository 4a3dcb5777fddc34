import { describe, expect, it } from "@jest/globals";
import { assetsTable } from "../../../functions/shared/assets.ts";
import { refuses, says, type ScriptedCall, useScriptedAws } from "../../support/scripted-aws.ts";

const use = useScriptedAws();

const now = new Date("2026-01-01T00:00:00.000Z");
const table = () => assetsTable(use().dynamodb, "assets", () => now);
const key = { ownerId: "owner", id: "id" };
const keyOf = (number: number) => ({ ownerId: "owner", id: String(number) });

interface Asked {
  readonly Keys: readonly { readonly id: { readonly S: string } }[];
  readonly ConsistentRead: boolean;
}
const asked = ({ input }: ScriptedCall) =>
  (input["RequestItems"] as Record<string, Asked>)["assets"] as Asked;

describe("one row", () => {
  it("is read consistently", async () => {
    use().answer(says({ Item: { id: { S: "id" }, version: { N: "3" } } }));
    expect(await table().get(key)).toEqual({ id: "id", version: 3 });
    expect(use().calls[0]?.input).toMatchObject({ ConsistentRead: true });
    use().answer(says({}));
    expect(await table().get(key)).toBeUndefined();
  });

  it("is written under its condition, and counted", async () => {
    use().answer(says({}));
    const write = {
      set: { state: "EXPIRED" },
      remove: ["labelJob"] as const,
      when: "#state = :from",
      values: { from: "CREATED" },
    };
    expect(await table().update(key, write)).toBe(true);
    expect(use().calls[0]).toMatchObject({
      operation: "UpdateItem",
      input: {
        TableName: "assets",
        Key: { ownerId: { S: "owner" }, id: { S: "id" } },
        UpdateExpression: "SET #state = :state, #updatedAt = :updatedAt ADD #version :one REMOVE #labelJob",
        ConditionExpression: "#state = :from",
        ExpressionAttributeNames: {
          "#state": "state",
          "#updatedAt": "updatedAt",
          "#version": "version",
          "#labelJob": "labelJob",
        },
        ExpressionAttributeValues: {
          ":state": { S: "EXPIRED" },
          ":from": { S: "CREATED" },
          ":updatedAt": { S: now.toISOString() },
          ":one": { N: "1" },
        },
      },
    });
  });

  it("that another writer has changed is skipped, and the log has no error", async () => {
    use().answer(refuses("ConditionalCheckFailedException"));
    expect(await table().update(key, { when: "#state = :from" })).toBe(false);
  });

  it.each([
    "ProvisionedThroughputExceededException",
    "AccessDeniedException",
    "ResourceNotFoundException",
    "ValidationException",
  ])("that cannot be had is a failure, not an absence: %s", async (type) => {
    use().answer(refuses(type));
    await expect(table().get(key)).rejects.toThrow();
    await expect(table().getMany([key])).rejects.toThrow();
    await expect(table().update(key, { when: "#state = :from" })).rejects.toThrow();
  });
});

describe("many rows", () => {
  it.each([
    [0, []],
    [100, [100]],
    [101, [100, 1]],
    [250, [100, 100, 50]],
  ])("%i are read in requests of %j", async (count, sizes) => {
    use().answer((call) => says({ Responses: { assets: asked(call).Keys } }));
    const rows = await table().getMany(Array.from({ length: count }, (_, number) => keyOf(number)));
    expect(
      use()
        .calls.map((call) => asked(call).Keys.length)
        .sort((a, b) => b - a),
    ).toEqual(sizes);
    expect(rows.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: count }, (_, number) => number),
    );
    expect(use().calls.every((call) => asked(call).ConsistentRead)).toBe(true);
  });

  it("may be incomplete: an unprocessed key is not a missing row", async () => {
    use().answer((call) => {
      const [first, ...Keys] = asked(call).Keys;
      return says({ Responses: { assets: [first] }, UnprocessedKeys: { assets: { Keys } } });
    });
    expect(await table().getMany([keyOf(1), keyOf(2)])).toEqual([{ ownerId: "owner", id: "1" }]);
  });
});
