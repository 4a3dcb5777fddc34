import type { Connection } from "../../packages/client/src/connection.ts";
import { signIn } from "../../packages/local-cloud/src/sign-in.ts";
import { connectionFor } from "./client.ts";
import { bootCloud, type RemoteCloud } from "./cloud.ts";
import type { Figure, Options, Row } from "./figure.ts";
import { countCpu } from "./machine.ts";
import { publisher } from "./publisher.ts";
import { megabytes, round } from "./statistics.ts";

interface Size {
  readonly connections: number;
  readonly subscriptionsEach: number;
  readonly events: number;
}

/** AppSync takes 100 subscriptions a connection. */
const whole: Size = { connections: 10, subscriptionsEach: 100, events: 100 };
const smallest: Size = { connections: 2, subscriptionsEach: 3, events: 3 };
/** Milliseconds without any event after which the rest counts as lost. */
const patience = 10_000;

/** 1,000 subscribers receive 100 events each, published one after the other. */
export async function realtime({ rounds, profile, smoke }: Options): Promise<Figure> {
  const size = smoke ? smallest : whole;
  const { connections, subscriptionsEach, events } = size;
  const rows: Row[] = [];
  for (let at = 0; at < rounds; at++) {
    const cloud = await bootCloud({ profile });
    try {
      rows.push(await measure(cloud, size));
    } finally {
      await cloud.stop();
    }
  }
  return {
    title: `Real time: ${connections * subscriptionsEach} subscriptions on ${connections} sockets, ${events} events to each`,
    bar: "none lost, none out of order",
    rows,
    notes: [
      "MB: heap of the cloud after a garbage collection: before, subscribed, all delivered, sockets closed.",
    ],
  };
}

async function measure(cloud: RemoteCloud, { connections, subscriptionsEach, events }: Size): Promise<Row> {
  const { ready } = cloud;
  const { sub, token } = await signIn(ready, "alice");
  const before = await cloud.ask("memory");
  const sockets = await Promise.all(Array.from({ length: connections }, () => connectionFor(ready, token)));
  const audience = new Audience(connections * subscriptionsEach * events);
  const joining = performance.now();
  await Promise.all(sockets.map((socket) => audience.join(socket, sub, subscriptionsEach)));
  const joined = performance.now();
  const subscribed = await cloud.ask("memory");

  const count = await countCpu(cloud);
  const publish = publisher(ready, sub);
  const started = performance.now();
  for (let seq = 1; seq <= events; seq++) {
    await publish(seq);
  }
  const published = performance.now();
  await audience.whole;
  const delivered = performance.now();
  const { server } = await count();
  const full = await cloud.ask("memory");
  await Promise.all(sockets.map((socket) => socket.close()));
  const after = await cloud.ask("memory");
  return {
    "subscribe ms": round(joined - joining, 0),
    "publish ms": round(published - started, 0),
    "delivered ms": round(delivered - started, 0),
    "deliveries/s": round((audience.delivered / (delivered - started)) * 1000, 0),
    "cloud cpu us": round((server / audience.delivered) * 1e6),
    lost: audience.expected - audience.delivered,
    "out of order": audience.outOfOrder,
    "before MB": megabytes(before.heapUsed),
    "subscribed MB": megabytes(subscribed.heapUsed),
    "delivered MB": megabytes(full.heapUsed),
    "closed MB": megabytes(after.heapUsed),
  };
}

const subscription = /* GraphQL */ `
  subscription ($ownerId: ID!) {
    onAssetEvent(ownerId: $ownerId) {
      seq
      type
      assetId
      asset {
        id
        state
        labelStatus
      }
    }
  }
`;

/** Counts the events that all subscribers together receive. */
class Audience {
  readonly expected: number;
  /** Settles when all events have arrived, or none has for a while. */
  readonly whole: Promise<unknown>;
  outOfOrder = 0;
  readonly #last: number[] = [];
  #delivered = 0;
  readonly #settle: () => void;
  readonly #impatience: NodeJS.Timeout;

  constructor(expected: number) {
    this.expected = expected;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.whole = promise;
    this.#settle = () => resolve(undefined);
    this.#impatience = setTimeout(this.#settle, patience);
  }

  get delivered(): number {
    return this.#delivered;
  }

  async join(socket: Connection, ownerId: string, subscriptions: number): Promise<void> {
    for (let at = 0; at < subscriptions; at++) {
      const member = this.#last.push(0) - 1;
      await socket.subscribe({
        query: subscription,
        variables: { ownerId },
        onData: (data) => this.#count(member, data),
      });
    }
  }

  #count(member: number, data: unknown): void {
    const { seq } = (data as { onAssetEvent: { seq: number } }).onAssetEvent;
    this.outOfOrder += seq === (this.#last[member] ?? 0) + 1 ? 0 : 1;
    this.#last[member] = seq;
    this.#delivered++;
    this.#impatience.refresh();
    if (this.#delivered === this.expected) {
      clearTimeout(this.#impatience);
      this.#settle();
    }
  }
}
