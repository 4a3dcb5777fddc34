import { deliveryId } from "../../domain/callback.ts";
import { type Account, type Check, nameOf, type Seen } from "./account.ts";
import { isHidden } from "./journeys.ts";

/** Each planned callback has one message with one id, and its receiver accepted it or was gone. */
export function callbacks(
  { facts, receivers, replayed }: Seen,
  accounts: readonly Account[],
): ReturnType<Check> {
  const calls = Map.groupBy(receivers.calls, ({ assetId }) => assetId);
  let planned = 0;
  let found = 0;
  const differences = accounts.flatMap(({ asset, journey }) => {
    if (asset.callbackUrl === undefined) {
      return [];
    }
    const deliveries = facts.deliveries.get(asset.id) ?? [];
    // A purge removes deliveries, those too that were sent.
    const theirs = journey.isForgotten ? [] : (calls.get(asset.id) ?? []);
    const types = deliveries.map(({ type }) => type).join(" ");
    planned += journey.callbacks.length;
    const wrong = [
      ...(types === journey.callbacks.join(" ")
        ? []
        : [`is ${types}, should be ${journey.callbacks.join(" ")}`]),
      ...theirs
        .filter(
          ({ id, type, seq }) =>
            !deliveries.some((one) => one.id === id && one.type === type && one.seq === seq),
        )
        .map(({ id }) => `was called with ${id}, which is not one of its deliveries`),
      ...deliveries.flatMap(({ id, status, url, attempts, nextAttemptAt }) => {
        const taken = theirs.some((call) => call.id === id && call.taken);
        const disabled = asset.planned.callback?.gone !== undefined && status === "DISABLED";
        const waits = isHidden(journey) && status === "PENDING";
        found += taken || disabled || waits ? 1 : 0;
        return [
          ...(url === asset.callbackUrl ? [] : [`goes to ${url}, not to ${asset.callbackUrl}`]),
          ...(disabled || waits || (status === "DELIVERED" && taken)
            ? []
            : [`${id} is ${status}, taken: ${taken}, next: ${nextAttemptAt}, ${JSON.stringify(attempts)}`]),
        ];
      }),
    ];
    return wrong.map((difference) => `${nameOf(asset)}: ${difference}`);
  });
  const explained = replayed.map((id) => `${id} had failed so often that its owner replayed it`);
  return { planned, found, differences, explained };
}

/**
 * Once a 410 is recorded, no attempt that begins later may call the receiver of this owner. Another owner's callbacks to
 * the same URL have another receiver. The record exists when `deliver` logs it for the delivery that got the 410; if the
 * function crashed in between, the next 410 counts. `listDeliveries` shows when an attempt began: one that began earlier
 * may have read the record too early.
 */
export function afterGone(seen: Seen, accounts: readonly Account[]): ReturnType<Check> {
  const calls = Map.groupBy(seen.receivers.calls, ({ id }) => id);
  const saidGone = (id: string) => calls.get(id)?.some(({ gone }) => gone) ?? false;
  const all = accounts.flatMap(({ asset }) =>
    (seen.facts.deliveries.get(asset.id) ?? []).map((delivery) => ({ ...delivery, owner: asset.owner })),
  );
  const receivers = [...Map.groupBy(all, ({ owner, url }) => `${owner.username} at ${url}`)].filter(
    ([, deliveries]) => deliveries.some(({ id }) => saidGone(id)),
  );
  const differences = receivers.flatMap(([receiver, deliveries]) => {
    const recorded = deliveries.flatMap(({ id, assetId, seq }) =>
      saidGone(id) ? (seen.evidence.gone.get(deliveryId(assetId, seq)) ?? []) : [],
    );
    if (recorded.length === 0) {
      return [`the receiver of ${receiver} answered 410, and it was not recorded`];
    }
    const first = Math.min(...recorded);
    return deliveries.flatMap(({ id, attempts }) =>
      (calls.get(id) ?? [])
        .filter(({ at }) => beginOf(at, attempts) > first)
        .map(
          () =>
            `${id}: the receiver of ${receiver} was called by an attempt that began after its 410 was recorded`,
        ),
    );
  });
  return { planned: receivers.length, found: receivers.length, differences };
}

/** When the attempt began that made a call: the last one before it. */
const beginOf = (call: number, attempts: readonly { readonly at: string }[]): number =>
  Math.max(...attempts.map(({ at }) => Date.parse(at)).filter((at) => at <= call));
