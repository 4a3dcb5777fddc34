import { describe, expect, it } from "@jest/globals";
import { refusal } from "../../../functions/sign-up/sign-up.ts";

const domains = ["example.com"];

describe("an account", () => {
  it.each(["alice@example.com", "Alice@EXAMPLE.com"])("is for %s", (email) => {
    expect(refusal("PreSignUp_SignUp", email, domains)).toBeUndefined();
  });

  it.each([
    "alice@example.org",
    "alice@sub.example.com",
    "alice@example.com.evil.org",
    "alice@evil.org@example.com",
    "alice@evil.org,bob@example.com",
    "alice@evil.org\n@example.com",
    "example.com",
    "@example.com",
    "",
    undefined,
  ])("is not for %p", (email) => {
    expect(refusal("PreSignUp_SignUp", email, domains)).toMatch("other domains");
  });

  it("that an administrator creates may have any address", () => {
    expect(refusal("PreSignUp_AdminCreateUser", "alice@example.org", domains)).toBeUndefined();
  });
});
