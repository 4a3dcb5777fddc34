import { afterAll, beforeAll } from "@jest/globals";
import { type Cloud, type CloudOptions, startCloud } from "../../packages/local-cloud/src/cloud.ts";
import { createLog } from "../../packages/local-cloud/src/base/log.ts";
import local from "../../local-cloud.config.ts";
import { type Client, clientOf } from "./client.ts";
import { root } from "./program.ts";

export interface Running {
  readonly cloud: Cloud;
  readonly alice: Client;
  readonly bob: Client;
  readonly admin: Client;
  /** What the cloud logged at `warn` and above. */
  readonly complaints: readonly string[];
}

/** A cloud for one test file, in this process, gone when the file is done. */
export function useCloud(options: Partial<CloudOptions> = {}): () => Running {
  let running: Running | undefined;
  beforeAll(async () => {
    const complaints: string[] = [];
    const log = createLog("warn", (line) => complaints.push(line));
    const cloud = await startCloud({ root, local, stack: "dev", port: 0, data: undefined, log, ...options });
    const [alice, bob, admin] = await Promise.all(
      ["alice", "bob", "admin"].map((name) => clientOf(cloud.ready, name)),
    );
    running = { cloud, alice, bob, admin, complaints } as Running;
  });
  afterAll(async () => {
    const clients = running ? [running.alice, running.bob, running.admin] : [];
    await Promise.all(clients.map((client) => client.close()));
    await running?.cloud.stop();
  });
  return () => {
    if (!running) {
      throw new Error("The cloud is not up yet: use it inside a test");
    }
    return running;
  };
}
