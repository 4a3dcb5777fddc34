import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ofType } from "../../../packages/local-cloud/src/base/graph.ts";
import { evaluate } from "../../../packages/local-cloud/src/engine/evaluate.ts";
import { copyProduct } from "../../../tools/starter/copy.ts";
import { namesOf, renamed } from "../../../tools/starter/names.ts";
import { root } from "../../support/program.ts";

const names = namesOf("Picture Desk");
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "starter-"));
  copyProduct(root, folder, names);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (file: string) => readFileSync(join(folder, file), "utf8");

/** As `npm ci` leaves it: the packages of others, and the copy's own client under its new name. */
function installed(): void {
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  for (const name of readdirSync(join(root, "node_modules"))) {
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  symlinkSync(join(folder, "packages/client"), join(modules, "picture-desk-client"));
}

describe("a copy of the product", () => {
  it("has the new name everywhere but in the licence", () => {
    const found = execFileSync("grep", ["-rliI", "darkroom", "."], { cwd: folder, encoding: "utf8" });
    expect(found.trim().split("\n")).toEqual(["./LICENSE"]);
    expect(read("web/index.html")).toContain("<title>Picture Desk</title>");
    expect(JSON.parse(read("package.json"))).toMatchObject({ name: "picture-desk" });
    expect(JSON.parse(read("packages/client/package.json"))).toMatchObject({ name: "picture-desk-client" });
  });

  it("has no history, no list of our changes, and nothing that makes copies", () => {
    expect(read("CHANGELOG.md")).toBe("# Changelog\n\n## Unreleased\n");
    expect(
      ["tools/starter", "test/tools/starter", ".git"].filter((one) => existsSync(join(folder, one))),
    ).toEqual([]);
    expect(["package.json", "README.md"].filter((file) => /starter/.test(read(file)))).toEqual([]);
  });

  it("declares resources with the new name", async () => {
    installed();
    const graph = await evaluate({ root: folder, stack: "prod" });
    expect(graph.project).toBe("picture-desk");
    const functions = ofType(graph, "aws:lambda/function:Function").map(({ outputs }) => outputs.name);
    expect(functions.length).toBeGreaterThan(5);
    expect(functions.filter((name) => !name.startsWith("picture-desk-prod-"))).toEqual([]);
  });
});

describe("a new name", () => {
  it("has the form that each place needs", () => {
    const text =
      "Darkroom reads DARKROOM_PASSWORD in darkroom-dev: DarkroomError, useDarkroom(), Darkroom/dev";
    expect(renamed(text, names)).toBe(
      "Picture Desk reads PICTURE_DESK_PASSWORD in picture-desk-dev: PictureDeskError, usePictureDesk(), PictureDesk/dev",
    );
  });

  it.each([
    ["", /must be words/],
    ["2nd Desk", /must be words/],
    ["<script>", /must be words/],
    ["Desk  Two", /must be words/],
    ["An Exceedingly Long Name", /more than 20 characters/],
    ["AWS Pictures", /must not begin with AWS/],
  ])("is refused: %j", (name, message) => {
    expect(() => namesOf(name)).toThrow(message);
  });
});
