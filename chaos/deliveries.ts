import { deliveryId } from "../domain/callback.ts";
import { type Account, type Check, nameOf, type Seen } from "./account.ts";

/** Each that is planned has one message under one id, and its receiver took it or was gone. */
export function callbacks({ facts, receivers }: Seen, accounts: readonly Account[]): ReturnType<Check> {
  const calls = Map.groupBy(receivers.calls, ({ assetId }) => assetId);
  let planned = 0;
  let found = 0;
  const differences = accounts.flatMap(({ asset, journey }) => {
    if (asset.callbackUrl === undefined) {
      return [];
    }
    const deliveries = facts.deliveries.get(asset.id) ?? [];
    const theirs = calls.get(asset.id) ?? [];
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
        .map(({ id }) => `was called with ${id}, which is none of its deliveries`),
      ...deliveries.flatMap(({ id, status, url }) => {
        const taken = theirs.some((call) => call.id === id && call.taken);
        const disabled = asset.planned.callback?.gone !== undefined && status === "DISABLED";
        found += taken || disabled ? 1 : 0;
        return [
          ...(url === asset.callbackUrl ? [] : [`goes to ${url}, not to ${asset.callbackUrl}`]),
          ...(disabled || (status === "DELIVERED" && taken) ? [] : [`${id} is ${status}, taken: ${taken}`]),
        ];
      }),
    ];
    return wrong.map((difference) => `${nameOf(asset)}: ${difference}`);
  });
  return { planned, found, differences };
}

/**
 * Once a 410 is recorded no attempt may begin. Recorded it is when `deliver` says so of the delivery that was
 * answered so: an attempt that had begun before, as `listDeliveries` tells, may have looked for the record too
 * early; and where the function died between answer and record, the next 410 counts.
 */
export function afterGone({ facts, evidence, receivers, plan }: Seen): ReturnType<Check> {
  const gone = receivers.calls.filter((call) => call.gone);
  const deliveries = [...facts.deliveries.values()].flat();
  const differences = [...new Set(gone.map(({ url }) => url))].flatMap((url) => {
    const theirs = deliveries.filter((delivery) => delivery.url === url);
    const answered = new Set(gone.filter((call) => call.url === url).map(({ id }) => id));
    const recorded = theirs.flatMap(({ id, assetId, seq }) =>
      answered.has(id) ? (evidence.gone.get(deliveryId(assetId, seq)) ?? []) : [],
    );
    const first = Math.min(...recorded);
    return recorded.length === 0
      ? [`${url} said 410, and nobody noted it`]
      : theirs.flatMap(({ id, attempts }) =>
          attempts
            .filter(({ at }) => Date.parse(at) > first)
            .map(({ at }) => `${id}: an attempt began at ${at}, after ${url} was recorded as gone`),
        );
  });
  return { planned: plan.gone.length, found: new Set(gone.map(({ url }) => url)).size, differences };
}
