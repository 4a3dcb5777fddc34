import { Refusal } from "../refusal.ts";
import { type Ports, type Registered, StartFailure } from "./ports.ts";
import { type ErrorEntry, MessageRefusal, parseMessage, type ServerMessage, type Start } from "./protocol.ts";
import { Timers } from "./timers.ts";

/** Reserves the id of a subscription. */
interface Place {
  served: boolean;
  cancel: () => void;
}

const internalFailure = new Refusal("InternalFailure", "An internal failure occurred.", 500);

/** Milliseconds. */
const limits = { timeout: 300_000, keepAlive: 60_000, silence: 30_000, lifetime: 24 * 3_600_000 };
const maxSubscriptions = 100;
/** Messages before the connection is open: all subscriptions at once, and connection_init. */
const maxEarly = maxSubscriptions + 2;

/** The protocol of one client's connection, from handshake to close. Takes frames by `receive`, and ends by `closed`. */
export class Connection {
  readonly #ports: Ports;
  readonly #authorized: Promise<void>;
  readonly #subscriptions = new Map<string, Place>();
  readonly #timers: Timers;
  #state: "waiting" | "open" | "closed" = "waiting";
  #early = 0;
  readonly #cancelSilence: () => void;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#timers = new Timers(ports.schedule);
    this.#authorized = ports.authorize();
    // A refusal is sent after the first message of the client: before, the client may not listen yet.
    this.#authorized.catch(() => undefined);
    this.#cancelSilence = this.#timers.after(limits.silence, () => ports.close(1008, "no connection_init"));
    this.#timers.after(limits.lifetime, () => ports.close(1000, "24 hours are over"));
  }

  /** Takes one text frame. Never throws, whatever its content. */
  receive(text: string): void {
    // Messages before the authorizer's answer wait in memory.
    if (this.#state === "waiting" && ++this.#early > maxEarly) {
      this.#ports.close(1008, "too many messages before connection_ack");
      this.closed();
    }
    if (this.#state === "closed") {
      return;
    }
    this.#handle(text).catch((error: unknown) => this.#ports.fault(error));
  }

  /** The socket is closed: nothing more is sent. */
  closed(): void {
    this.#state = "closed";
    for (const { cancel } of this.#subscriptions.values()) {
      cancel();
    }
    this.#subscriptions.clear();
    this.#timers.cancel();
  }

  async #handle(text: string): Promise<void> {
    try {
      const message = parseMessage(text);
      if (!(await this.#open(message.type === "connection_init"))) {
        return;
      }
      if (message.type === "start") {
        await this.#start(message);
      }
      if (message.type === "stop") {
        this.#stop(message.id);
      }
    } catch (error) {
      if (!(error instanceof MessageRefusal)) {
        throw error;
      }
      this.#error(error.id, [{ errorType: error.errorType, message: error.message }]);
    }
  }

  /** The first message opens the connection. Most clients send connection_init, but they need not. */
  async #open(asked: boolean): Promise<boolean> {
    try {
      await this.#authorized;
    } catch (error) {
      this.#refuse(error);
      return false;
    }
    if (this.#state === "closed") {
      return false;
    }
    if (asked || this.#state === "waiting") {
      this.#send({ type: "connection_ack", payload: { connectionTimeoutMs: limits.timeout } });
    }
    if (this.#state === "waiting") {
      this.#cancelSilence();
      this.#keepAlive();
    }
    this.#state = "open";
    return true;
  }

  #refuse(error: unknown): void {
    if (this.#state === "closed") {
      return;
    }
    const errors = this.#explain(error);
    this.#send({ type: "connection_error", payload: { errors } });
    this.#ports.close(1008, errors[0]?.errorType ?? "");
    this.closed();
  }

  async #start(start: Start): Promise<void> {
    const { id } = start;
    if (this.#subscriptions.has(id)) {
      this.#error(id, [{ errorType: "DuplicatedOperationError", message: `Duplicated operation id: ${id}` }]);
      return;
    }
    if (this.#subscriptions.size >= maxSubscriptions) {
      const message = `Max number of ${maxSubscriptions} subscriptions reached`;
      const errors = { errorType: "MaxSubscriptionsReachedError", message };
      this.#send({ type: "error", id, payload: { errors } });
      return;
    }
    // Reserves the id while the subscription's resolver runs. A stop frees it.
    const place: Place = { served: false, cancel: () => undefined };
    this.#subscriptions.set(id, place);
    const registered = await this.#register(start, place);
    if (!registered) {
      return;
    }
    if (this.#subscriptions.get(id) !== place) {
      registered.cancel();
      return;
    }
    const cancelExpiry = this.#expire(id, registered.expiresAt);
    place.cancel = () => {
      cancelExpiry();
      registered.cancel();
    };
    this.#send({ type: "start_ack", id });
    const subscriptionDelay = this.#ports.subscriptionDelay();
    if (subscriptionDelay === 0) {
      place.served = true;
    } else {
      this.#timers.after(subscriptionDelay, () => void (place.served = true));
    }
  }

  async #register(start: Start, place: Place): Promise<Registered | undefined> {
    const { id } = start;
    try {
      return await this.#ports.register(start, {
        data: (payload) => {
          // Payloads are prepared asynchronously: none is sent before start_ack or after complete.
          if (place.served && this.#subscriptions.get(id) === place) {
            this.#send({ type: "data", id, payload });
          }
        },
        end: () => {
          this.#stop(id);
          // AppSync's manual: "forcibly unsubscribe and close". A client that reconnects is authorised again.
          this.#ports.close(1000, "subscription invalidated");
        },
      });
    } catch (error) {
      if (this.#subscriptions.get(id) === place) {
        this.#subscriptions.delete(id);
        this.#error(id, this.#explain(error));
      }
      return undefined;
    }
  }

  #explain(error: unknown): readonly ErrorEntry[] {
    if (error instanceof StartFailure) {
      return error.errors;
    }
    if (!(error instanceof Refusal)) {
      this.#ports.fault(error);
    }
    const { errorType, message, status } = error instanceof Refusal ? error : internalFailure;
    return [{ errorType, message, errorCode: status }];
  }

  #stop(id: string): void {
    const subscription = this.#subscriptions.get(id);
    if (!subscription) {
      this.#error(id, [{ errorType: "UnknownOperationError", message: `Unknown operation id: ${id}` }]);
      return;
    }
    this.#subscriptions.delete(id);
    subscription.cancel();
    this.#send({ type: "complete", id });
  }

  /** Ends the subscription when its token expires. */
  #expire(id: string, expiresAt: number | undefined): () => void {
    if (expiresAt === undefined || expiresAt === Infinity) {
      return () => undefined;
    }
    const left = Math.min(Math.max(0, expiresAt - this.#ports.clock()), limits.lifetime);
    return this.#timers.after(left, () => {
      this.#subscriptions.get(id)?.cancel();
      this.#subscriptions.delete(id);
      this.#error(id, [
        { errorType: "UnauthorizedException", message: "Token has expired.", errorCode: 401 },
      ]);
    });
  }

  #keepAlive(): void {
    this.#send({ type: "ka" });
    this.#timers.after(limits.keepAlive, () => this.#keepAlive());
  }

  #error(id: string | undefined, errors: readonly ErrorEntry[]): void {
    this.#send({ type: "error", ...(id !== undefined && { id }), payload: { errors } });
  }

  #send(message: ServerMessage): void {
    if (this.#state !== "closed") {
      this.#ports.send(message);
    }
  }
}
