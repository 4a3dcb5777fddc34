import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Changes } from "../src/changes.ts";

let root: string;
let changes: Changes;

/** A program under git, so that git can save too. */
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "darkroom-changes-"));
  for (const folder of ["resolvers", "node_modules", "test"]) {
    mkdirSync(join(root, folder));
  }
  for (const file of ["resolvers/me.ts", "resolvers/other.ts", "schema.graphql"]) {
    writeFileSync(join(root, file), "first");
  }
  git("init", "-q");
  git("add", ".");
  git("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "first");
  changes = new Changes(root);
  await changes.ready;
});

afterEach(async () => {
  await changes.close();
  rmSync(root, { recursive: true, force: true });
});

/** Until what a save has set off is over, so that nothing late of it stands for the next. */
async function settled(): Promise<void> {
  let noticed = true;
  while (noticed) {
    noticed = await Promise.race([
      changes.next().then(() => true),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), 100)),
    ]);
  }
}

async function noticedAfter(save: () => void): Promise<void> {
  await settled();
  const noticed = changes.next();
  save();
  await noticed;
}

const git = (...args: string[]): void =>
  void execFileSync("git", ["-c", "core.hooksPath=/dev/null", ...args], { cwd: root });
const path = (file: string): string => join(root, file);
const me = (): string => path("resolvers/me.ts");

const ways: readonly (readonly [string, (text: string) => void])[] = [
  ["in place", (text) => writeFileSync(me(), text)],
  ["by an addition at the end", (text) => appendFileSync(me(), text)],
  [
    "by truncation and a later write",
    (text) => {
      const file = openSync(me(), "r+");
      ftruncateSync(file);
      writeSync(file, text);
      closeSync(file);
    },
  ],
  [
    "by a rename over it",
    (text) => {
      writeFileSync(`${me()}.tmp`, text);
      renameSync(`${me()}.tmp`, me());
    },
  ],
  [
    "by a rename from outside",
    (text) => {
      const outside = join(mkdtempSync(join(tmpdir(), "darkroom-outside-")), "me.ts");
      writeFileSync(outside, text);
      renameSync(outside, me());
    },
  ],
  ["by sed -i", (text) => void execFileSync("sed", ["-i", `s/.*/${text}/`, me()])],
  [
    "with a backup that is renamed, as vim does",
    (text) => {
      renameSync(me(), `${me()}~`);
      writeFileSync(me(), text);
      rmSync(`${me()}~`);
    },
  ],
  [
    "by deletion and creation",
    (text) => {
      rmSync(me());
      writeFileSync(me(), text);
    },
  ],
  [
    "as several files at once, each by rename",
    (text) => {
      for (const file of [me(), path("resolvers/other.ts"), path("schema.graphql")]) {
        writeFileSync(`${file}.tmp`, text);
        renameSync(`${file}.tmp`, file);
      }
    },
  ],
];

describe("a file that is saved", () => {
  it.each(ways)("%s is reported each time", async (_, save) => {
    for (const text of ["second", "third", "fourth"]) {
      await noticedAfter(() => save(text));
    }
  });

  it.each(ways)("%s does not hide a later save in place", async (_, save) => {
    await noticedAfter(() => save("second"));
    await noticedAfter(() => writeFileSync(me(), "third"));
    expect(readFileSync(me(), "utf8")).toBe("third");
  });

  it("by git checkout and git stash is reported each time", async () => {
    const steps: readonly (() => void)[] = [
      () => writeFileSync(me(), "second"),
      () => git("checkout", "-q", "--", "resolvers/me.ts"),
      () => writeFileSync(me(), "third"),
      () => git("-c", "user.name=x", "-c", "user.email=x@example.com", "stash", "-q"),
      () => git("stash", "pop", "-q"),
      () => writeFileSync(me(), "fourth"),
    ];
    for (const step of steps) {
      await noticedAfter(step);
    }
  });

  it("without a change of its text is reported", async () => {
    await noticedAfter(() => utimesSync(me(), new Date(), new Date()));
    await noticedAfter(() => writeFileSync(me(), "second"));
  });

  it("for the first time in a new folder is reported, and so is its next save", async () => {
    for (const file of ["resolvers/new.ts", "resolvers/shared/new.ts", "more/deep/new.ts"]) {
      await noticedAfter(() => {
        mkdirSync(join(path(file), ".."), { recursive: true });
        writeFileSync(path(file), "first");
      });
      await noticedAfter(() => writeFileSync(path(file), "second"));
    }
  });
});

describe("a file that was saved before the folders were watched", () => {
  it("is reported if the program was read before the save", async () => {
    await changes.close();
    const read = Date.now();
    writeFileSync(me(), "second");
    changes = new Changes(root, { read });
    await changes.next();
  });

  it("is not reported if the program was read after the save", async () => {
    await changes.close();
    writeFileSync(me(), "second");
    const read = Date.now() + 1000;
    changes = new Changes(root, { read });
    await changes.ready;
    const noticed = changes.next().then(() => "noticed");
    const quiet = new Promise((resolve) => setTimeout(() => resolve("quiet"), 100));
    expect(await Promise.race([noticed, quiet])).toBe("quiet");
  });
});

describe("a file that is not part of the program", () => {
  it("is not reported", async () => {
    let noticed = false;
    const next = changes.next().then(() => {
      noticed = true;
    });
    writeFileSync(path("node_modules/x.js"), "x");
    writeFileSync(path("test/x.ts"), "x");
    writeFileSync(path("resolvers/.me.ts.swp"), "x");
    git("status");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(noticed).toBe(false);
    writeFileSync(me(), "second");
    await next;
  });
});
