import { describe, expect, it } from "@jest/globals";
import { DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import { WebSocket as Socket } from "ws";
import { type AssetEvent, followAssetEvents } from "../../packages/client/src/index.ts";
import { eventId } from "../../domain/event.ts";
import { asFunction } from "../support/function.ts";
import { useCloud } from "../support/cloud.ts";

const use = useCloud();

/** A socket that tests can cut. */
class Cuttable extends Socket {
  static readonly open = new Set<Cuttable>();

  constructor(url: string, protocols: string[]) {
    super(url, protocols);
    Cuttable.open.add(this);
    this.on("close", () => Cuttable.open.delete(this));
  }

  /** The API sends these about once a minute. */
  static keepAlive(): void {
    for (const socket of Cuttable.open) {
      socket.emit("message", Buffer.from('{"type":"ka"}'), false);
    }
  }

  static cut(): void {
    for (const socket of Cuttable.open) {
      socket.terminate();
    }
  }
}

/** The API accepts the subscription, but no event arrives. */
class Deaf extends Cuttable {
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    const [message] = values;
    return event === "message" && String(message).includes('"type":"data"')
      ? true
      : super.emit(event, ...values);
  }
}

/** Once, a keep-alive arrives before the subscription is accepted. */
class Early extends Cuttable {
  static sent = false;

  override emit(event: string | symbol, ...values: unknown[]): boolean {
    const emitted = super.emit(event, ...values);
    if (event === "message" && String(values[0]).includes('"connection_ack"') && !Early.sent) {
      Early.sent = true;
      Cuttable.keepAlive();
    }
    return emitted;
  }
}

const create = async (count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) {
    await use().alice.create(Buffer.from("x"), "text/plain");
  }
};

const following = (more: object = {}) => {
  const { alice, cloud } = use();
  const end = new AbortController();
  const connections: (() => void)[] = [];
  const connected = () => new Promise<void>((resolve) => connections.push(resolve));
  const events = followAssetEvents({
    graphqlUrl: cloud.ready.graphqlUrl,
    token: () => alice.token,
    ownerId: alice.sub,
    signal: end.signal,
    WebSocket: Cuttable as unknown as typeof WebSocket,
    onConnected: () => connections.shift()?.(),
    ...more,
  });
  return { events, end, connected };
};

async function take(events: AsyncGenerator<AssetEvent>, count: number): Promise<number[]> {
  const seqs: number[] = [];
  while (seqs.length < count) {
    const next = await events.next();
    if (next.done) {
      break;
    }
    seqs.push(next.value.seq);
  }
  return seqs;
}

/** The number of the owner's last event so far. */
async function lastSeq(): Promise<number> {
  const { alice, cloud } = use();
  await cloud.idle();
  const { listAssetEvents } = await alice.get<{ listAssetEvents: { lastSeq: number } }>(
    "{ listAssetEvents(limit: 1) { lastSeq } }",
  );
  return listAssetEvents.lastSeq;
}

const numbers = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => from + at);

describe("following an owner's events", () => {
  it("starts after the given event, however old that is", async () => {
    const after = (await lastSeq()) + 1;
    await create(3);
    await use().cloud.idle();
    const { events, end } = following({ after });
    expect(await take(events, 2)).toEqual(numbers(after + 1, 2));
    end.abort();
    expect(await events.next()).toMatchObject({ done: true });
  });

  it("starts with what happens once it is connected, although the subscription delivers nothing", async () => {
    await create(1);
    const after = await lastSeq();
    const { events, end, connected } = following({ WebSocket: Deaf as unknown as typeof WebSocket });
    const standing = connected();
    const taken = take(events, 2);
    await standing;
    await create(2);
    await use().cloud.idle();
    Cuttable.keepAlive();
    expect(await taken).toEqual(numbers(after + 1, 2));
    end.abort();
  });

  it("yields each event once and in order while the connection is cut again and again", async () => {
    const after = await lastSeq();
    const { events, end, connected } = following({ after });
    let standing = connected();
    const taken = take(events, 9);
    await standing;
    for (let round = 0; round < 3; round += 1) {
      await create(1);
      standing = connected();
      Cuttable.cut();
      await create(2);
      await standing;
    }
    expect(await taken).toEqual(numbers(after + 1, 9));
    end.abort();
  });

  it.each([
    ["a little after the acceptance", { refillAfter: 200 }, () => undefined],
    ["with the next keep-alive", { refillAfter: 600_000 }, () => Cuttable.keepAlive()],
  ])("reads the log %s, because an accepted subscription may not deliver yet", async (_, more, then) => {
    const { alice, cloud } = use();
    const { events, end, connected } = following({ ...more, after: await lastSeq(), WebSocket: Deaf });
    const standing = connected();
    const taken = take(events, 1);
    await standing;
    await alice.create(Buffer.from("x"), "text/plain");
    await cloud.idle();
    then();
    expect(await taken).toHaveLength(1);
    end.abort();
  });

  it("continues after the log could not be read before the subscription was accepted", async () => {
    const { alice } = use();
    let asked = 0;
    const again = Promise.withResolvers<undefined>();
    const token = () => {
      asked += 1;
      if (asked > 2) {
        again.resolve(undefined);
      }
      // The first request for a token is the connection's, the second the log's.
      return asked === 2 ? Promise.reject(new Error("no token now")) : alice.token;
    };
    const { events, end } = following({ after: await lastSeq(), token, WebSocket: Early });
    const taken = take(events, 1);
    await create(1);
    expect(await taken).toHaveLength(1);
    await again.promise;
    end.abort();
  });

  it("says where it continues when the log no longer reaches back", async () => {
    await create(3);
    const last = await lastSeq();
    const { dynamodb, table, close } = asFunction(use(), "administrator");
    for (const seq of numbers(1, last - 1)) {
      const Key = { ownerId: { S: use().alice.sub }, id: { S: eventId(seq) } };
      await dynamodb.send(new DeleteItemCommand({ TableName: table("events"), Key }));
    }
    close();
    const resets: number[] = [];
    const onReset = (firstSeq: number) => resets.push(firstSeq);
    const { events, end } = following({ after: last - 2, onReset });
    expect(await take(events, 1)).toEqual([last]);
    expect(resets).toEqual([last]);
    end.abort();
  });

  it("throws the API's refusal for another user's assets", async () => {
    const { events } = following({ ownerId: use().bob.sub });
    await expect(events.next()).rejects.toMatchObject({ name: "DarkroomError", errorType: "Unauthorized" });
  });
});
