import type { Measure } from "./measures.ts";

/** Seconds: the usual period of an alarm. */
export const fiveMinutes = 300;

/** An alarm. Its runbook page is docs/runbook/<name>.md. */
export interface Alarm {
  readonly name: string;
  /** What is wrong in the state ALARM. */
  readonly meaning: string;
  /** Users notice it: somebody is called. The others are looked at within the week. */
  readonly isUrgent?: boolean;
  /** By their names in the expression. Without an expression there is one. */
  readonly measures: Readonly<Record<string, Measure>>;
  /** CloudWatch metric math. */
  readonly expression?: string;
  readonly threshold: { readonly above: number } | { readonly below: number };
  /** Seconds. */
  readonly period: number;
  /** The alarm starts after this many consecutive periods. */
  readonly periods: number;
  /**
   * A schedule writes the data, and the alarm tells when they end (INSUFFICIENT_DATA). A new alarm is in that state, so
   * it tells nothing after a first deployment. Without it, missing data means that nothing happened.
   */
  readonly isScheduled?: true;
}
