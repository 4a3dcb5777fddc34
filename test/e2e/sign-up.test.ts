import { describe, expect, it } from "@jest/globals";
import local from "../../local-cloud.config.ts";
import { useCloud } from "../support/cloud.ts";

async function call(endpointUrl: string, operation: string, input: object) {
  const response = await fetch(endpointUrl, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(input),
  });
  return (await response.json()) as Readonly<Record<string, unknown>>;
}

const signUp = (
  { endpointUrl, userPoolClientId }: { endpointUrl: string; userPoolClientId: string },
  email: string,
) =>
  call(endpointUrl, "SignUp", {
    ClientId: userPoolClientId,
    Username: email.replace("@", "-at-"),
    Password: "correct-Horse-1",
    UserAttributes: [{ Name: "email", Value: email }],
  });

describe("sign-up for owners of addresses of a domain", () => {
  const use = useCloud({ config: { "darkroom:signUp": '["example.com"]' }, mappings: false });

  it("creates an account for them, and for nobody else", async () => {
    const { ready } = use().cloud;
    expect(await signUp(ready, "carol@example.com")).toMatchObject({ UserConfirmed: false });
    expect(await signUp(ready, "carol@evil.example.org")).toEqual({
      __type: "UserLambdaValidationException",
      message: "PreSignUp failed with error Accounts are for addresses of other domains.",
    });
  });
});

describe("prod", () => {
  const use = useCloud({ stack: "prod", config: { ...local.config }, mappings: false });

  it("creates no account without an invitation", async () => {
    expect(await signUp(use().cloud.ready, "carol@example.com")).toEqual({
      __type: "NotAuthorizedException",
      message: "SignUp is not permitted for this user pool",
    });
  });

  it("blocks a request that is too large", async () => {
    const { cloud, alice } = use();
    const acl = cloud.graph.resources.find(({ type }) => type === "aws:wafv2/webAcl:WebAcl");
    expect(acl).toBeDefined();
    expect((await alice.ask("{ me { id } }")).errors).toBeUndefined();
    const long = JSON.stringify({ query: `{ me { id } } #${"x".repeat(100_000)}` });
    const headers = { authorization: alice.token, "content-type": "application/json" };
    const response = await fetch(cloud.ready.graphqlUrl, { method: "POST", headers, body: long });
    expect([response.status, await response.json()]).toEqual([
      403,
      { errors: [{ errorType: "WAFForbiddenException", message: "403 Forbidden" }] },
    ]);
  });
});
