import { describe, expect, it } from "@jest/globals";
import { createSignIn } from "../../packages/local-cloud/src/graphiql/page/sign-in.ts";
import { signIn } from "../../packages/local-cloud/src/sign-in.ts";
import { useCloud } from "../support/cloud.ts";

describe("a stack that requires a second factor", () => {
  const use = useCloud({ config: { "darkroom:mfa": "required" }, mappings: false });

  it("gives the local users a secret, by which scripts sign in, even twice in a row", async () => {
    const { alice, cloud } = use();
    expect((await alice.ask("{ me { id } }")).errors).toBeUndefined();
    await expect(signIn(cloud.ready, "alice")).resolves.toHaveProperty("token");
    const { users } = cloud.ready;
    const without = users.map((user) => ({ ...user, totpSecret: "" }));
    await expect(signIn({ ...cloud.ready, users: without }, "bob")).rejects.toThrow("CodeMismatchException");
  });

  it("signs the users of GraphiQL in", async () => {
    const { endpointUrl: endpoint, userPoolClientId, users } = use().cloud.ready;
    const tokenOf = createSignIn({ endpoint, userPoolClientId, clock: Date.now });
    for (const user of users.filter(({ username }) => username !== "alice")) {
      await expect(tokenOf(user)).resolves.toMatch(/^ey/);
    }
  });
});
