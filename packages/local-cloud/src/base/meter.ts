import type { Usage } from "../meter/prices.ts";

/** Counts what AWS would charge for. */
export interface Meter {
  /** `resource` names what was used: a table, a function, a field. */
  count(usage: Usage, resource: string, quantity?: number): void;
  /** Counts minutes from now until the returned function is called. */
  open(usage: Usage, resource: string): () => void;
}

/** For services that run without one. */
export const noMeter: Meter = { count: () => undefined, open: () => () => undefined };
