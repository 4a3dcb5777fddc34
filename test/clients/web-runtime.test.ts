import { expect, it } from "@jest/globals";
import { useCloud } from "../support/cloud.ts";
import { jpeg } from "../support/pictures.ts";
import { runScript } from "./child.ts";
import type { Seen } from "./web-runtime.ts";

const use = useCloud();

it("the client signs in, uploads and follows with the globals of the web alone, as in Deno", async () => {
  const picture = (await jpeg("teal")).toString("base64");
  const seen = await runScript<Seen>(use().cloud.ready, "web-runtime.ts", picture);
  expect(seen).toMatchObject({ step: "DONE", username: "alice", found: true, ofNode: [] });
  expect(seen.types).toEqual(expect.arrayContaining(["CREATED", "RECEIVED", "LABELLED"]));
  expect(seen.left).toBeUndefined();
});
