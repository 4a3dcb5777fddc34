import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "@jest/globals";
import { corruptJpeg, jpeg } from "../support/pictures.ts";
import { root } from "../support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "darkroom-demo-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function demo(...args: string[]): Promise<{ code: number; stdout: string }> {
  const command = ["--disable-warning=ExperimentalWarning", "tools/demo/main.ts", ...args];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: root });
    return { code: 0, stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, stdout };
  }
}

const fileOf = (name: string, bytes: string | Buffer): string => {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
};

describe("npm run demo", () => {
  it("labels its sample picture, shows each step, and downloads it again", async () => {
    const { code, stdout } = await demo();
    expect(code).toBe(0);
    expect(stdout).toMatch(/CREATED .*RECEIVED .*LABELLING .*LABELLED /s);
    expect(stdout).toContain("returns the same bytes");
  });

  it("fills the gallery with a dozen pictures, and serves it until it is interrupted", async () => {
    const command = ["--disable-warning=ExperimentalWarning", "tools/demo/main.ts", "--open"];
    const child = spawn(process.execPath, command, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    const exited = once(child, "exit");
    const lines: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      lines.push(line);
      if (line.startsWith("Gallery: ")) {
        break;
      }
    }
    expect(lines).toContain("Uploaded 12 pictures");
    const page = await fetch(lines.at(-1)?.split(" ")[1] ?? "");
    expect([page.status, await page.text()]).toEqual([
      200,
      expect.stringContaining("<title>Darkroom</title>"),
    ]);
    child.kill("SIGINT");
    expect(await exited).toEqual([130, null]);
  });

  it("says why a corrupt picture fails", async () => {
    const { code, stdout } = await demo(fileOf("corrupt.jpg", await corruptJpeg()));
    expect(code).toBe(4);
    expect(stdout).toContain("InvalidImageFormat");
  });

  it("says why a text is skipped", async () => {
    const { code, stdout } = await demo(fileOf("words.txt", "words"));
    expect(code).toBe(3);
    expect(stdout).toContain("NotAnImage");
  });

  it("recognizes a picture by its content, not by its name", async () => {
    const { code, stdout } = await demo(fileOf("picture.dat", await jpeg()));
    expect(code).toBe(0);
    expect(stdout).toContain("image/jpeg");
  });

  it("ends without an error, and deletes its files, when its reader closes the pipe", async () => {
    const command = `"${process.execPath}" --disable-warning=ExperimentalWarning tools/demo/main.ts | head -1`;
    const temporary = mkdtempSync(join(folder, "tmp-"));
    const options = { cwd: root, env: { ...process.env, TMPDIR: temporary } };
    const { stdout, stderr } = await promisify(execFile)("sh", ["-c", command], options);
    expect(stdout).toContain("Booting Darkroom");
    expect(stderr).toBe("");
    expect(readdirSync(temporary).filter((name) => name.startsWith("local-cloud-"))).toEqual([]);
  });
});
