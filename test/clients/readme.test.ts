import { expect, it } from "@jest/globals";
import { useCloud } from "../support/cloud.ts";
import { runScript } from "./child.ts";

const use = useCloud();

it("the example of the client's README signs in, uploads with progress, and lists", async () => {
  const printed = await runScript<unknown[][]>(use().cloud.ready, "readme.ts");
  expect(printed).toContainEqual([expect.stringMatching(/^(\d+) of \1 bytes$/)]);
  expect(printed).toContainEqual([expect.stringMatching(/^[0-9A-Z]{26}$/), expect.stringContaining("http")]);
});
