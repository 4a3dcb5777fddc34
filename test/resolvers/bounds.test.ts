import { describe, expect, it } from "@jest/globals";
import { problemOfAsset, uploadSeconds } from "../../domain/limits.ts";
import { assetId, errorOf, run, valueOf } from "../support/resolver.ts";

const now = Math.floor(Date.now() / 1000);
const day = 86_400;

interface Reservation {
  readonly transactItems: readonly {
    readonly attributeValues: Record<string, { readonly N?: string | number }>;
    readonly condition: { readonly expression: string; readonly expressionValues?: object };
  }[];
}

describe("a clientToken", () => {
  const stash = {
    asset: { ownerId: "alice-sub", id: assetId },
    clientToken: "t",
    fingerprint: "[]",
    limits: {},
  };
  const token = () => (valueOf(run("reserveAsset", "request", { stash })) as Reservation).transactItems[2];

  it("is remembered for a day", () => {
    const lapses = Number(token()?.attributeValues["expiresAt"]?.N);
    expect(lapses).toBeGreaterThanOrEqual(now + day);
    expect(lapses).toBeLessThan(now + day + 60);
  });

  it("is taken again once it has lapsed, and not before", () => {
    expect(token()?.condition.expression).toBe("attribute_not_exists(clientToken) OR expiresAt < :now");
    const { ":now": asked } = token()?.condition.expressionValues as { ":now": { N: string | number } };
    expect(Number(asked.N)).toBeGreaterThanOrEqual(now);
    expect(Number(asked.N)).toBeLessThan(now + 60);
  });
});

describe("a page that DynamoDB throttles", () => {
  it.each(["ThrottlingException", "ProvisionedThroughputExceededException", "InternalServerError"])(
    "is a fault of ours, not of the cursor's (%s)",
    (code) => {
      const context = { arguments: { nextToken: "t" }, error: { type: `DynamoDB:${code}`, message: "" } };
      expect(errorOf(run("Query.listAssets", "response", context))).toBe("Internal");
    },
  );
});

describe("Query.listDeliveries", () => {
  it("refuses another owner's deliveries", () => {
    const context = { arguments: { assetId, ownerId: "bob-sub" } };
    expect(run("Query.listDeliveries", "request", context).end).toMatchObject({ unauthorized: true });
  });

  it.each(["", "x", `${assetId}#`, "0#other"])("reads nothing for an invalid id of an asset: %j", (text) => {
    const { end } = run("Query.listDeliveries", "request", { arguments: { assetId: text } });
    expect(end).toMatchObject({ kind: "early", value: { items: [], nextToken: null } });
  });

  it("reads an asset's deliveries alone", () => {
    expect(valueOf(run("Query.listDeliveries", "request", { arguments: { assetId } }))).toMatchObject({
      operation: "Query",
      query: { expressionValues: { ":deliveries": { S: expect.stringContaining(assetId) } } },
    });
  });
});

describe("an upload", () => {
  const size = (contentLength: number) => problemOfAsset({ contentType: "image/jpeg", contentLength });

  it("has 100 MiB at most", () => {
    expect(size(100 * 1024 * 1024)).toBeUndefined();
    expect(size(100 * 1024 * 1024 + 1)).toMatch(/^contentLength:/);
  });

  it("may begin for five minutes, which the bucket's policy holds too", () => {
    expect(uploadSeconds).toBe(300);
  });
});
