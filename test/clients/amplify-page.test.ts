import { expect, it } from "@jest/globals";
import { useCloud } from "../support/cloud.ts";
import { runScript } from "./child.ts";

const use = useCloud();

it("the code of the page about Amplify signs in, uploads, follows, lists, searches and names an error", async () => {
  const printed = await runScript<unknown[][]>(use().cloud.ready, "amplify-page.ts");
  const lines = printed.map((values) => values.join(" "));
  expect(lines.filter((line) => !line.startsWith("event"))).toEqual([
    "sign-in DONE",
    "sent 200",
    expect.stringMatching(/^listed 1 \w+/),
    "search true",
    "error NotFound",
  ]);
  const events = lines.filter((line) => line.startsWith("event"));
  expect(events[0]).toBe("event CREATED CREATED NONE");
  expect(events).toContain("event LABELLED RECEIVED DONE");
});
