import { describe, expect, it } from "@jest/globals";
import type { Delivery } from "../../../domain/callback.ts";
import { callbacksTable } from "../../../functions/shared/callbacks.ts";
import { due } from "../../../functions/shared/deliveries.ts";
import { refuses, says, useScriptedAws } from "../../support/scripted-aws.ts";

const use = useScriptedAws(2);

const table = () => callbacksTable(use().dynamodb, "callbacks");
const lost = refuses("InternalServerError", {}, 500);
/** DynamoDB's answer to a write whose condition fails on this row. */
const finds = (Item: object) => refuses("ConditionalCheckFailedException", { Item });
const row = (status: string, nextAttemptAt: number) => ({
  status: { S: status },
  nextAttemptAt: { N: String(nextAttemptAt) },
});

describe("a delivery", () => {
  const delivery = {
    ...{ ownerId: "owner", id: "delivery#a#1", url: "https://a.b/", status: "PENDING", nextAttemptAt: 5 },
    attempts: Array.from({ length: 60 }, (_, index) => ({ at: String(index) })),
  } as unknown as Delivery;

  it("is added once, and errors are not mistaken for an existing row", async () => {
    use().answer(says({}));
    expect(await table().add(delivery)).toBe(true);
    use().answer(finds({}));
    expect(await table().add(delivery)).toBe(false);
    use().answer(refuses("ResourceNotFoundException"));
    await expect(table().add(delivery)).rejects.toThrow();
  });

  it("is not concluded if another attempt has started", async () => {
    use().answer(finds(row("PENDING", 6)));
    expect(await table().conclude(delivery, "FAILED")).toBe(false);
    use().answer(lost, finds(row("FAILED", 6)));
    expect(await table().conclude(delivery, "FAILED")).toBe(false);
    // The first try finds the result, so another writer wrote it.
    use().answer(finds(row("FAILED", 5)));
    expect(await table().conclude(delivery, "FAILED")).toBe(false);
  });

  it.each<[string, () => Promise<unknown>, object]>([
    ["concluded", () => table().conclude(delivery, "FAILED"), row("FAILED", 5)],
    ["put off", () => table().putOff(delivery, 9, true), row("PENDING", 9)],
  ])("is %s although the answer was lost", async (_, write, written) => {
    use().answer(lost, finds(written));
    expect(await write()).toBe(true);
  });

  it("is claimed once although the answer was lost", async () => {
    use().answer(lost, finds(row("PENDING", 31_000)));
    expect(await table().claim(delivery, 1000, 31_000)).toMatchObject({ nextAttemptAt: 31_000 });
    use().answer(lost, finds(row("PENDING", 32_000)));
    expect(await table().claim(delivery, 1000, 31_000)).toBeUndefined();
  });

  it.each<[string, () => Promise<unknown>]>([
    ["concluded", () => table().conclude(delivery, "FAILED")],
    ["put off", () => table().putOff(delivery, 9, true)],
    ["replayed", () => table().replay(delivery, 9)],
  ])("keeps its last 50 attempts when it is %s", async (_, write) => {
    use().answer(says({}));
    await write();
    const { ":attempts": attempts } = use().calls[0]?.input["ExpressionAttributeValues"] as Record<
      string,
      { L: { M: { at: { S: string } } }[] }
    >;
    expect(attempts?.L.map(({ M }) => M.at.S)).toEqual(
      Array.from({ length: 50 }, (__, at) => String(at + 10)),
    );
  });
});

describe("the sweep's check of a delivery", () => {
  it("is two minutes later if a message is queued", () => {
    expect(due("delivery#a#1", 1000)).toMatchObject({ nextAttemptAt: 1000, dueAt: 121_000 });
    expect(due("delivery#a#1", 1000, false)).toMatchObject({ nextAttemptAt: 1000, dueAt: 1000 });
  });
});
