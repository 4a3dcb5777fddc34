import { describe, expect, it } from "@jest/globals";
import { countedAssets } from "../../../functions/shared/counted.ts";
import { refuses, says, type ScriptedCall, useScriptedAws } from "../../support/scripted-aws.ts";

const use = useScriptedAws();

const row = { ownerId: "owner", id: "id", contentLength: 7 };
const counted = { ...row, counted: true };
const when = { when: "#state = :from", values: { from: "CREATED" } };

const waits: number[] = [];
const table = () =>
  countedAssets(
    use().dynamodb,
    { assets: "assets", usage: "usage" },
    () => new Date("2026-01-01T00:00:00.000Z"),
    (attempt) => Promise.resolve(void waits.push(attempt)),
  );

const cancels = (...codes: string[]) =>
  refuses("TransactionCanceledException", { CancellationReasons: codes.map((Code) => ({ Code })) });

const itemsOf = ({ input }: ScriptedCall | undefined = { operation: "", input: {} }) =>
  input["TransactItems"] as Record<"Update" | "Delete", Record<string, unknown> | undefined>[];

describe.each([
  ["released", () => table().release(counted, { ...when, set: { state: "EXPIRED" } })],
  ["removed", () => table().remove(counted, when)],
])("a counted row that is %s", (_, write) => {
  it("is given back to its account in the same transaction, never below zero", async () => {
    use().answer(says({}));
    expect(await write()).toBe(true);
    const [ofRow, ofAccount] = itemsOf(use().calls[0]);
    expect({ ...ofRow?.Update, ...ofRow?.Delete }).toMatchObject({
      TableName: "assets",
      Key: { ownerId: { S: "owner" }, id: { S: "id" } },
      ConditionExpression: "(#state = :from) AND attribute_exists(#counted)",
    });
    expect(ofAccount?.Update).toMatchObject({
      TableName: "usage",
      Key: { ownerId: { S: "owner" }, id: { S: "account" } },
      UpdateExpression: "ADD #assets :minusOne, #bytes :minusBytes",
      ConditionExpression: "#assets >= :one AND #bytes >= :bytes",
      ExpressionAttributeValues: { ":minusOne": { N: "-1" }, ":minusBytes": { N: "-7" } },
    });
  });

  it("is not changed if its condition does not hold", async () => {
    use().answer(cancels("ConditionalCheckFailed", "None"));
    expect(await write()).toBe(false);
    expect(use().calls).toHaveLength(1);
  });

  it("retries after other transactions of its owner, and fails if they do not end", async () => {
    waits.length = 0;
    let answers = 0;
    use().answer(() => (++answers < 4 ? cancels("None", "TransactionConflict") : says({})));
    expect(await write()).toBe(true);
    expect(waits).toEqual([1, 2, 3]);
    use().answer(cancels("TransactionConflict", "None"));
    await expect(write()).rejects.toThrow("TransactionConflict");
    expect(waits).toHaveLength(3 + 9);
  });

  it("is written without the account if that is missing", async () => {
    use().answer((call) => (itemsOf(call).length > 1 ? cancels("None", "ConditionalCheckFailed") : says({})));
    expect(await write()).toBe(true);
    expect(itemsOf(use().calls[1])).toEqual([itemsOf(use().calls[0])[0]]);
  });

  it.each(["ThrottlingError", "ValidationError"])("fails on %s", async (code) => {
    use().answer(cancels("None", code));
    await expect(write()).rejects.toThrow(code);
  });
});

describe("a row that does not count", () => {
  it("is released and removed without its account, and only while it does not count", async () => {
    use().answer(says({}));
    expect(await table().release(row, { ...when, set: { state: "EXPIRED" } })).toBe(true);
    expect(await table().remove(row, when)).toBe(true);
    expect(use().calls.map(({ operation }) => operation)).toEqual(["UpdateItem", "DeleteItem"]);
    for (const { input } of use().calls) {
      expect(input["ConditionExpression"]).toBe("(#state = :from) AND attribute_not_exists(#counted)");
    }
    use().answer(refuses("ConditionalCheckFailedException"));
    expect(await table().remove(row, when)).toBe(false);
  });
});
