import { describe, expect, it } from "@jest/globals";
import type { Firewall, WebRequest } from "../../../src/aws/waf/firewall.ts";
import { password, poolArn, poolId, signIn, useBenches } from "./support.ts";

const start = useBenches();

const blocked = { code: "ForbiddenException", message: "Request not allowed due to WAF block.", status: 403 };

/** A web ACL that blocks by the name of the operation. */
function aclOf(...operations: readonly string[]) {
  const seen: WebRequest[] = [];
  const firewall: Firewall = (arn, request) => {
    expect(arn).toBe(poolArn);
    seen.push(request);
    return operations.includes(String(request.headers["x-amzn-cognito-operation-name"]));
  };
  const names = () => seen.map(({ headers }) => headers["x-amzn-cognito-operation-name"]);
  return { firewall, seen, names };
}

const account = { ClientId: "web", Username: "carol", Password: password };

describe("the web ACL of a user pool", () => {
  it("blocks an operation before it runs", async () => {
    const { firewall } = aclOf("SignUp");
    const bench = await start({ firewall });
    await expect(bench.call("SignUp", account)).rejects.toMatchObject(blocked);
    expect([bench.active(), bench.mail()]).toEqual([0, []]);
    await expect(
      bench.admin("AdminGetUser", { UserPoolId: poolId, Username: "carol" }),
    ).rejects.toMatchObject({ code: "UserNotFoundException" });
  });

  it("also blocks it with a signature, another name of the operation, and the name of a pool", async () => {
    const { firewall } = aclOf("SignUp");
    const bench = await start({ firewall });
    const others = { "x-amzn-cognito-operation-name": "GetUser" };
    const input = { ...account, UserPoolId: "eu-west-1_Other" };
    await expect(bench.admin("SignUp", input)).rejects.toMatchObject(blocked);
    await expect(bench.call("SignUp", input, others)).rejects.toMatchObject(blocked);
  });

  it("sees the operations of users by client and by token, with their address and without credentials", async () => {
    const { firewall, seen, names } = aclOf();
    const bench = await start({ firewall });
    const named = { UserPoolId: poolId, Username: "carol" };
    await bench.admin("AdminCreateUser", { ...named, MessageAction: "SUPPRESS" });
    await bench.admin("AdminSetUserPassword", { ...named, Password: password, Permanent: true });
    const { AccessToken } = await signIn(bench, "carol");
    await bench.call("GetUser", { AccessToken }, { authorization: "Bearer secret" });
    expect(names()).toEqual(["InitiateAuth", "GetUser"]);
    expect(seen.map(({ address, headers }) => [address, headers.authorization])).toEqual([
      ["127.0.0.1", undefined],
      ["127.0.0.1", undefined],
    ]);
  });

  it("lets pass what names no client of it, which Cognito refuses", async () => {
    const { firewall, seen } = aclOf();
    const bench = await start({ firewall });
    await expect(bench.call("SignUp", { ...account, ClientId: "other" })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
    await expect(bench.call("GetUser", { AccessToken: "a.b.c" })).rejects.toThrow();
    expect(seen).toEqual([]);
  });
});
