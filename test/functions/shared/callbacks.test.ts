import { describe, expect, it } from "@jest/globals";
import { callbacksTable } from "../../../functions/shared/callbacks.ts";
import { refuses, says, useScriptedAws } from "../../support/scripted-aws.ts";

const use = useScriptedAws(2);

const table = () => callbacksTable(use().dynamodb, "callbacks");
const secret = { secret: "whsec_new", previous: [] };
const lost = refuses("InternalServerError", {}, 500);
/** DynamoDB's answer to a write whose condition fails on this row. */
const finds = (Item: object) => refuses("ConditionalCheckFailedException", { Item });

describe("a secret", () => {
  it("is written if the answer is lost and the SDK repeats the write", async () => {
    use().answer(lost, finds({ secret: { S: "whsec_new" } }));
    expect(await table().setSecret("owner", secret, undefined)).toBe(true);
    expect(use().calls).toHaveLength(2);
  });

  it("does not overwrite another secret", async () => {
    use().answer(lost, finds({ secret: { S: "whsec_other" } }));
    expect(await table().setSecret("owner", secret, "whsec_old")).toBe(false);
    // The first try finds this secret, so the row is not from this write.
    use().answer(finds({ secret: { S: "whsec_new" } }));
    expect(await table().setSecret("owner", secret, "whsec_old")).toBe(false);
  });

  it("is read consistently", async () => {
    use().answer(says({ Item: { secret: { S: "whsec_old" }, previous: { L: [] } } }));
    expect(await table().secret("owner")).toEqual({ secret: "whsec_old", previous: [] });
    expect(use().calls[0]?.input).toMatchObject({
      ConsistentRead: true,
      Key: { ownerId: { S: "owner" }, id: { S: "secret" } },
    });
  });
});

describe("a receiver", () => {
  it("has its own row for each URL of any length", async () => {
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
