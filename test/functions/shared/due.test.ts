import { describe, expect, it } from "@jest/globals";
import { moveDueIn } from "../../../functions/shared/due.ts";
import { refuses, says, useScriptedAws } from "../../support/scripted-aws.ts";

const use = useScriptedAws(2);

const lost = refuses("InternalServerError", {}, 500);
/** DynamoDB's answer to a write whose condition fails on this row. */
const finds = (Item: object) => refuses("ConditionalCheckFailedException", { Item });

describe("the due time of a row", () => {
  const move = (seen: number | undefined, next: number | undefined) =>
    moveDueIn(use().dynamodb, "callbacks")({ ownerId: "owner", id: "id" }, seen, next);

  it.each<[number | undefined, number | undefined, string, string]>([
    [1, 2, "SET #dueAt = :dueAt", "#dueAt = :seen"],
    [1, undefined, "REMOVE #dueAt", "#dueAt = :seen"],
    [undefined, 2, "SET #dueAt = :dueAt", "attribute_exists(#id) AND attribute_not_exists(#dueAt)"],
  ])("changes from %s to %s unless another writer has changed it", async (seen, next, update, condition) => {
    use().answer(says({}));
    expect(await move(seen, next)).toBe(true);
    expect(use().calls[0]?.input).toMatchObject({ UpdateExpression: update, ConditionExpression: condition });
    use().answer(finds({ dueAt: { N: "7" } }));
    expect(await move(seen, next)).toBe(false);
  });

  it("needs no request if it stays the same", async () => {
    expect(await move(5, 5)).toBe(true);
    expect(use().calls).toEqual([]);
  });

  it("is changed if the answer is lost", async () => {
    use().answer(lost, finds({ dueAt: { N: "2" } }));
    expect(await move(1, 2)).toBe(true);
    use().answer(lost, finds({ dueAt: { N: "3" } }));
    expect(await move(1, 2)).toBe(false);
  });
});
