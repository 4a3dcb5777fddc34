import type { Meter } from "../base/meter.ts";
import { costOf, prices, type Usage } from "./prices.ts";

/** The use of one resource. */
export interface Line {
  readonly usage: Usage;
  readonly service: string;
  /** What `quantity` counts. */
  readonly unit: string;
  readonly resource: string;
  readonly quantity: number;
  readonly usd: number;
}

/** What AWS would charge at list prices. */
export interface Bill {
  readonly usd: number;
  readonly lines: readonly Line[];
}

export interface Metering extends Meter {
  /** All that was counted since the start. */
  bill(): Bill;
}

/** Resources by name, so that callers who choose the names cannot fill the memory. Those beyond are counted together. */
const maxResources = 1000;
const others = "(others)";

interface Counter {
  quantity: number;
  /** Connections that are open now, and the sum of the times at which they were opened, in minutes. */
  open: number;
  openedAt: number;
}

/** Counts in memory. `minutes` is a clock. */
export function createMeter(minutes: () => number = () => performance.now() / 60_000): Metering {
  const usages = new Map<Usage, Map<string, Counter>>();
  const counterOf = (usage: Usage, resource: string): Counter => {
    const counters = usages.get(usage) ?? new Map<string, Counter>();
    usages.set(usage, counters);
    const known = counters.get(resource);
    if (known !== undefined) {
      return known;
    }
    if (counters.size >= maxResources && resource !== others) {
      return counterOf(usage, others);
    }
    const counter = { quantity: 0, open: 0, openedAt: 0 };
    counters.set(resource, counter);
    return counter;
  };
  return {
    count(usage, resource, quantity = 1) {
      counterOf(usage, resource).quantity += quantity;
    },
    open(usage, resource) {
      const counter = counterOf(usage, resource);
      const at = minutes();
      counter.open += 1;
      counter.openedAt += at;
      return () => {
        counter.open -= 1;
        counter.openedAt -= at;
        counter.quantity += minutes() - at;
      };
    },
    bill() {
      const now = minutes();
      const lines = [...usages].flatMap(([usage, counters]) =>
        [...counters].map(([resource, { quantity, open, openedAt }]) =>
          lineOf(usage, resource, quantity + open * now - openedAt),
        ),
      );
      return billOf(lines);
    },
  };
}

function lineOf(usage: Usage, resource: string, quantity: number): Line {
  const { service, unit } = prices[usage];
  return { usage, service, unit, resource, quantity, usd: costOf(prices[usage], quantity) };
}

function billOf(lines: readonly Line[]): Bill {
  const used = lines.filter(({ quantity }) => quantity !== 0);
  return { usd: used.reduce((sum, { usd }) => sum + usd, 0), lines: used };
}

/** What was used after `before` and until `after`. */
export function difference(before: Bill, after: Bill): Bill {
  const key = ({ usage, resource }: Line) => `${usage} ${resource}`;
  const earlier = new Map(before.lines.map((line) => [key(line), line.quantity]));
  return billOf(
    after.lines.map((line) =>
      lineOf(line.usage, line.resource, line.quantity - (earlier.get(key(line)) ?? 0)),
    ),
  );
}

/** The same use, multiplied. */
export function times(bill: Bill, factor: number): Bill {
  return billOf(bill.lines.map((line) => lineOf(line.usage, line.resource, line.quantity * factor)));
}

/** How much of one kind was used, of all resources or of one. */
export function quantityOf({ lines }: Bill, usage: Usage, resource?: string): number {
  return lines
    .filter((line) => line.usage === usage && (resource === undefined || line.resource === resource))
    .reduce((sum, { quantity }) => sum + quantity, 0);
}

/** US dollars by service, the most expensive first. */
export function byService({ lines }: Bill): ReadonlyMap<string, number> {
  const services = new Map<string, number>();
  for (const { service, usd } of lines) {
    services.set(service, (services.get(service) ?? 0) + usd);
  }
  return new Map([...services].sort(([, one], [, other]) => other - one));
}
