import { beforeAll, describe, expect, it } from "@jest/globals";
import { useCloud } from "../support/cloud.ts";
import { amplify, behaves } from "./behaviour.ts";
import type { Seen } from "./browser.ts";
import { runScript } from "./child.ts";

const use = useCloud();

describe("aws-amplify 6 in Chromium, on a page of another origin", () => {
  let seen: Seen;
  beforeAll(async () => {
    seen = await runScript<Seen>(use().cloud.ready, "browser.ts");
  });

  behaves(amplify, () => seen.report);

  it("reads only those headers of a refusal that CORS exposes", () => {
    expect(seen.refusal).toEqual({ status: 401, exposed: "UnauthorizedException", hidden: null });
  });
});
