import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "@jest/globals";
import { buildSite } from "../../infra/site.ts";
import { root } from "../support/program.ts";

it("loads less than 145 KB for a signed-in user's first view", async () => {
  const { files, page } = await buildSite();
  const first = files
    .filter(({ key }) => page.includes(`/${key}"`))
    .map(({ path }) => readFileSync(join(root, path)));
  const sizes = [Buffer.from(page), ...first].map((bytes) => gzipSync(bytes).length);
  expect(first.length).toBeGreaterThan(3);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(145_000);
});
