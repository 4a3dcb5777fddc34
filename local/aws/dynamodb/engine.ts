import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Writable } from "node:stream";
import { AwsError } from "../service.ts";
import type { Log, Storage } from "../service.ts";

/** A running DynamoDB engine. */
export interface Engine {
  readonly endpoint: URL;
  stop(): Promise<void>;
}

const attempts = 5;

/** Starts dynoxide on a free loopback port; resolves once it listens. */
export async function startEngine({ folder }: Storage, log: Log): Promise<Engine> {
  const binary = findBinary();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = join(folder, "dynamodb.sqlite");
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const child = supervise(binary, ["--host", "127.0.0.1", "--port", String(port), "--db-path", database]);
    const failure = await listening(child);
    if (failure === undefined) return indexed(running(child, port, log), database);
    // Between finding a port and listening on it, somebody else may have taken it.
    if (attempt === attempts || !failure.includes("already in use")) {
      throw new AwsError("EngineFailure", `dynoxide did not start: ${failure}`, 500);
    }
  }
}

function findBinary(): string {
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  try {
    const manifest = createRequire(join(import.meta.dirname, "engine.ts")).resolve(`${name}/package.json`);
    return join(manifest, "..", process.platform === "win32" ? "dynoxide.exe" : "dynoxide");
  } catch {
    throw new AwsError(
      "EngineMissing",
      `The package ${name} is not installed: install it, or set DYNAMODB_ENDPOINT to a running DynamoDB Local.`,
      500,
    );
  }
}

/**
 * Runs the engine under a shell that holds the reading end of a pipe of ours. The system closes the pipe however
 * this process ends, kill -9 included, and the shell then ends the engine: no other process can come to share
 * its database. `detached` keeps a Ctrl-C in the terminal from ending it before those who still write to it.
 */
function supervise(binary: string, options: readonly string[]): ChildProcess {
  if (process.platform === "win32") return spawn(binary, options, { stdio: ["ignore", "ignore", "pipe"] });
  const script = `"$@" 3<&- & engine=$!; { cat; kill -9 $engine; } <&3 >/dev/null 2>&1 & watch=$!
    wait $engine; code=$?; kill $watch 2>/dev/null; exit $code`;
  return spawn("/bin/sh", ["-c", script, "sh", binary, ...options], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    detached: true,
  });
}

/**
 * dynoxide looks through a table's whole stream, a day's writes, to number each write and to find the records that
 * follow an iterator. With an index for that a write costs the same however many came before. (This is why the
 * database is a file even if nothing is to be kept.)
 */
async function indexed(engine: Engine, file: string): Promise<Engine> {
  try {
    using database = new DatabaseSync(file, { timeout: 5000 });
    database.exec(
      "CREATE INDEX IF NOT EXISTS stream_order ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    );
    return engine;
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

/** Undefined once the engine says that it listens, or what it said instead. It says both on its error output. */
function listening(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("listening on")) resolve(undefined);
    });
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) =>
      resolve(said.trim() || `it ended with ${signal ?? code ?? "nothing"}`),
    );
  });
}

function running(child: ChildProcess, port: number, log: Log): Engine {
  let stopping = false;
  const exited = once(child, "exit");
  void exited.then(() => {
    if (!stopping) log.error("dynoxide ended by itself", { code: child.exitCode });
  });
  return {
    endpoint: new URL(`http://127.0.0.1:${port}/`),
    async stop() {
      stopping = true;
      const pipe = child.stdio[3] as Writable | undefined;
      if (pipe === undefined) child.kill("SIGKILL");
      else pipe.end();
      if (child.exitCode === null && child.signalCode === null) await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
