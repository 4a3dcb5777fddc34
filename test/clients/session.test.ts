import { beforeAll, describe, expect, it } from "@jest/globals";
import { useCloud } from "../support/cloud.ts";
import { runScript } from "./child.ts";
import type { Report } from "./session.ts";

const use = useCloud();

describe("a session of the client", () => {
  let report: Report;
  beforeAll(async () => {
    report = await runScript<Report>(use().cloud.ready, "session.ts");
  });

  it("signs in and out, apart from other sessions", () => {
    const sub = (name: string) => use().cloud.ready.users.find(({ username }) => username === name)?.sub;
    expect(report.session).toEqual({
      step: "DONE",
      user: { id: sub("alice"), username: "alice", groups: [] },
      profile: null,
      other: null,
      next: { id: sub("admin"), username: "admin", groups: ["admins"] },
      left: null,
      token: "SignedOut",
    });
  });

  it("signs up with the code that was sent, resets a forgotten password, and names refusals", () => {
    expect(report.signUp).toEqual({
      before: "CONFIRM_SIGN_UP",
      wrongCode: "CodeMismatchException",
      wrongPassword: "NotAuthorizedException",
      after: "DONE",
    });
  });
});
