import { setTimeout as delay } from "node:timers/promises";
import type { AppSync } from "./appsync/index.ts";
import { type Handler, listen, type Listener } from "./aws/gateway/listener.ts";

/** The one port of the cloud. */
export interface Door {
  readonly listener: Listener;
  /** Answers requests from now on. Before, each gets a 503 with Retry-After. */
  open(gateway: Handler, appsync: AppSync): void;
  /** Refuses new requests. Settles when those under way have ended, or after five seconds. */
  readonly drain: () => Promise<void>;
}

const retryLater: Handler = (_, response) => {
  response.writeHead(503, { "retry-after": "1", connection: "close" }).end();
};

const maxDrain = 5_000;

/** Opens the port. Until `open` is called, requests get a 503 with Retry-After. */
export async function openDoor(port: number, tls: { key: string; cert: string }): Promise<Door> {
  let gateway = retryLater;
  let appsync: AppSync | undefined;
  let underWay = 0;
  let drained: (() => void) | undefined;
  const end = () => {
    underWay -= 1;
    if (underWay === 0) {
      drained?.();
    }
  };
  const listener = await listen({
    port,
    tls,
    onRequest: (request, response) => {
      // Two ends: the handler may still work for a client that has gone, and a slow client still reads its answer.
      underWay += 2;
      response.once("close", end);
      void Promise.resolve(gateway(request, response)).finally(end);
    },
    onUpgrade: (request, socket, head) =>
      appsync ? appsync.onUpgrade(request, socket, head) : socket.destroy(),
  });
  return {
    listener,
    open(opened, api) {
      gateway = opened;
      appsync = api;
    },
    async drain() {
      gateway = retryLater;
      if (underWay === 0) {
        return;
      }
      const ended = new Promise<void>((resolve) => (drained = resolve));
      await Promise.race([ended, delay(maxDrain, undefined, { ref: false })]);
    },
  };
}
