import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Bench, password, poolId, startBench } from "./support.ts";

describe("aws-amplify 6 against a pool", () => {
  let bench: Bench;
  let report: Record<string, unknown>;

  beforeAll(async () => {
    bench = await startBench();
    bench.cognito.seed([
      { username: "alice", password, groups: ["admin"], attributes: { email: "a@example.com" } },
    ]);
    await bench.admin("AdminCreateUser", {
      UserPoolId: poolId,
      Username: "bob",
      TemporaryPassword: "Tempor4ry!",
    });
    const script = join(import.meta.dirname, "amplify.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [script, bench.url, poolId, "web"]);
    report = JSON.parse(stdout) as Record<string, unknown>;
  });
  afterAll(() => bench.stop());

  it("signs in by SRP, its default", async () => {
    expect(report["srp"]).toMatchObject({ isSignedIn: true });
    expect(report["tokens"]).toMatchObject({
      id: {
        "cognito:groups": ["admin"],
        "cognito:username": "alice",
        email: "a@example.com",
        token_use: "id",
      },
    });
    const { access } = report["tokens"] as { access: string };
    await expect(bench.cognito.verify(access)).resolves.toMatchObject({
      username: "alice",
      groups: ["admin"],
    });
  });

  it("reads the user's attributes", () => {
    expect(report["user"]).toMatchObject({ email: "a@example.com" });
  });

  it("refreshes", () => {
    const { access: before } = report["tokens"] as { access: string };
    const { access: after } = report["refreshed"] as { access: string };
    expect(after).not.toBe(before);
  });

  it("signs in by password", () => {
    expect(report["password"]).toMatchObject({ isSignedIn: true });
  });

  it("gets the same answer for a wrong password as for an unknown user", () => {
    expect(report["wrong"]).toEqual({
      name: "NotAuthorizedException",
      message: "Incorrect username or password.",
    });
    expect(report["unknown"]).toEqual(report["wrong"]);
  });

  it("is led to change a temporary password", () => {
    expect(report["temporary"]).toMatchObject({
      nextStep: { signInStep: "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED" },
    });
    expect(report["changed"]).toMatchObject({ isSignedIn: true });
  });
});
