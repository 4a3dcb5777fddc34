import { ask, DarkroomError, type Endpoint } from "./api.ts";
import { InOrder } from "./in-order.ts";
import { type AssetEvent, assetEventSelection } from "./schema.ts";
import { subscribe, type Subscription } from "./subscription.ts";

export { ask, DarkroomError, type Endpoint } from "./api.ts";
export type * from "./schema.ts";

export interface FollowOptions extends Endpoint {
  /** Whose assets. */
  readonly ownerId: string;
  /** The last `seq` that you have; without it, from the first event that comes. */
  readonly after?: number;
  /**
   * Milliseconds after which the log is read again once a subscription is accepted: AppSync may accept it a little
   * before it delivers (aws/aws-appsync-community#405). Default 3,000.
   */
  readonly refillAfter?: number;
  /** Ends the following. */
  readonly signal?: AbortSignal;
  /** Called each time that the subscription stands. */
  readonly onConnected?: () => void;
  /** The platform's own unless given. */
  readonly WebSocket?: typeof WebSocket;
}

const subscription = `subscription Follow($ownerId: ID!) { onAssetEvent(ownerId: $ownerId) { ${assetEventSelection} } }`;

const log = `query CatchUp($ownerId: ID, $after: Int) {
  listAssetEvents(ownerId: $ownerId, after: $after, limit: 100) { items { ${assetEventSelection} } nextAfter }
}`;

const usualRefill = 3_000;

/** Longest wait between two attempts to connect, in milliseconds. */
const longestWait = 30_000;

/**
 * Every event of an owner's assets, once and in order, whatever happens to the connection: a gap in the numbers or a
 * new connection is filled from the event log. Follows from the call on, until the reader stops or the signal ends
 * it. Throws `DarkroomError` if the API refuses the caller.
 */
export function followAssetEvents(options: FollowOptions): AsyncGenerator<AssetEvent> {
  const order = new InOrder<AssetEvent>(options.after);
  const { readable, writable } = new TransformStream<AssetEvent, AssetEvent>(
    {},
    { highWaterMark: Infinity },
    { highWaterMark: Infinity },
  );
  const writer = writable.getWriter();
  const end = new AbortController();
  const signal = AbortSignal.any([end.signal, ...(options.signal ? [options.signal] : [])]);
  const give = (events: readonly AssetEvent[]) => {
    for (const event of events) {
      void writer.write(event).catch(() => undefined);
    }
  };
  void keepConnected({ ...options, signal }, order, give).then(
    () => writer.close().catch(() => undefined),
    (error: unknown) => writer.abort(error),
  );
  return reading(readable, end);
}

/** Who stops reading stops following. */
async function* reading(
  events: ReadableStream<AssetEvent>,
  end: AbortController,
): AsyncGenerator<AssetEvent> {
  try {
    yield* events;
  } finally {
    end.abort();
  }
}

/** Connects again and again until the signal ends it. Throws what no repetition will mend. */
async function keepConnected(
  options: FollowOptions & { readonly signal: AbortSignal },
  order: InOrder<AssetEvent>,
  give: (events: readonly AssetEvent[]) => void,
): Promise<void> {
  const { signal } = options;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      await connection(options, order, give, () => (attempt = 0));
    } catch (error) {
      if (error instanceof DarkroomError && final.test(error.code)) {
        throw error;
      }
    }
    await pause(Math.min(100 * 2 ** attempt, longestWait) * (0.5 + Math.random() / 2), signal);
  }
}

/**
 * One connection's life. The log fills what was missed: once the subscription is accepted, a little later, after each
 * gap, and with each keep-alive, so that an event that was never delivered arrives within a minute.
 */
async function connection(
  options: FollowOptions & { readonly signal: AbortSignal },
  order: InOrder<AssetEvent>,
  give: (events: readonly AssetEvent[]) => void,
  stands: () => void,
): Promise<void> {
  const { ownerId, signal, refillAfter = usualRefill } = options;
  let filling: Promise<void> = Promise.resolve();
  const fill = () => (filling = filling.then(() => catchUp(options, order, give)));
  let standing: Subscription | undefined = undefined;
  // A failure before the subscription stands ends it as soon as it does: no later filling succeeds.
  const refill = () => void fill().catch(() => standing?.close());
  standing = await subscribe({
    ...options,
    query: subscription,
    variables: { ownerId },
    onData: (data) => {
      give(order.offer((data as { onAssetEvent: AssetEvent }).onAssetEvent));
      if (order.missing) {
        refill();
      }
    },
    onKeepAlive: () => refill(),
  });
  const { ended } = standing;
  const close = () => standing.close();
  signal.addEventListener("abort", close, { once: true });
  const later = setTimeout(refill, refillAfter);
  stands();
  options.onConnected?.();
  try {
    await fill();
    await ended;
    await filling;
  } finally {
    clearTimeout(later);
    signal.removeEventListener("abort", close);
    close();
  }
}

/** Reads the log from the last event given out to its end. */
async function catchUp(
  options: FollowOptions & { readonly signal: AbortSignal },
  order: InOrder<AssetEvent>,
  give: (events: readonly AssetEvent[]) => void,
): Promise<void> {
  let after = order.position ?? null;
  while (after !== null) {
    const variables = { ownerId: options.ownerId, after };
    const page: LogPage = await ask<LogPage>(options, log, variables, options.signal);
    give(order.offer(...page.listAssetEvents.items));
    after = page.listAssetEvents.nextAfter;
  }
}

interface LogPage {
  readonly listAssetEvents: { readonly items: AssetEvent[]; readonly nextAfter: number | null };
}

/** What another attempt would be told again. */
const final = /Unauthorized|NotAuthorized|BadRequest|Forbidden|Validation/;

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    signal.addEventListener("abort", wake, { once: true });
    if (signal.aborted) {
      wake();
    }
  });
