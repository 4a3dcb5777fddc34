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
import { compact } from "./compact.ts";

/** A running DynamoDB engine. */
export interface Engine {
  readonly endpoint: URL;
  /** Present if the engine has its own network: the endpoint is an address in that network. */
  readonly connect?: () => Promise<Socket>;
  /** The file of an engine that was started here. */
  readonly database?: string;
  stop(): Promise<void>;
}

const attempts = 5;

/** The engine that already runs at `endpoint`, such as DynamoDB Local. Without an endpoint, starts one. */
export async function openEngine(storage: Storage, log: Log, endpoint: string | undefined): Promise<Engine> {
  if (endpoint === undefined) {
    return startEngine(storage, log);
  }
  return { endpoint: new URL(endpoint), stop: () => Promise.resolve() };
}

/**
 * Starts dynoxide, and resolves when it listens. Its port accepts every signature, so on Linux it listens in its own
 * network namespace, into which only this process has connections. On macOS, on Windows and in containers that do not
 * allow namespaces, it listens on a free loopback port. Other programs can reach that port, and the log warns of it.
 */
export async function startEngine(
  { folder, memory = false }: Pick<Storage, "folder"> & Partial<Storage>,
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
      const engine = { ...(await indexed(running(child, port, isolated, log), database)), database };
      return memory ? engine : compacted(engine, database);
    }
    if (isolated) {
      return startEngine({ folder, memory }, log, false);
    }
    // Another program may have taken the port since it was found.
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
 * Runs the engine under a shell that reads from a pipe of this process. The system closes the pipe however this process
 * ends, also by kill -9. The shell then ends the engine, so that two engines never share a database. With `detached`, a
 * Ctrl-C in the terminal does not end the engine before the parts that still write to it.
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
 * Runs the engine as `supervise` does, in a network namespace. A socket belongs to the namespace in which it was opened,
 * so a helper there connects to the engine, and sends the connections over descriptor 4.
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
 * Adds an index to the engine's database. Without it, dynoxide searches the whole stream of a table, the writes of a day,
 * to number each write and to find the records after an iterator. This is why the database is a file even if no state is
 * kept.
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

/** When it stops, nothing of deleted items is left in its file. */
const compacted = (engine: Engine, file: string): Engine => ({
  ...engine,
  async stop() {
    await engine.stop();
    compact(file);
  },
});

/** Resolves to undefined when the engine listens, or to its error output if it ends before. */
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

/** Requests connections from the helper. All connections are alike, so their order does not matter. */
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
  // The channel closes after the engine ends, or before if the helper fails.
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
