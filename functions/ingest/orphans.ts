import { wait } from "../../domain/due.ts";

/** Counts of one walk over all objects. */
export interface Tally {
  readonly objects: number;
  /** Objects without a row. */
  readonly rowless: number;
  /** The highest asset id of the rows that were found, which gives their latest time. Empty without rows. */
  readonly newestRow: string;
}

/** The state of the audit between pages and between walks. */
export interface AuditState {
  /** The last key of the previous page. Empty at the start of a walk. */
  readonly after: string;
  readonly walk: Tally;
  /** The last complete walk. */
  readonly lastWalk?: Tally;
  /** The lowest asset id of all rows found so far, in all walks. */
  readonly oldestRow?: string;
  /** Objects without a row in this walk, with the time since which every walk found none (epoch milliseconds). */
  readonly waiting: Readonly<Record<string, number>>;
  /** The same of the last walk. The time of any other object starts now. */
  readonly waited: Readonly<Record<string, number>>;
}

export const noWalk: Tally = { objects: 0, rowless: 0, newestRow: "" };

export const startOfAudit: AuditState = { after: "", walk: noWalk, waiting: {}, waited: {} };

/** One page of objects, compared with their rows. */
export interface AuditedPage {
  /** Number of objects whose keys belong to assets. */
  readonly objects: number;
  /** Objects without a row: their keys and their assets' ids. */
  readonly rowless: readonly { readonly key: string; readonly id: string }[];
  /** Ids of the rows that were found. */
  readonly rows: readonly string[];
  /** The last key of the page, and whether the walk ends with it. */
  readonly end: string;
  readonly last: boolean;
  readonly now: number;
}

export interface Judgement {
  readonly next: AuditState;
  /** Keys of objects that no row will need again. */
  readonly orphans: readonly string[];
  /** Why no objects may be removed although some have no row. */
  readonly refusal?: string;
}

/** Up to this number, objects without a row never suggest a wrong table, even if there are only few objects. */
const alwaysFew = 10;

/** Above this number, they always suggest a wrong table. The cursor's row has no space for more. */
const maxFew = 500;

/**
 * Decides which objects without a row may be removed. A table that was restored to an earlier time lacks newer rows, and
 * another restore can bring them back. So an object is removed only if
 * - every walk found it without a row for as long as a table can be restored to an earlier time,
 * - neither this walk nor the last one found many such objects on all pages together, and
 * - it is older than the newest row of the last walk and newer than the oldest row ever found: the rows of a wrong table
 *   can all be older or all be newer than the object.
 */
export function judge(state: AuditState, page: AuditedPage): Judgement {
  const walk = {
    objects: state.walk.objects + page.objects,
    rowless: state.walk.rowless + page.rowless.length,
    newestRow: page.rows.reduce(newer, state.walk.newestRow),
  };
  const refusal = refusalOf(walk, state.lastWalk);
  const since = (key: string): number => state.waited[key] ?? page.now;
  const orphans = page.rowless.filter(
    ({ key, id }) => refusal === undefined && since(key) <= page.now - wait.restore && isAmongRows(id, state),
  );
  // If too many have no row, the times of all objects start again.
  const waiting =
    refusal === undefined
      ? { ...state.waiting, ...Object.fromEntries(page.rowless.map(({ key }) => [key, since(key)])) }
      : {};
  const oldestRow = [...page.rows, ...(state.oldestRow ? [state.oldestRow] : [])].sort()[0];
  const known = oldestRow === undefined ? {} : { oldestRow };
  const next: AuditState = page.last
    ? { after: "", walk: noWalk, lastWalk: walk, ...known, waiting: {}, waited: waiting }
    : {
        ...{ after: page.end, walk, waiting, waited: state.waited },
        ...(state.lastWalk && { lastWalk: state.lastWalk }),
        ...known,
      };
  return { next, orphans: orphans.map(({ key }) => key), ...(refusal !== undefined && { refusal }) };
}

function refusalOf(walk: Tally, lastWalk: Tally | undefined): string | undefined {
  const few = Math.max(alwaysFew, Math.floor(Math.max(walk.objects, lastWalk?.objects ?? 0) / 100));
  const maxRowless = Math.min(few, maxFew);
  const worse = [walk, lastWalk].find((tally) => tally !== undefined && tally.rowless > maxRowless);
  return worse && `${worse.rowless} of ${worse.objects} objects have no row: is this the right table?`;
}

const isAmongRows = (id: string, { lastWalk, oldestRow }: AuditState): boolean =>
  lastWalk !== undefined && id < lastWalk.newestRow && oldestRow !== undefined && id > oldestRow;

const newer = (one: string, other: string): string => (one > other ? one : other);
