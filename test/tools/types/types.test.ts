import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { typesOf } from "../../../tools/types/types.ts";
import { root } from "../../support/program.ts";

const schema = readFileSync(join(root, "schema.graphql"), "utf8");
const resolvers = readdirSync(join(root, "resolvers"));

/** The schema with one line of a type changed. */
function changed(type: string, line: string, to: string): string {
  const start = schema.search(new RegExp(`^(type|input|enum) ${type}\\b`, "m"));
  const at = schema.indexOf(line, start);
  expect(at).toBeGreaterThan(start);
  return schema.slice(0, at) + to + schema.slice(at + line.length);
}

describe("the types of schema.graphql", () => {
  it("are generated: `npm run generate` changes nothing", () => {
    execFileSync(process.execPath, [join(root, "tools", "types", "main.ts"), "--check"], { stdio: "pipe" });
  });

  it("distinguish optional fields of inputs from null fields of answers", () => {
    const { "domain/schema.ts": domain = "" } = typesOf(schema, resolvers);
    expect(domain).toMatch(/interface CreateUserInput \{[^}]*email\?: string \| null;/);
    expect(domain).toMatch(/interface User \{[^}]*email: string \| null;/);
    expect(domain).toMatch(/interface AssetInput \{[^}]*labels: LabelInput\[\] \| null;/);
  });

  it("give the client the events, by the names of the API", () => {
    const { "packages/client/src/schema.ts": client = "" } = typesOf(schema, resolvers);
    expect(client).toContain('readonly asset: Asset & Required<Pick<Asset, "labels">>;');
  });

  it("give the client what costs a call of its own as a choice", () => {
    const { "packages/client/src/schema.ts": client = "" } = typesOf(schema, resolvers);
    expect(client).toMatch(/interface Asset \{[^}]*readonly labels\?: readonly Label\[\] \| null;/);
    expect(client).toMatch(
      /interface AssetInclude \{[^}]*downloadUrl\?: boolean \| AssetDownloadUrlArguments;/,
    );
  });

  it("give the client a function for each operation of users, and none of those of roles", () => {
    const { "packages/client/src/operations.ts": operations = "" } = typesOf(schema, resolvers);
    expect(operations).toMatch(
      /const getAsset: Operation<GetAssetArguments, Asset \| null, AssetInclude>[^;]*selection: "id ownerId [^"]*\*Asset"/,
    );
    expect(operations).not.toMatch(/publishAssetEvent|endAdminSubscriptions/);
  });

  it("refuse a type that holds itself, because no selection ends there", () => {
    const added = changed("User", "  name: String!\n", "  name: String!\n  manager: User\n");
    expect(() => typesOf(added, resolvers)).toThrow("schema.graphql: User holds itself, by User > User.");
    expect(() => typesOf(added, [...resolvers, "User.manager.ts"])).not.toThrow();
  });
});

describe("a field that is missing in events", () => {
  it("is refused, with the line to change", () => {
    const added = changed("Asset", "  sha256: String\n", "  sha256: String\n  fieldOfThisTest: String\n");
    expect(() => typesOf(added, resolvers)).toThrow(
      "schema.graphql: Asset.fieldOfThisTest is not in AssetInput, so that events would show null. Add it there, or work it out in resolvers/Asset.fieldOfThisTest.ts",
    );
    expect(() => typesOf(added, [...resolvers, "Asset.fieldOfThisTest.ts"])).not.toThrow();
  });

  it("is refused in the types of an asset's fields, too", () => {
    const added = changed("Label", "  name: String!\n", "  name: String!\n  hue: String!\n");
    expect(() => typesOf(added, resolvers)).toThrow("Label.hue is not in LabelInput");
  });

  it("is refused if events give it another type", () => {
    const other = changed("AssetInput", "  version: Int!\n", "  version: String!\n");
    expect(() => typesOf(other, resolvers)).toThrow(
      "AssetInput.version is not of the type that Asset gives it",
    );
    const renamed = changed("Asset", "  sha256: String\n", "  sha512: String\n");
    expect(() => typesOf(renamed, resolvers)).toThrow("AssetInput.sha256 is not of the type");
  });
});
