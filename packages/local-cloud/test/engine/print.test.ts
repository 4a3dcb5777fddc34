import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { UsageError } from "../../src/command.ts";
import { main } from "../../src/engine/print.ts";

async function run(...args: string[]) {
  let out = "";
  const code = await main(args, (text) => (out += text));
  return { code, out };
}
const shop = ["--root", join(import.meta.dirname, "fixtures/shop")];

interface Printed {
  readonly resources: readonly { readonly urn: string; readonly inputs: unknown }[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

describe("npm run graph", () => {
  it("prints the graph as JSON without secrets, and bundles by size and hash", async () => {
    const { code, out } = await run(...shop);
    const graph = JSON.parse(out) as Printed;
    const worker = graph.resources.find(({ urn }) => urn.endsWith("lambda/function:Function::worker"));
    expect(code).toBe(0);
    expect(out).not.toContain("stand-in for");
    expect(graph.outputs["clientSecret"]).toBe("[secret]");
    expect(worker?.inputs).toMatchObject({
      environment: { variables: { WEBHOOK_SECRET: "[secret]", SIGNING: "[secret]" } },
      code: {
        assets: {
          "greet.txt": { path: "greet.txt" },
          "index.mjs": { bytes: 39, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        },
      },
    });
    const urns = graph.resources.map(({ urn }) => urn);
    expect(urns).toEqual(urns.toSorted());
  });

  it("marks values that a preview does not know", async () => {
    const { out } = await run(...shop, "--preview");
    const graph = JSON.parse(out) as Printed;
    expect(graph.outputs).toMatchObject({ url: "[unknown]", account: "000000000000" });
    expect(out).not.toContain("04da6b54");
  });

  it("fails with the reason when the program cannot be evaluated", async () => {
    await expect(run(...shop, "--stack", "none")).rejects.toMatchObject({
      code: "ConfigMissing",
      message: expect.stringContaining("There is no Pulumi.none.yaml"),
    });
  });

  it.each([[["--stak", "dev"]], [["dev"]], [["--stack"]]])("refuses %j", async (args) => {
    await expect(run(...args)).rejects.toThrow(UsageError);
  });
});
