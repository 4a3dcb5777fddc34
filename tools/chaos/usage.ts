import type { Check, Seen } from "./account.ts";
import type { ListedAsset } from "./facts.ts";

/** Rejected and expired assets have given back what they took; deleted ones have not yet. */
const counts = ({ state }: ListedAsset): boolean => state !== "REJECTED" && state !== "EXPIRED";

/** The counters are what the lists add up to. */
export function usage({ facts }: Seen): ReturnType<Check> {
  let planned = 0;
  let found = 0;
  const differences = [...facts.usage].flatMap(([owner, used]) => {
    const counted = (facts.assets.get(owner) ?? []).filter(counts);
    const bytes = counted.reduce((all, { contentLength }) => all + contentLength, 0);
    planned += counted.length;
    found += used.assets;
    const [is, should] = [
      `${used.assets} assets, ${used.bytes} bytes`,
      `${counted.length} assets, ${bytes} bytes`,
    ];
    return is === should ? [] : [`${owner}: is ${is}, should be ${should}`];
  });
  return { planned, found, differences };
}
