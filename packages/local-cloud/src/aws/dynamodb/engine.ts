import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import net, { type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Writable } from "node:stream";
import { compileCache } from "../../base/compile-cache.ts";
import { AwsError, type Log, type Storage } from "../../base/service.ts";

/** A running DynamoDB engine. */
export interface Engine {
  readonly endpoint: URL;
  /** Present if the engine has a network of its own: the endpoint is an address in there. */
  readonly connect?: () => Promise<Socket>;
  stop(): Promise<void>;
}

const attempts = 5;

/** The engine that runs at `endpoint` already, as DynamoDB Local may, else one of our own. */
export async function openEngine(storage: Storage, log: Log, endpoint: string | undefined): Promise<Engine> {
  if (endpoint === undefined) {
    return startEngine(storage, log);
  }
  return { endpoint: new URL(endpoint), stop: () => Promise.resolve() };
}

/**
 * Starts dynoxide; resolves once it listens. Its port takes any signature from anybody, so on Linux it listens in a
 * network of its own, which only this process has connections into. Where there can be none, on macOS, on Windows, in
 * containers that forbid it, it listens on a free loopback port that other programs reach too; the log warns of that.
 */
export async function startEngine(
  { folder }: Pick<Storage, "folder">,
  log: Log,
  isolated = process.platform === "linux",
): Promise<Engine> {
  const binary = findBinary();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = join(folder, "dynamodb.sqlite");
  for (let attempt = 1; ; attempt++) {
    const port = isolated ? 8000 : await freePort();
    const command = [binary, "--host", "127.0.0.1", "--port", String(port), "--db-path", database];
    const child = isolated ? isolate(command, port) : supervise(command);
    const failure = await listening(child, isolated);
    if (failure === undefined) {
      if (!isolated) {
        log.warn("other programs of this machine can read and write the tables", { port });
      }
      return indexed(running(child, port, isolated, log), database);
    }
    if (isolated) {
      return startEngine({ folder }, log, false);
    }
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
function supervise(command: readonly string[]): ChildProcess {
  const [binary = "", ...options] = command;
  if (process.platform === "win32") {
    return spawn(binary, options, { stdio: ["ignore", "ignore", "pipe"] });
  }
  const script = `"$@" 3<&- & engine=$!; { cat; kill -9 $engine; } <&3 >/dev/null 2>&1 & watch=$!
    wait $engine; code=$?; kill $watch 2>/dev/null; exit $code`;
  return spawn("/bin/sh", ["-c", script, "sh", ...command], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    detached: true,
  });
}

/**
 * The same in a network namespace. A socket stays in the namespace that it was made in, so a helper in there connects
 * to the engine and hands the connections over descriptor 4.
 */
function isolate(command: readonly string[], port: number): ChildProcess {
  const helper = [process.execPath, join(import.meta.dirname, "connector.ts"), String(port)];
  const script = `ip link set lo up || exit 1; "$1" "$2" "$3" 3<&- & helper=$!; shift 3
    "$@" 3<&- 4<&- & engine=$!; { cat; kill -9 $engine $helper; } <&3 4<&- >/dev/null 2>&1 & watch=$!
    wait $engine; code=$?; kill -9 $watch $helper 2>/dev/null; exit $code`;
  return spawn("unshare", ["-rn", "/bin/sh", "-c", script, "sh", ...helper, ...command], {
    stdio: ["ignore", "ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, ...compileCache },
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
async function listening(child: ChildProcess, isolated: boolean): Promise<string | undefined> {
  const helper = isolated ? once(child, "message") : undefined;
  const failure = await new Promise<string | undefined>((resolve) => {
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("listening on")) {
        resolve(undefined);
      }
    });
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) =>
      resolve(said.trim() || `it ended with ${signal ?? code ?? "nothing"}`),
    );
  });
  if (failure === undefined) {
    await helper;
  }
  return failure;
}

function running(child: ChildProcess, port: number, isolated: boolean, log: Log): Engine {
  let stopping = false;
  const exited = once(child, "exit");
  void exited.then(() => {
    if (!stopping) {
      log.error("dynoxide ended by itself", { code: child.exitCode });
    }
  });
  return {
    endpoint: new URL(`http://127.0.0.1:${port}/`),
    ...(isolated && { connect: connector(child) }),
    async stop() {
      stopping = true;
      const pipe = child.stdio[3] as Writable | undefined;
      if (pipe === undefined) {
        child.kill("SIGKILL");
      } else {
        pipe.end();
      }
      if (child.exitCode === null && child.signalCode === null) {
        await exited;
      }
    },
  };
}

/** Asks the helper for connections, which come in the order in which they were asked for or not: all are alike. */
function connector(child: ChildProcess): () => Promise<Socket> {
  const waiting: PromiseWithResolvers<Socket>[] = [];
  child.on("message", (message, socket) => {
    if (socket === undefined) {
      waiting.shift()?.reject(new Error((message as { error: string }).error));
    } else {
      waiting.shift()?.resolve(socket as Socket);
    }
  });
  let ended = false;
  const end = () => {
    ended = true;
    for (const { reject } of waiting.splice(0)) {
      reject(new Error("The engine has ended: ECONNREFUSED"));
    }
  };
  // The channel closes some time after the engine ends, or before it if the helper fails.
  child.on("exit", end);
  child.on("disconnect", end);
  return () => {
    const made = Promise.withResolvers<Socket>();
    waiting.push(made);
    if (ended) {
      end();
    } else {
      child.send("connect");
    }
    return made.promise;
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
