import { setTimeout as pause } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import type { Failure, Plan, PlannedAsset } from "./plan.ts";
import { type Behaviour, type Receiver, startReceiver } from "./receiver.ts";

/** One request to a receiver. */
export interface Call {
  readonly url: string;
  /** `webhook-id` */
  readonly id: string;
  readonly assetId: string;
  readonly type: string;
  readonly seq: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Whether the receiver accepted the callback with any 2xx. */
  readonly taken: boolean;
  readonly gone: boolean;
}

/** The receivers of a run, in this process: the cloud's kills do not end them. */
export interface Receivers {
  readonly urlOf: (asset: PlannedAsset) => string | undefined;
  /** A receiver that accepts every callback. */
  readonly steadyUrl: string;
  readonly calls: readonly Call[];
  /** Invalid requests: a bad signature, a followed redirect, an invalid body. */
  readonly faults: readonly string[];
  /** How often a receiver misbehaved, by how. */
  readonly misbehaved: ReadonlyMap<string, number>;
  /** Sets the secret with which requests of this owner are verified. */
  readonly learn: (ownerId: string, secret: string) => void;
  stop(): Promise<void>;
}

/** How long a port that refuses stays closed, in milliseconds. */
const closedFor = 300;

export async function startReceivers(plan: Plan): Promise<Receivers> {
  const calls: Call[] = [];
  const faults: string[] = [];
  const misbehaved = new Map<string, number>();
  const secrets = new Map<string, string>();
  const behaviourOf = plannedBehaviour(plan);
  const count = (how: string) => void misbehaved.set(how, (misbehaved.get(how) ?? 0) + 1);
  const listen = async (): Promise<Receiver> => {
    const receiver: Receiver = await startReceiver({
      behave: ({ path, headers, body, at, method }) => {
        const id = textOf(headers["webhook-id"]);
        const behaviour = method === "POST" ? behaviourOf(path, id) : undefined;
        const message = verified(body, headers, secrets);
        if (!behaviour || "fault" in message) {
          faults.push(
            "fault" in message ? `${path}: ${message.fault}` : `${method} ${path}: unexpected request`,
          );
          return { status: 400 };
        }
        const status = typeof behaviour === "object" ? behaviour.status : behaviour === "drip" ? 200 : 0;
        const call = { ...message, id, url: `${receiver.url}${path}`, at };
        calls.push({ ...call, taken: status >= 200 && status < 300, gone: status === 410 });
        if (status !== 204) {
          count(typeof behaviour === "string" ? behaviour : String(status));
        }
        if (behaviour === "refuse") {
          void pause(closedFor).then(() => receiver.open());
        }
        return behaviour;
      },
    });
    return receiver;
  };
  const steady = await listen();
  // One closing port for each asset: another asset's callback would be repeated only minutes later.
  const closing = plan.assets.filter(({ callback }) => callback?.failures.includes("refuse"));
  const shut = new Map(await Promise.all(closing.map(async ({ index }) => [index, await listen()] as const)));
  return {
    calls,
    faults,
    misbehaved,
    steadyUrl: `${steady.url}/steady`,
    learn: (ownerId, secret) => void secrets.set(ownerId, secret),
    urlOf({ index, callback }) {
      if (!callback) {
        return undefined;
      }
      if (callback.gone !== undefined) {
        return `${steady.url}/gone/${callback.gone}`;
      }
      return `${(shut.get(index) ?? steady).url}/asset/${index}`;
    },
    async stop() {
      await Promise.all([steady, ...shut.values()].map((receiver) => receiver.stop()));
    },
  };
}

/** How a receiver answers the message `id` at a path. The first attempts at each message fail as planned. */
function plannedBehaviour(plan: Plan): (path: string, id: string) => Behaviour | undefined {
  const taken = plan.gone.map(() => 0);
  const callbacks = new Map(plan.assets.map(({ index, callback }) => [`/asset/${index}`, callback]));
  const attempts = new Map<string, number>();
  const goneBehaviour = (receiver: number): Behaviour => {
    taken[receiver] = (taken[receiver] ?? 0) + 1;
    return taken[receiver] > (plan.gone[receiver] ?? 0) ? { status: 410 } : { status: 204 };
  };
  return (path, id) => {
    if (path === "/steady") {
      return { status: 204 };
    }
    const gone = /^\/gone\/(\d+)$/.exec(path)?.[1];
    if (gone !== undefined) {
      return goneBehaviour(Number(gone));
    }
    const callback = callbacks.get(path);
    if (!callback) {
      return undefined;
    }
    const attempt = attempts.get(id) ?? 0;
    attempts.set(id, attempt + 1);
    const failure = callback.failures[attempt];
    return failure ? behaviours[failure] : callback.drip ? "drip" : { status: 204 };
  };
}

const behaviours: Readonly<Record<Failure, Behaviour>> = {
  "500": { status: 500 },
  "503": { status: 503, headers: { "retry-after": "6" } },
  "302": { status: 302, headers: { location: "/redirected" } },
  cut: "cut",
  refuse: "refuse",
  hang: "hang",
};

type Verified = Pick<Call, "assetId" | "type" | "seq"> | { readonly fault: string };

/** The content of a correctly signed message, or what is wrong with it. */
function verified(
  body: Buffer,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  secrets: ReadonlyMap<string, string>,
): Verified {
  try {
    const text = body.toString("utf8");
    const { type, data } = JSON.parse(text) as {
      type: string;
      data: { assetId: string; ownerId: string; seq: number };
    };
    const names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    new Webhook(secrets.get(data.ownerId) ?? "").verify(
      text,
      Object.fromEntries(names.map((name) => [name, textOf(headers[name])])),
    );
    return { assetId: data.assetId, type, seq: data.seq };
  } catch (error) {
    return { fault: String(error) };
  }
}

const textOf = (header: string | string[] | undefined): string => (typeof header === "string" ? header : "");
