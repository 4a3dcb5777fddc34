import { beforeAll, describe, expect, it } from "@jest/globals";
import { useCloud } from "../support/cloud.ts";
import { runScript } from "./child.ts";
import type { Seen } from "./client-browser.ts";

const use = useCloud();

describe("the client in Chromium, on a page of another origin", () => {
  let seen: Seen;
  beforeAll(async () => {
    seen = await runScript<Seen>(use().cloud.ready, "client-browser.ts");
  });

  it("signs in, follows an upload until it is labelled, searches, and signs out", () => {
    expect(seen.tour).toMatchObject({ step: "DONE", username: "alice", found: true });
    expect(seen.tour.types).toEqual(expect.arrayContaining(["CREATED", "RECEIVED", "LABELLED"]));
    expect(seen.tour.left).toBeUndefined();
  });

  it("hashes and sends a large file with progress, over a way that breaks, while the page works", () => {
    expect(seen.left).toBe(0);
    expect(seen.large).toMatchObject({ state: "RECEIVED", rising: true, sent: 30_000_000 });
    expect(seen.large.turnsOfHashing).toBeGreaterThan(20);
    expect(seen.large.notices).toBeGreaterThan(1);
  });

  it("ends an upload that is aborted", () => {
    expect(seen.abort).toBe("aborted");
  });

  it("gets a new token when the old one expires during an upload", () => {
    expect(seen.longUpload.state).toBe("RECEIVED");
    expect(seen.longUpload.tokens).toBeGreaterThan(1);
  });

  it("sends only what is missing when a batch is repeated", () => {
    expect(seen.batch).toEqual([true, true, false]);
  });
});
