import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** `failed`: the full name of the first test that failed. A file that could not be loaded names no test. */
export type Verdict =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly test: string }
  | { readonly kind: "broken"; readonly message: string };

/** Longer than any of the test files takes, so that a fault that hangs is seen as one. */
const limit = 400_000;

/** Milliseconds for one test: a fault that makes it wait forever is noticed then. */
const patience = 90_000;

/** Runs test files of a tree until the first failure. */
export async function runTests(
  folder: string,
  tests: readonly string[],
  running: Set<ChildProcess>,
): Promise<Verdict> {
  const report = join(folder, "jest-report.json");
  rmSync(report, { force: true });
  const jest = join(folder, "node_modules", "jest", "bin", "jest.js");
  const environment = join(folder, "tools/mutants/first-failure.cjs");
  const options = [
    ...["--ci", "--bail=1", "-w", "1", "--env", environment, "--testTimeout", String(patience)],
    ...["--json", "--outputFile", report, "--runTestsByPath"],
  ];
  const child = spawn(process.execPath, [jest, ...options, ...tests], {
    cwd: folder,
    stdio: "ignore",
    detached: true,
  });
  running.add(child);
  const late = setTimeout(() => stop(child), limit);
  await once(child, "exit");
  clearTimeout(late);
  running.delete(child);
  return verdictOf(report);
}

/** Ends a test run and all that it started. */
export function stop(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null) {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

function verdictOf(path: string): Verdict {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(path, "utf8")) as Report;
  } catch {
    return { kind: "broken", message: `no report within ${limit / 1000} s` };
  }
  for (const { assertionResults } of report.testResults) {
    const failed = assertionResults.find(({ status }) => status === "failed");
    if (failed) {
      return { kind: "failed", test: failed.fullName };
    }
  }
  const unloaded = report.testResults.find(({ message }) => message !== "");
  return unloaded
    ? { kind: "broken", message: unloaded.message.split("\n").slice(0, 3).join(" ") }
    : { kind: "passed" };
}
