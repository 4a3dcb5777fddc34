import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "@jest/globals";
import { createClient } from "../../../../local/aws/dynamodb/client.ts";
import { startEngine } from "../../../../local/aws/dynamodb/engine.ts";
import { silentLog, temporaryStorage } from "../graph.ts";

const source = join(__dirname, "../../../../local/aws/dynamodb/engine.ts");

describe("the engine", () => {
  it("answers until it is stopped", async () => {
    const engine = await startEngine(temporaryStorage(true), silentLog);
    const client = createClient(engine.endpoint, engine.connect);
    expect(await client.send("DynamoDB_20120810", "ListTables", {})).toEqual({ TableNames: [] });
    client.close();
    await engine.stop();
    await engine.stop();
    await expect(client.send("DynamoDB_20120810", "ListTables", {})).rejects.toThrow("ECONNREFUSED");
  });

  it("finds its place in a stream without looking through all of it, with state and without", async () => {
    for (const storage of [temporaryStorage(true), temporaryStorage(false)]) {
      const engine = await startEngine(storage, silentLog);
      const database = new DatabaseSync(join(storage.folder, "dynamodb.sqlite"), { readOnly: true });
      const planOf = (query: string) =>
        String(database.prepare(`EXPLAIN QUERY PLAN ${query}`).get()?.["detail"]);
      const last = "SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = 'a'";
      expect(planOf(last)).toContain("INDEX stream_order");
      const next =
        "SELECT * FROM _stream_records WHERE table_name = 'a' AND CAST(sequence_number AS INTEGER) > 7";
      expect(planOf(next)).toContain("INDEX stream_order (table_name=? AND <expr>>?)");
      database.close();
      await engine.stop();
    }
  });

  it("listens nowhere in this network where it has one of its own, and warns where it has not", async () => {
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (message: string) => void warnings.push(message) };
    const own = await startEngine(temporaryStorage(true), log);
    expect(warnings).toHaveLength(own.connect === undefined ? 1 : 0);
    if (own.connect !== undefined) expect(listeningChildren()).toBe(0);
    await own.stop();

    const shared = await startEngine(temporaryStorage(true), log, false);
    expect(warnings.at(-1)).toBe("other programs of this machine can read and write the tables");
    if (existsSync("/proc/net/tcp")) expect(listeningChildren()).toBe(1);
    await shared.stop();
  });

  it("does not outlive the process that started it, even one that is killed", async () => {
    const { folder } = temporaryStorage();
    const program = `
      const { startEngine } = await import(${JSON.stringify(source)});
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      const engine = await startEngine({ folder: ${JSON.stringify(folder)}, memory: false }, log, false);
      console.log(engine.endpoint.port);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(createInterface({ input: parent.stdout }), "line")) as [string];
    await connectTo(Number(line));
    parent.kill("SIGKILL");
    await once(parent, "exit");
    // Each attempt is answered at once, by the engine or by the system; the test's own timeout ends the waiting.
    await expect(
      (async () => {
        // A connection that the engine's end cuts off says nothing yet: the next one does.
        for (;;) {
          await connectTo(Number(line)).catch((error: unknown) => {
            if ((error as NodeJS.ErrnoException).code !== "ECONNRESET") throw error;
          });
        }
      })(),
    ).rejects.toThrow("ECONNREFUSED");
  });
});

async function connectTo(port: number): Promise<void> {
  const socket = net.connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.destroy();
  await once(socket, "close");
}

/** How many sockets the descendants of this process listen with, in the network that this process is in. */
function listeningChildren(): number {
  const lines = ["tcp", "tcp6"].flatMap((file) => readFileSync(`/proc/net/${file}`, "utf8").split("\n"));
  const columns = lines.map((line) => line.trim().split(/\s+/));
  const listening = new Set(columns.filter((one) => one[3] === "0A").map((one) => `socket:[${one[9]}]`));
  const descendants = (pid: number | string): string[] =>
    readdirSync(`/proc/${pid}/task`)
      .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" "))
      .filter(Boolean)
      .flatMap((child) => [child, ...descendants(child)]);
  const open = descendants(process.pid).flatMap((pid) =>
    readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`)),
  );
  return new Set(open.filter((one) => listening.has(one))).size;
}
