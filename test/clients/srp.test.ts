import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import local from "../../local-cloud.config.ts";
import { createLog } from "../../packages/local-cloud/src/base/log.ts";
import { type Cloud, startCloud } from "../../packages/local-cloud/src/cloud.ts";
import { signIn } from "../../packages/local-cloud/src/sign-in.ts";
import { root } from "../support/program.ts";
import { runScript } from "./child.ts";
import type { Report } from "./srp.ts";

describe("prod, where passwords are not sent", () => {
  let cloud: Cloud;

  beforeAll(async () => {
    const log = createLog("error", () => undefined);
    // Prod's own value, which local-cloud.config.ts overrides.
    const config = { "darkroom:passwordSignIn": "false" };
    const options = { root, local, stack: "prod", port: 0, data: undefined, log };
    cloud = await startCloud({ ...options, config, mappings: false });
  });
  afterAll(() => cloud.stop());

  it("refuses a password", async () => {
    await expect(signIn(cloud.ready, "alice")).rejects.toThrow(
      "USER_PASSWORD_AUTH flow not enabled for this client",
    );
  });

  it("signs in by SRP, as the client does", async () => {
    const id = cloud.ready.users.find(({ username }) => username === "alice")?.sub;
    const report = await runScript<Report>(cloud.ready, "srp.ts");
    expect(report).toEqual({ step: "DONE", id, profile: null });
  });
});
