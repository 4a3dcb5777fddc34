import type { AssetEvent } from "../../packages/client/src/index.ts";
import { type Account, type Check, type Entry, labellingsOf, nameOf, type Seen, sum } from "./account.ts";
import { budgets, erased } from "./bounded.ts";
import { deadLetters } from "./dead-letters.ts";
import { afterGone, callbacks } from "./deliveries.ts";
import { detectLabels } from "./detections.ts";
import { plannedWithoutWaits } from "./edits.ts";
import { journeys } from "./journeys.ts";
import { labelsFound } from "./labels.ts";
import { objects, thumbnails } from "./objects.ts";
import { usage } from "./usage.ts";

export function ledgerOf(seen: Seen): Entry[] {
  const accounts = accountsOf(seen);
  return Object.entries(checks).map(([check, compare]) => ({
    check,
    explained: [],
    ...compare(seen, accounts),
  }));
}

/** False while functions still do work that causes no event. */
export function isSettled(seen: Seen): boolean {
  const quiet: readonly Check[] = [labelsFound, objects, usage];
  const accounts = accountsOf(seen);
  return quiet.every((compare) => compare(seen, accounts).differences.length === 0);
}

const checks: Readonly<Record<string, Check>> = {
  "assets reserved": ({ plan, reserved, facts }) => {
    const ids = new Set(reserved.map(({ id }) => id));
    const listed = [...facts.assets.values()].flat();
    const unplanned = listed.filter(({ id }) => !ids.has(id));
    return {
      planned: plan.assets.length,
      found: ids.size,
      differences: [
        ...unplanned.map(({ id, filename }) => `${id} (asset ${filename}): no user knows it`),
        ...(ids.size === plan.assets.length
          ? []
          : [`${plan.assets.length - ids.size} are not known to their users`]),
      ],
    };
  },
  "in their planned final state": ({ facts }, accounts) => {
    const listed = new Map([...facts.assets.values()].flat().map((asset) => [asset.id, asset]));
    const differences = accounts.flatMap(({ asset, journey }) => {
      const { state, labelStatus } = journey.end;
      const found = listed.get(asset.id);
      const is = found
        ? `${found.state} ${found.labelStatus} ${found.labelError?.code ?? ""} ${found.labels ? "labels" : ""}`
        : "PURGED";
      const should =
        state === "PURGED"
          ? "PURGED"
          : `${state} ${labelStatus} ${journey.error ?? ""} ${labelStatus === "DONE" ? "labels" : ""}`;
      return is === should ? [] : [`${nameOf(asset)}: is ${is}, should be ${should}`];
    });
    return { planned: accounts.length, found: accounts.length - differences.length, differences };
  },
  "labellings recorded": (_, accounts) =>
    counted(accounts, "labellings", ({ events, journey }) => [
      labellingsOf(events).length,
      labellingsOf(journey.events.map((type) => ({ type }))).length,
    ]),
  "DetectLabels calls": detectLabels,
  "event log, without gap or repeat": ({ facts }) => {
    const logs = [...facts.events.entries()];
    const differences = logs.flatMap(([owner, events]) => {
      const gaps = events.filter(({ seq }, index) => seq !== index + 1);
      const changes = events.map(({ assetId, type, asset }) => `${assetId} ${type} ${asset.version}`);
      const known = new Set<string>();
      const repeats = changes.filter((change) => known.size === known.add(change).size);
      return [
        ...gaps.slice(0, 5).map(({ seq }) => `${owner}: number ${seq} is out of place`),
        ...repeats.map((change) => `${owner}: published twice: ${change}`),
      ];
    });
    const found = logs.reduce((sum, [, events]) => sum + events.length, 0);
    return {
      planned: logs.reduce((sum, [, events]) => sum + (events.at(-1)?.seq ?? 0), 0),
      found,
      differences,
    };
  },
  "events of the journeys": (_, accounts) => {
    const differences = accounts.flatMap(({ asset, journey, events }) => {
      const types = plannedWithoutWaits(events).filter((type) => type !== journey.perhaps);
      const [is, should] = [types, journey.events].map((all) => [...all].sort().join(" "));
      const versions = events.map(({ asset: { version } }) => version);
      const ordered = versions.every((version, index) => version >= (versions[index - 1] ?? 0));
      return [
        ...(is === should ? [] : [`${nameOf(asset)}: ${is}; should be ${should}`]),
        ...(ordered ? [] : [`${nameOf(asset)}: published in another order than written`]),
      ];
    });
    const of = (all: readonly (readonly unknown[])[]) => all.reduce((sum, one) => sum + one.length, 0);
    return {
      planned: of(accounts.map(({ journey }) => journey.events)),
      found: of(
        accounts.map(({ events, journey }) =>
          plannedWithoutWaits(events).filter((event) => event !== journey.perhaps),
        ),
      ),
      differences,
    };
  },
  "events received by subscribers": ({ subscribers, facts }) => {
    const differences = subscribers.flatMap(({ name, ownerId, received, failed }) => {
      const log = (facts.events.get(ownerId) ?? []).map(lineOf);
      const lines = received.map(lineOf);
      const first = log.findIndex((line, index) => line !== lines[index]);
      const gaveUp = failed();
      return [
        ...(first < 0
          ? []
          : [`${name}: after ${first} comes ${lines[first] ?? "nothing"}, not ${log[first]}`]),
        ...(lines.length > log.length
          ? [`${name}: received ${lines.length - log.length} more than the log has`]
          : []),
        ...(gaveUp === undefined ? [] : [`${name}: stopped: ${gaveUp}`]),
      ];
    });
    const planned = subscribers.map(({ ownerId }) => facts.events.get(ownerId)?.length ?? 0);
    return {
      planned: sum(planned),
      found: sum(subscribers.map(({ received }) => received.length)),
      differences,
    };
  },
  "labels found and counted": labelsFound,
  "searches during the run": ({ searchers }) => {
    const found = sum(searchers.map((searcher) => searcher.found));
    return { planned: found, found, differences: searchers.flatMap(({ faults }) => faults) };
  },
  "thumbnails of pictures": thumbnails,
  "objects in the bucket": objects,
  "assets and bytes in use": usage,
  "times of bounded labelling": budgets,
  "users erased, without a trace": erased,
  callbacks,
  "callbacks after 410": afterGone,
  "requests to receivers, all valid": ({ receivers }) => ({
    planned: receivers.calls.length + receivers.faults.length,
    found: receivers.calls.length,
    differences: receivers.faults,
  }),
  "dead letters, each explained": deadLetters,
};

function counted(
  accounts: readonly Account[],
  what: string,
  count: (account: Account) => readonly [is: number, should: number],
): ReturnType<Check> {
  const counts = accounts.map((account) => ({ account, count: count(account) }));
  return {
    planned: sum(counts.map(({ count: [, should] }) => should)),
    found: sum(counts.map(({ count: [is] }) => is)),
    differences: counts.flatMap(({ account: { asset }, count: [is, should] }) =>
      is === should ? [] : [`${nameOf(asset)}: ${is} ${what}, not ${should}`],
    ),
  };
}

const lineOf = ({ seq, type, assetId, at, asset }: AssetEvent): string =>
  `${seq} ${type} ${assetId} ${at} ${asset.state} ${asset.labelStatus} ${asset.version}`;

function accountsOf({ facts, reserved }: Seen): Account[] {
  const events = Map.groupBy([...facts.events.values()].flat(), ({ assetId }) => assetId);
  return reserved.map((asset) => ({
    asset,
    journey: journeys[asset.planned.journey],
    events: events.get(asset.id) ?? [],
  }));
}
