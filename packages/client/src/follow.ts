import { DarkroomError, type Endpoint } from "./api.ts";
import { type Connection, openConnection, webSocketOf } from "./connection.ts";
import { InOrder } from "./in-order.ts";
import { listAssetEvents } from "./operations.ts";
import { onOnline } from "./online.ts";
import { backoff, pause } from "./pause.ts";
import { type AssetEvent, type AssetEventPage, assetEventSelection } from "./schema.ts";

export interface FollowOptions extends Endpoint {
  /** The owner of the assets. */
  readonly ownerId: string;
  /** The last `seq` that you have. Without it, following starts at the end of the log, before `onConnected`. */
  readonly after?: number;
  /**
   * Milliseconds after which the log is read again once a subscription is accepted: AppSync may accept it a little
   * before it delivers (aws/aws-appsync-community#405). Default 3,000.
   */
  readonly refillAfter?: number;
  /** Stops following. */
  readonly signal?: AbortSignal;
  /** Called each time that a subscription is accepted. */
  readonly onConnected?: () => void;
  /** Called each time that an accepted subscription ends. The next attempt follows by itself. */
  readonly onDisconnected?: () => void;
  /**
   * Called when events that you have not seen are no longer in the log. List the assets again. The events that follow
   * begin with this number.
   */
  readonly onReset?: (firstSeq: number) => void;
  /** The platform's own unless given. */
  readonly WebSocket?: typeof WebSocket;
}

const subscription = `subscription Follow($ownerId: ID!) { onAssetEvent(ownerId: $ownerId) { ${assetEventSelection} } }`;

const defaultRefill = 3_000;

/**
 * Every event of an owner's assets, once and in order, even if connections break: the event log fills each gap in the
 * numbers, and what was missed before a new connection. Starts at the call, and ends when the reader stops or the
 * signal aborts. Throws `DarkroomError` if the API refuses the caller.
 */
export function followAssetEvents(options: FollowOptions): AsyncGenerator<AssetEvent> {
  const { readable, writable } = new TransformStream<AssetEvent, AssetEvent>(
    {},
    { highWaterMark: Infinity },
    { highWaterMark: Infinity },
  );
  const writer = writable.getWriter();
  const end = new AbortController();
  const signal = AbortSignal.any([end.signal, ...(options.signal ? [options.signal] : [])]);
  const emit = (events: readonly AssetEvent[]) => {
    for (const event of events) {
      void writer.write(event).catch(() => undefined);
    }
  };
  void keepConnected({ ...options, signal }, emit).then(
    () => writer.close().catch(() => undefined),
    (error: unknown) => writer.abort(error),
  );
  return read(readable, end);
}

/** When the reader stops, following stops. */
async function* read(events: ReadableStream<AssetEvent>, end: AbortController): AsyncGenerator<AssetEvent> {
  try {
    // Not every browser iterates over streams.
    const reader = events.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      yield next.value;
    }
  } finally {
    end.abort();
  }
}

/** Connects again and again until the signal aborts. Throws the errors that another attempt would meet again. */
async function keepConnected(
  options: FollowOptions & { readonly signal: AbortSignal },
  emit: (events: readonly AssetEvent[]) => void,
): Promise<void> {
  const { signal } = options;
  webSocketOf(options);
  let order: InOrder<AssetEvent> | undefined;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      order ??= new InOrder(options.after ?? (await newestSeq(options, options)));
      await followOnce(options, order, emit, () => (attempt = 0));
    } catch (error) {
      if (error instanceof DarkroomError && final.test(error.errorType)) {
        throw error;
      }
    }
    await pauseUntilOnline(backoff(attempt), signal);
  }
}

/** A page that is back on the network does not wait. */
async function pauseUntilOnline(milliseconds: number, signal: AbortSignal): Promise<void> {
  const online = new AbortController();
  const ignore = onOnline(() => online.abort());
  await pause(milliseconds, AbortSignal.any([signal, online.signal]));
  ignore();
}

/**
 * Follows on one connection until it ends. The log is read once the subscription is accepted, again a little later,
 * after each gap, and with each keep-alive: an event that was never delivered arrives within a minute.
 */
async function followOnce(
  options: FollowOptions & { readonly signal: AbortSignal },
  order: InOrder<AssetEvent>,
  emit: (events: readonly AssetEvent[]) => void,
  onAccepted: () => void,
): Promise<void> {
  const { ownerId, signal, refillAfter = defaultRefill } = options;
  let filling: Promise<void> = Promise.resolve();
  const fill = () => (filling = filling.then(() => catchUp(options, order, emit)));
  let connection: Connection | undefined = undefined;
  const close = () => void connection?.close();
  // After a failure before there is a connection, `fill` fails below: no later filling succeeds.
  const refill = () => void fill().catch(close);
  const authorization = { Authorization: await options.token() };
  connection = await openConnection({ ...options, authorization, onKeepAlive: refill });
  signal.addEventListener("abort", close, { once: true });
  // A connection of before a sleep may be dead without a sign.
  const ignore = onOnline(close);
  let later: ReturnType<typeof setTimeout> | undefined;
  let accepted = false;
  try {
    if (signal.aborted) {
      return;
    }
    await connection.subscribe({
      query: subscription,
      variables: { ownerId },
      onData: (data) => {
        emit(order.offer((data as { onAssetEvent: AssetEvent }).onAssetEvent));
        if (order.missing) {
          refill();
        }
      },
    });
    later = setTimeout(refill, refillAfter);
    accepted = true;
    onAccepted();
    options.onConnected?.();
    await fill();
    await connection.ended;
    await filling;
  } finally {
    clearTimeout(later);
    signal.removeEventListener("abort", close);
    ignore();
    close();
    if (accepted) {
      options.onDisconnected?.();
    }
  }
}

/** The number of an owner's newest event, 0 if there is none. */
export const newestSeq = async (
  endpoint: Endpoint,
  { ownerId, signal }: Pick<FollowOptions, "ownerId" | "signal">,
): Promise<number> => (await listAssetEvents(endpoint, { ownerId, limit: 1 }, { signal })).lastSeq;

/** Reads the log from the last emitted event to its end. */
async function catchUp(
  options: FollowOptions & { readonly signal: AbortSignal },
  order: InOrder<AssetEvent>,
  emit: (events: readonly AssetEvent[]) => void,
): Promise<void> {
  let next: number | null = order.position;
  while (next !== null) {
    const after: number = next;
    const variables = { ownerId: options.ownerId, after, limit: 100 };
    try {
      const page: AssetEventPage = await listAssetEvents(options, variables, { signal: options.signal });
      emit(order.offer(...page.items));
      next = page.nextAfter;
    } catch (error) {
      const firstSeq = firstSeqOf(error);
      if (firstSeq === undefined || firstSeq <= after + 1) {
        throw error;
      }
      order.skipTo(firstSeq);
      options.onReset?.(firstSeq);
      next = firstSeq - 1;
    }
  }
}

/** Where the log begins, if the error says that it no longer reaches back. */
function firstSeqOf(error: unknown): number | undefined {
  const { firstSeq } = ((error as Partial<DarkroomError>).info ?? {}) as { firstSeq?: unknown };
  const expired = error instanceof DarkroomError && error.errorType === "EventsExpired";
  return expired && typeof firstSeq === "number" ? firstSeq : undefined;
}

/** Codes of errors that another attempt would meet again. */
const final = /NoWebSocket|Unauthorized|NotAuthorized|BadRequest|Forbidden|Validation/;
