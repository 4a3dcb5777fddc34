import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { wantedVersion } from "../../../tools/restore/objects.ts";
import { root } from "../../support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "darkroom-restore-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const outputs = join(folder, "outputs.json");
writeFileSync(outputs, JSON.stringify({ bucket: "b", tableNames: { users: "u" } }));
const empty = join(folder, "empty.json");
writeFileSync(empty, "{}");

const restore = (...args: string[]) =>
  new Promise<{ code: unknown; said: string }>((resolve) => {
    const command = ["--disable-warning=ExperimentalWarning", join(root, "tools/restore/main.ts"), ...args];
    // No address of AWS: a wrong argument is found before anything is called.
    const env = {
      PATH: process.env["PATH"],
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      AWS_REGION: "eu-west-1",
    };
    execFile(process.execPath, command, { env }, (error, _, said) =>
      resolve({ code: error?.code ?? 0, said }),
    );
  });

describe("npm run restore", () => {
  it.each([
    [[], /Say what to restore/],
    [["everything"], /Say what to restore/],
    [["rows", "--outputs", outputs], /--at is missing/],
    [["rows", "--at", "2026-01-31T12:00:00Z"], /--outputs is missing/],
    [["rows", "--outputs", outputs, "--at", "2026-01-31 12:00"], /--at must be a past time with its zone/],
    [["rows", "--outputs", outputs, "--at", "2999-01-01T00:00:00Z"], /--at must be a past time/],
    [
      ["rows", "--outputs", outputs, "--at", "2026-01-31T12:00:00Z", "--table", "labels"],
      /--table must be one of/,
    ],
    [["objects", "--outputs", empty], /it must be the outputs of a stack/],
  ])("refuses %j", async (args, message) => {
    const { code, said } = await restore(...args);
    expect({ code, said }).toEqual({ code: 2, said: expect.stringMatching(message) as unknown });
  });
});

describe("the version that is copied back", () => {
  const version = (id: string, at: number, deleted = false) => ({ id, at, deleted });
  const of = (versions: ReturnType<typeof version>[], at?: number) =>
    wantedVersion({ key: "k", versions }, at);

  it("is the last one of a deleted object", () => {
    expect(of([version("d", 3, true), version("b", 2), version("a", 1)])).toBe("b");
    expect(of([version("d", 4, true), version("c", 3, true), version("a", 1)])).toBe("a");
  });

  it("is none of an object that is there", () => {
    expect(of([version("b", 2), version("a", 1)])).toBeUndefined();
    expect(of([version("b", 2), version("a", 1)], 2)).toBeUndefined();
  });

  it("is that of a time, also of an object that was replaced", () => {
    expect(of([version("b", 3), version("a", 1)], 2)).toBe("a");
    expect(of([version("d", 5, true), version("b", 3), version("a", 1)], 2)).toBe("a");
  });

  it("is none of an object that was not there, or deleted, at that time", () => {
    expect(of([version("d", 5, true), version("a", 3)], 2)).toBeUndefined();
    expect(of([version("d", 2, true), version("a", 1)], 3)).toBeUndefined();
    expect(of([version("d", 2, true)])).toBeUndefined();
  });
});
