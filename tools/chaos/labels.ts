import type { Account, Check, Seen } from "./account.ts";
import type { ListedAsset } from "./facts.ts";
import { folded, type Match } from "./found-labels.ts";
import { correction } from "./users.ts";

/** Searches find exactly the assets whose labels, as lists show them, have the label or its child, best and newest first. */
export function labelsFound({ facts }: Seen, accounts: readonly Account[]): ReturnType<Check> {
  const corrected = new Set(
    accounts.flatMap(({ asset }) => (asset.planned.journey === "corrected" ? [asset.id] : [])),
  );
  let planned = 0;
  let found = 0;
  const differences = [...facts.labels].flatMap(([owner, labels]) => {
    const model = modelOf(facts.assets.get(owner) ?? [], corrected);
    return [...new Set([...labels.keys(), ...model.keys()])].flatMap((label) => {
      const should = model.get(label) ?? [];
      const { count = 0, matches = [] } = labels.get(label) ?? {};
      planned += should.length;
      found += matches.length;
      const [are, shall] = [matches, should].map((all) => all.map(textOf).join(" "));
      return [
        ...(count === should.length
          ? []
          : [`${owner}: ${label} is counted ${count} times, not ${should.length}`]),
        ...(are === shall ? [] : [`${owner}: ${label} finds ${are}; should find ${shall}`]),
      ];
    });
  });
  return { planned, found, differences };
}

/** By label: the matches that the shown labels make. Lists do not show which parents were removed; the plan does. */
function modelOf(assets: readonly ListedAsset[], corrected: ReadonlySet<string>): Map<string, Match[]> {
  const model = new Map<string, Map<string, number>>();
  for (const { id, state, labels } of assets) {
    const shown = state === "RECEIVED" || state === "UPLOADED" ? (labels ?? []) : [];
    for (const { name, confidence, parents } of shown) {
      const removed = corrected.has(id) ? correction.remove : [];
      for (const term of [name, ...parents.filter((parent) => !removed.includes(parent))]) {
        const matches = model.get(folded(term)) ?? new Map<string, number>();
        model.set(folded(term), matches.set(id, Math.max(confidence, matches.get(id) ?? 0)));
      }
    }
  }
  return new Map(
    [...model].map(([term, matches]) => [
      term,
      [...matches]
        .map(([id, confidence]) => ({ id, confidence }))
        .sort((a, b) => thousandths(b) - thousandths(a) || (a.id < b.id ? 1 : -1)),
    ]),
  );
}

const thousandths = ({ confidence }: Match): number => Math.floor(confidence * 1000);

const textOf = (match: Match): string => `${match.id} ${thousandths(match)}`;
