import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { main } from "../../../local/engine/print.ts";

async function run(...argv: string[]) {
  let out = "";
  let err = "";
  const code = await main(
    argv,
    (text) => (out += text),
    (text) => (err += text),
  );
  return { code, out, err };
}
const shop = ["--root", join(import.meta.dirname, "fixtures/shop")];

interface Printed {
  readonly resources: readonly { readonly urn: string; readonly inputs: unknown }[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

describe("npm run graph", () => {
  it("prints the graph as JSON, without any secret, bundles by size and hash", async () => {
    const { code, out, err } = await run(...shop);
    const graph = JSON.parse(out) as Printed;
    const worker = graph.resources.find(({ urn }) => urn.endsWith("lambda/function:Function::worker"));
    expect({ code, err }).toEqual({ code: 0, err: "" });
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

  it("says what a preview cannot know", async () => {
    const { out } = await run(...shop, "--preview");
    const graph = JSON.parse(out) as Printed;
    expect(graph.outputs).toMatchObject({ url: "[unknown]", account: "000000000000" });
    expect(out).not.toContain("04da6b54");
  });

  it("ends with 1 and the reason when the program cannot be evaluated", async () => {
    expect(await run(...shop, "--stack", "none")).toEqual({
      code: 1,
      out: "",
      err: expect.stringMatching(/^ConfigMissing: There is no Pulumi\.none\.yaml/),
    });
  });

  it.each([[["--stak", "dev"]], [["dev"]], [["--stack"]]])("ends with 2 for %j", async (argv) => {
    const { code, out, err } = await run(...argv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/Usage: npm run graph/);
  });

  it("explains itself", async () => {
    expect(await run("--help")).toMatchObject({ code: 0, out: expect.stringMatching(/^Usage/) });
  });
});
