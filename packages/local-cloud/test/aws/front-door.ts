import { afterEach } from "@jest/globals";
import { createGateway } from "../../src/aws/gateway/index.ts";
import { listen, type Listener } from "../../src/aws/gateway/listener.ts";
import { createIam, type Iam } from "../../src/aws/iam/index.ts";
import type { Clock, Service, Storage } from "../../src/base/service.ts";
import type { Graph } from "../../src/base/graph.ts";
import { region, roleArn, silentLog, temporaryStorage } from "./graph.ts";

export interface FrontDoor extends Listener {
  readonly iam: Iam;
  /** Settings for an SDK client with the role's keys, that tries once only. */
  client(role: string): {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: ReturnType<Iam["credentials"]>;
    readonly maxAttempts: number;
  };
}

const open: Listener[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((listener) => listener.close()));
});

/** The front door over the services given, closed when the test ends. */
export async function openFrontDoor(
  graph: Graph,
  services: (iam: Iam) => readonly Service[],
  options: { readonly clock?: Clock; readonly storage?: Storage } = {},
): Promise<FrontDoor> {
  const { clock = Date.now, storage = temporaryStorage() } = options;
  const iam = createIam(graph, storage, clock);
  const onRequest = createGateway({ iam, services: services(iam), region, clock, log: silentLog });
  const listener = await listen({ port: 0, onRequest, onUpgrade: (_request, socket) => socket.destroy() });
  open.push(listener);
  return {
    ...listener,
    iam,
    client: (role) => ({
      endpoint: listener.url,
      region,
      credentials: iam.credentials(roleArn(role)),
      maxAttempts: 1,
    }),
  };
}
