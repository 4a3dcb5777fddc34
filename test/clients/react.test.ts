import { beforeAll, describe, expect, it } from "@jest/globals";
import { useCloud } from "../support/cloud.ts";
import { runScript } from "./child.ts";
import type { Seen } from "./react.ts";

const use = useCloud();

describe.each([
  ["18.", "18", "alice"],
  ["19.", "react-19", "bob"],
])("the hooks of the client, with React %s in Chromium", (version, folder, user) => {
  let seen: Seen;
  beforeAll(async () => {
    seen = await runScript<Seen>(use().cloud.ready, "react.ts", folder, user);
  });

  it("show uploads in the list as they are received and labelled, each in its place", () => {
    const { upload } = seen;
    expect(upload.version.startsWith(version)).toBe(true);
    expect(upload.totals).toMatchObject({ files: 3, done: 3, failed: 0, active: 0 });
    expect(upload.totals.sent).toBe(upload.totals.bytes);
    expect(upload.titles).toHaveLength(3);
    expect(upload.titles?.every(([, labelled]) => labelled)).toBe(true);
    expect(upload.sorted).toBe(true);
    expect(upload.thumbnail).toEqual({ status: 200, type: "image/webp" });
    expect(upload.existing).toBe(true);
  });

  it("read a list page by page", () => {
    expect(seen.pages).toEqual([2, 3]);
  });

  it("show changes before the API confirms them, and take them back if it refuses", () => {
    expect(seen.change).toEqual({
      renaming: true,
      renamed: "Optimistic",
      refused: "ValidationError",
      correcting: true,
      restored: { title: "Optimistic", state: "RECEIVED" },
      left: false,
    });
  });

  it("show what another device changes, and search again for new labels", () => {
    expect(seen.follow).toEqual({ found: [true], labels: [{ name: "Harbour", count: 1 }] });
  });

  it("cause no error on the console", () => {
    expect(seen.errors).toEqual([]);
  });
});
