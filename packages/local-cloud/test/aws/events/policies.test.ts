import { describe, expect, it } from "@jest/globals";
import type { Principal } from "../../../src/base/service.ts";
import type { InputsOf } from "../../../src/base/graph.ts";
import { accountId, policy, resource, role, roleArn } from "../graph.ts";
import { administrator, bus, entry, events, openEvents, openQueue, shop, target } from "./support.ts";

const busArn = events("event-bus/orders");
const sender: Principal = { kind: "role", roleArn: roleArn("sender"), sessionArn: "sender/1" };
const put = { Entries: [entry({}, { EventBusName: "orders" })] };

const busPolicy = (statement: object, name = "orders") =>
  resource("aws:cloudwatch/eventBusPolicy:EventBusPolicy", "own", {
    eventBusName: name,
    policy: policy({ Action: "events:PutEvents", Resource: busArn, ...statement }),
  });
const permission = (inputs: Partial<InputsOf["aws:cloudwatch/eventPermission:EventPermission"]>) =>
  resource("aws:cloudwatch/eventPermission:EventPermission", "own", {
    ...{ statementId: "own", principal: "*", eventBusName: "orders" },
    ...inputs,
  });

/** The bus `orders`, whose events go to the queue `jobs`, and a role without policies. */
const open = (...policies: Parameters<typeof openEvents>[0]) =>
  openEvents([
    ...role("sender"),
    bus("orders"),
    shop({ eventBusName: "orders" }),
    target({ eventBusName: "orders" }),
    openQueue("jobs", events("rule/orders/shop")),
    ...policies,
  ]);
const refused = { code: "AccessDeniedException" };

describe("the policy of an event bus", () => {
  it("lets a role put events that has no permission of its own", async () => {
    const without = open();
    await expect(without.service.execute(sender, "PutEvents", put)).rejects.toMatchObject(refused);
    for (const statement of [
      busPolicy({ Effect: "Allow", Principal: { AWS: roleArn("sender") } }),
      permission({}),
    ]) {
      const { service, received } = open(statement);
      expect(await service.execute(sender, "PutEvents", put)).toMatchObject({ FailedEntryCount: 0 });
      await service.idle();
      expect(await received("jobs")).toHaveLength(1);
    }
  });

  it("lets no other role, and no role of another bus, put events", async () => {
    const other = busPolicy({ Effect: "Allow", Principal: { AWS: roleArn("other") } });
    await expect(open(other).service.execute(sender, "PutEvents", put)).rejects.toMatchObject(refused);
    const { service } = open(permission({}));
    const toDefault = { Entries: [entry()] };
    await expect(service.execute(sender, "PutEvents", toDefault)).rejects.toMatchObject(refused);
  });

  it("lets no role put events by its condition on the organization, or by another account's number", async () => {
    for (const statement of [
      permission({ condition: { key: "aws:PrincipalOrgID", type: "StringEquals", value: "o-1" } }),
      permission({ principal: "111111111111" }),
    ]) {
      await expect(open(statement).service.execute(sender, "PutEvents", put)).rejects.toMatchObject(refused);
    }
  });

  it("can deny a role with a permission of its own", async () => {
    const denied = busPolicy({ Effect: "Deny", Principal: "*" });
    await expect(open(denied).service.execute(administrator, "PutEvents", put)).rejects.toMatchObject(
      refused,
    );
    expect(await open().service.execute(administrator, "PutEvents", put)).toMatchObject({
      FailedEntryCount: 0,
    });
  });

  it("is described with the bus", async () => {
    const { service } = open(permission({ principal: accountId, statementId: "mine" }));
    const { Policy } = await service.execute(administrator, "DescribeEventBus", { Name: "orders" });
    expect(JSON.parse(String(Policy))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "mine",
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${accountId}:root` },
          Action: "events:PutEvents",
          Resource: busArn,
        },
      ],
    });
    expect(await service.execute(administrator, "DescribeEventBus", {})).not.toHaveProperty("Policy");
  });

  it("is refused for a bus that is not declared, and beside a permission of the same bus", () => {
    expect(() => open(busPolicy({ Effect: "Deny", Principal: "*" }, "gone"))).toThrow(
      "EventBusPolicy own: eventBusName is invalid: Event bus gone does not exist.",
    );
    expect(() => open(busPolicy({ Effect: "Deny", Principal: "*" }), permission({}))).toThrow(
      /^EventPermission own: eventBusName is invalid: an EventBusPolicy replaces the permissions of its bus/,
    );
  });
});
