import { setTimeout as delay } from "node:timers/promises";
import type { AppSync } from "./appsync/index.ts";
import { type Handler, listen, type Listener } from "./aws/gateway/listener.ts";

/** The one port of the cloud. */
export interface Door {
  readonly listener: Listener;
  /** From here on requests are answered; before, they are told to come again. */
  open(gateway: Handler, appsync: AppSync): void;
  /** Refuses further requests. Settles when those under way have ended, their clients gone or not, or after five seconds. */
  readonly drain: () => Promise<void>;
}

const comeAgain: Handler = (_, response) => {
  response.writeHead(503, { "retry-after": "1", connection: "close" }).end();
};

const longestDrain = 5_000;

/** Takes the port, where requests are told to come again until the cloud is up. */
export async function openDoor(port: number, tls: { key: string; cert: string }): Promise<Door> {
  let gateway = comeAgain;
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
      // A client that has gone leaves work behind, and one that is slow has its answer yet to take.
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
      gateway = comeAgain;
      if (underWay === 0) {
        return;
      }
      const ended = new Promise<void>((resolve) => (drained = resolve));
      await Promise.race([ended, delay(longestDrain, undefined, { ref: false })]);
    },
  };
}
