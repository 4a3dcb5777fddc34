import { describe, expect, it } from "@jest/globals";
import type { Delivery } from "../../../domain/callback.ts";
import { callbacksTable, due } from "../../../functions/shared/callbacks.ts";
import { moveDueIn } from "../../../functions/shared/due.ts";
import { refuses, says, useScriptedAws } from "../../support/scripted-aws.ts";

const use = useScriptedAws(2);

const table = () => callbacksTable(use().dynamodb, "callbacks");
const secret = { secret: "whsec_new", previous: [] };
const lost = refuses("InternalServerError", {}, 500);
/** What DynamoDB says to a write that finds this row. */
const finds = (Item: object) => refuses("ConditionalCheckFailedException", { Item });

describe("a secret", () => {
  it("that the SDK wrote twice, since the first answer was lost, is written", async () => {
    use().answer(lost, finds({ secret: { S: "whsec_new" } }));
    expect(await table().setSecret("owner", secret, undefined)).toBe(true);
    expect(use().calls).toHaveLength(2);
  });

  it("that finds another's in its place is not", async () => {
    use().answer(lost, finds({ secret: { S: "whsec_other" } }));
    expect(await table().setSecret("owner", secret, "whsec_old")).toBe(false);
    // A row with this very secret, found by the first try, is not of this write.
    use().answer(finds({ secret: { S: "whsec_new" } }));
    expect(await table().setSecret("owner", secret, "whsec_old")).toBe(false);
  });

  it("is read as it is now", async () => {
    use().answer(says({ Item: { secret: { S: "whsec_old" }, previous: { L: [] } } }));
    expect(await table().secret("owner")).toEqual({ secret: "whsec_old", previous: [] });
    expect(use().calls[0]?.input).toMatchObject({
      ConsistentRead: true,
      Key: { ownerId: { S: "owner" }, id: { S: "secret" } },
    });
  });
});

describe("a delivery", () => {
  const delivery = { ownerId: "owner", id: "delivery#a#1", url: "https://a.b/" } as Delivery;

  it("that is there already is not added again, and no other failure passes for that", async () => {
    use().answer(says({}));
    expect(await table().add(delivery)).toBe(true);
    use().answer(finds({}));
    expect(await table().add(delivery)).toBe(false);
    use().answer(refuses("ResourceNotFoundException"));
    await expect(table().add(delivery)).rejects.toThrow();
  });

  it("whose row has moved on is not written, whoever moved it", async () => {
    const write = {
      update: "SET #status = :status",
      when: "#status = :old",
      values: { status: "A", old: "B" },
    };
    use().answer(finds({ status: { S: "C" } }));
    expect(await table().update(delivery, write)).toBeUndefined();
    use().answer(lost, finds({ status: { S: "A" } }));
    expect(await table().update(delivery, write)).toBeUndefined();
    use().answer(lost, finds({ status: { S: "A" } }));
    expect(
      await table().update(delivery, { ...write, done: ({ status }) => (status as string) === "A" }),
    ).toEqual({ status: "A" });
  });
});

describe("a receiver", () => {
  it("has a row of its own for each owner and URL, however long that is", async () => {
    use().answer(says({}));
    const url = `https://example.com/${"x".repeat(2000)}`;
    await table().setReceiver("owner", { url, gone: true });
    await table().receiver("owner", url);
    await table().receiver("owner", `${url}y`);
    const [written, read, other] = use().calls.map(
      ({ input }) => ((input["Item"] ?? input["Key"]) as { id: { S: string } }).id.S,
    );
    expect(written).toMatch(/^receiver#[0-9a-f]{64}$/);
    expect([read === written, other === written]).toEqual([true, false]);
  });
});

describe("the time of a row's next look", () => {
  const move = (seen: number | undefined, next: number | undefined) =>
    moveDueIn(use().dynamodb, "callbacks")({ ownerId: "owner", id: "id" }, seen, next);

  it.each<[number | undefined, number | undefined, string, string]>([
    [1, 2, "SET dueAt = :next", "dueAt = :seen"],
    [1, undefined, "REMOVE dueAt", "dueAt = :seen"],
    [undefined, 2, "SET dueAt = :next", "attribute_exists(id) AND attribute_not_exists(dueAt)"],
  ])("is moved from %s to %s if nobody else has moved it", async (seen, next, update, condition) => {
    use().answer(says({}));
    expect(await move(seen, next)).toBe(true);
    expect(use().calls[0]?.input).toMatchObject({ UpdateExpression: update, ConditionExpression: condition });
    use().answer(finds({ dueAt: { N: "7" } }));
    expect(await move(seen, next)).toBe(false);
  });

  it("costs nothing if it stays", async () => {
    expect(await move(5, 5)).toBe(true);
    expect(use().calls).toEqual([]);
  });

  it("is moved although the answer was lost", async () => {
    use().answer(lost, finds({ dueAt: { N: "2" } }));
    expect(await move(1, 2)).toBe(true);
    use().answer(lost, finds({ dueAt: { N: "3" } }));
    expect(await move(1, 2)).toBe(false);
  });

  it("is later by two minutes while a message is on its way", () => {
    expect(due("delivery#a#1", 1000)).toMatchObject({ nextAttemptAt: 1000, dueAt: 121_000 });
    expect(due("delivery#a#1", 1000, false)).toMatchObject({ nextAttemptAt: 1000, dueAt: 1000 });
  });
});
