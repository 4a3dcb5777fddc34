import { readFileSync } from "node:fs";
import { parseArgs, type ParseArgsConfig } from "node:util";

/** The command line, or a file that it names, is wrong. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

type Options = NonNullable<ParseArgsConfig["options"]>;
type Parsed<O extends Options, P extends boolean> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: P; strict: true }>
>;

/** Flags and positional arguments. Throws a `UsageError` that names an unknown one. */
export function parse<const O extends Options, const P extends boolean = false>(
  args: readonly string[],
  options: O,
  allowPositionals: P = false as P,
): Parsed<O, P> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals, strict: true as const });
  } catch (error) {
    // The rest of Node's message explains the syntax of its own API.
    throw new UsageError(error instanceof Error ? (error.message.split(". ")[0] ?? "") : String(error));
  }
}

/** Throws `UsageError`. */
export function wholeNumber(flag: string, text: string, min = 1, max = Infinity): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isInteger(number) || number < min || number > max) {
    const range = max === Infinity ? `from ${min}` : `from ${min} to ${max}`;
    throw new UsageError(`${flag} must be a whole number ${range}, not ${JSON.stringify(text)}`);
  }
  return number;
}

/** Throws `UsageError`. */
export function readText(flag: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${flag}: ${sentenceOf(error)}`);
  }
}

/** Throws `UsageError`. */
export function readJson(flag: string, file: string): unknown {
  const text = readText(flag, file);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${flag}: ${file} is not JSON: ${(error as Error).message}`);
  }
}

/**
 * Runs a command's main function with the arguments. `--help` prints the usage. A failure prints one sentence, and the
 * usage if the command line is wrong. A closed pipe, as with `head`, ends the command without an error.
 */
export function run(usage: string, main: (args: readonly string[]) => Promise<number>): void {
  const args = process.argv.slice(2);
  endInOrder();
  if (args.includes("--help")) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const running = async () => main(args);
  running().then(
    (code) => (stopping ? undefined : end(code)),
    (error: unknown) => {
      // What still uses the stopping parts fails. That is not an error.
      if (stopping) {
        return;
      }
      const isUsage = error instanceof UsageError;
      process.stderr.write(`${sentenceOf(error)}\n${isUsage ? `\n${usage}\n` : ""}`);
      end(isUsage || systemWords(error) !== undefined ? 2 : 1);
    },
  );
}

/** Flushes the output first: an exiting process drops what a pipe has not read yet. */
function end(code: number): void {
  process.exitCode = code;
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}

interface Ending {
  readonly stop: () => Promise<unknown>;
  /** The exit code. By default that of the signal. */
  readonly code?: number | undefined;
}

let ending: Ending = { stop: () => Promise.resolve() };

/** Sets what is stopped before this process ends by a signal or by a closed output pipe. */
export function beforeEnd(stop: Ending["stop"], code?: number): void {
  ending = { stop, code };
}

let stopping = false;

/** Stops in order at the first signal, and exits immediately at the second. */
function endInOrder(): void {
  const interrupt = (code: number): void => {
    if (stopping) {
      return;
    }
    stopping = true;
    ending.stop().then(
      () => process.exit(ending.code ?? code),
      () => process.exit(1),
    );
  };
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    process.on(signal, () => (stopping ? process.exit(code) : interrupt(code)));
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") {
        throw error;
      }
      interrupt(0);
    });
  }
}

export function sentenceOf(error: unknown): string {
  return systemWords(error) ?? (error instanceof Error ? error.message : String(error));
}

/** A sentence for an error of the system that a person can fix. */
function systemWords(error: unknown): string | undefined {
  const { code, path = "", port, syscall = "" } = (error ?? {}) as NodeJS.ErrnoException & { port?: number };
  const verb = /open|read|scandir|stat|access/.test(syscall) ? "read" : "written";
  switch (code) {
    case "EADDRINUSE":
      return `Port ${port} is in use: stop the process that uses it, or choose another with --port (0 takes a free one)`;
    case "EACCES":
      return port === undefined
        ? `${path} cannot be ${syscall === "mkdir" ? "written" : verb}: permission denied`
        : `Port ${port} cannot be taken: permission denied`;
    case "EPERM":
    case "EROFS":
      return `${path} cannot be written: ${code === "EROFS" ? "the file system is read-only" : "not permitted"}`;
    case "ENOENT":
      return `${path} does not exist`;
    case "EISDIR":
      return `${path || "It"} is a folder, not a file`;
    case "ENOTDIR":
    case "EEXIST":
      return `${path} is not a folder`;
    case "ENOSPC":
      return `${path} cannot be written: the disk is full`;
    default:
      return undefined;
  }
}
