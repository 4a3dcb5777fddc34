import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import type { LimitValues } from "../../domain/usage.ts";
import type { Firewall } from "../../infra/settings.ts";
import { root } from "../support/program.ts";

/** An attack has a small share of prod's limits, and its bill is multiplied. */
export const scale = 2500;

interface Config {
  readonly "darkroom:limits": LimitValues;
  readonly "darkroom:firewall": Firewall;
}

const { config } = load(readFileSync(join(root, "Pulumi.prod.yaml"), "utf8")) as { readonly config: Config };
const prod = config["darkroom:limits"];

export const firewall = config["darkroom:firewall"];

/** Without `maxRelabelsADay`: it is of one asset. */
const shared = [
  "maxAssets",
  "maxBytes",
  "maxChangesADay",
  "maxLabelledADay",
  "maxLabelledADayInAll",
  "maxCallbacksADay",
  "maxCallbacksADayToAHost",
] as const;

export const limits: LimitValues = {
  ...prod,
  ...Object.fromEntries(shared.map((name) => [name, prod[name] / scale])),
};

/** Requests of one token that the firewall lets pass in an hour. */
export const requestsAnHour = firewall.maxRequestsOfToken * 12;

/** How many of them are refused by `maxChangesADay`. */
export const refusedIn = (hours: number): number => requestsAnHour * hours - prod.maxChangesADay;
