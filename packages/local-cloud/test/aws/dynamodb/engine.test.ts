import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "@jest/globals";
import { createClient } from "../../../src/aws/dynamodb/client.ts";
import { compact } from "../../../src/aws/dynamodb/compact.ts";
import { startEngine } from "../../../src/aws/dynamodb/engine.ts";
import { descendantsOf, ended, listeningPorts, seesSockets } from "../../../../../test/support/processes.ts";
import { silentLog, temporaryStorage } from "../graph.ts";

const source = join(__dirname, "../../../src/aws/dynamodb/engine.ts");

describe("the engine", () => {
  it("answers until it is stopped", async () => {
    const engine = await startEngine(temporaryStorage(true), silentLog);
    const client = createClient(engine.endpoint, engine.connect);
    expect(await client.send("DynamoDB_20120810", "ListTables", {})).toEqual({ TableNames: [] });
    await engine.stop();
    await engine.stop();
    await expect(client.send("DynamoDB_20120810", "ListTables", {})).rejects.toThrow("ECONNREFUSED");
    client.close();
  });

  it("finds the end of a stream without reading all of it, with and without kept state", async () => {
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

  it("leaves nothing of a deleted item in its file when it stops", async () => {
    const storage = temporaryStorage(false);
    const file = join(storage.folder, "dynamodb.sqlite");
    const engine = await startEngine(storage, silentLog);
    const client = createClient(engine.endpoint, engine.connect);
    const send = (operation: string, input: Record<string, unknown>) =>
      client.send("DynamoDB_20120810", operation, input);
    await send("CreateTable", {
      ...{ TableName: "letters", BillingMode: "PAY_PER_REQUEST" },
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    });
    for (const name of ["kept", "deleted"]) {
      await send("PutItem", {
        TableName: "letters",
        Item: { id: { S: name }, text: { S: `the ${name} letter` } },
      });
    }
    await send("DeleteItem", { TableName: "letters", Key: { id: { S: "deleted" } } });
    client.close();
    await engine.stop();
    const files = readdirSync(storage.folder).map((name) => readFileSync(join(storage.folder, name)));
    expect(files.some((bytes) => bytes.includes("the kept letter"))).toBe(true);
    expect(files.some((bytes) => bytes.includes("the deleted letter"))).toBe(false);
    // The engine starts with the compacted file.
    const again = await startEngine(storage, silentLog);
    await again.stop();
    expect(readFileSync(file).includes("the kept letter")).toBe(true);
  });

  it("keeps the records of a stream for a day, and the last one of each table", async () => {
    const { folder } = temporaryStorage(false);
    await (await startEngine({ folder }, silentLog)).stop();
    const file = join(folder, "dynamodb.sqlite");
    const day = 86_400;
    {
      using database = new DatabaseSync(file);
      const add = database.prepare(
        `INSERT INTO _stream_records (table_name, event_name, keys_json, sequence_number, shard_id, created_at)
         VALUES (?, 'INSERT', '{}', ?, 's', ?)`,
      );
      add.run("a", "1", 0);
      add.run("a", "2", day);
      add.run("b", "1", 0);
    }
    compact(file, (day + 1) * 1000);
    using database = new DatabaseSync(file, { readOnly: true });
    const left = database.prepare("SELECT table_name, sequence_number FROM _stream_records").all();
    expect(left.map((row) => Object.values(row).join())).toEqual(["a,2", "b,1"]);
  });

  it("does not listen in this network if it has its own, and warns if it does", async () => {
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (message: string) => void warnings.push(message) };
    const own = await startEngine(temporaryStorage(true), log);
    expect(warnings).toHaveLength(own.connect === undefined ? 1 : 0);
    if (own.connect !== undefined) {
      expect(listeningPorts(descendantsOf(process.pid))).toEqual([]);
    }
    await own.stop();

    const shared = await startEngine(temporaryStorage(true), log, false);
    expect(warnings.at(-1)).toBe("other programs of this machine can read and write the tables");
    if (seesSockets) {
      expect(listeningPorts(descendantsOf(process.pid))).toEqual([Number(shared.endpoint.port)]);
    }
    await shared.stop();
  });

  describe.each([
    ["on a port of this machine", false],
    ["in a network of its own", true],
  ])("%s", (_, isolated) => {
    it("ends with the process that started it, also if that is killed", async () => {
      const { folder } = temporaryStorage();
      const program = `
        const { startEngine } = await import(${JSON.stringify(source)});
        const log = { debug() {}, info() {}, warn() {}, error() {} };
        const storage = { folder: ${JSON.stringify(folder)}, memory: false };
        const engine = await startEngine(storage, log, ${isolated && process.platform === "linux"});
        console.log(engine.connect === undefined ? engine.endpoint.port : "");
        setInterval(() => {}, 1000);`;
      const parent = spawn(process.execPath, ["--input-type=module", "-e", program], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [port] = (await once(createInterface({ input: parent.stdout }), "line")) as [string];
      const started = seesSockets ? descendantsOf(parent.pid ?? 0) : [];
      if (seesSockets) {
        expect(started.length).toBeGreaterThan(1);
      }
      if (port !== "") {
        await connectTo(Number(port));
      }
      parent.kill("SIGKILL");
      await once(parent, "exit");
      await ended(started);
      if (port !== "") {
        await refused(Number(port));
      }
    });
  });
});

/** The engine or the system answers each attempt at once. The time limit of the test ends the wait. */
async function refused(port: number): Promise<void> {
  for (;;) {
    try {
      await connectTo(port);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ECONNREFUSED") {
        return;
      }
      // A connection that the engine's end closes proves nothing. The next attempt does.
      expect(code).toBe("ECONNRESET");
    }
  }
}

async function connectTo(port: number): Promise<void> {
  const socket = net.connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.destroy();
  await once(socket, "close");
}
