import { wait } from "../../domain/due.ts";

/** What one walk over all objects has counted so far. */
export interface Tally {
  readonly objects: number;
  /** Objects without a row. */
  readonly rowless: number;
  /** The highest asset id, so the time, of the rows that were found. Empty if there was none. */
  readonly newestRow: string;
}

/** What the audit remembers from page to page, and from one walk to the next. */
export interface AuditState {
  /** The last key of the page before. Empty at the beginning of a walk. */
  readonly after: string;
  readonly walk: Tally;
  /** The last walk that was completed. */
  readonly lastWalk?: Tally;
  /** The lowest asset id of all rows that were ever found. */
  readonly oldestRow?: string;
  /** Objects that this walk found without a row, and since when (epoch milliseconds) every walk has. */
  readonly waiting: Readonly<Record<string, number>>;
  /** Those of the last walk. An object that is not among them starts to wait anew. */
  readonly waited: Readonly<Record<string, number>>;
}

export const noWalk: Tally = { objects: 0, rowless: 0, newestRow: "" };

export const startOfAudit: AuditState = { after: "", walk: noWalk, waiting: {}, waited: {} };

/** One page of objects, compared with their rows. */
export interface AuditedPage {
  /** How many objects belong to assets. */
  readonly objects: number;
  /** Objects without a row: their keys and their assets' ids. */
  readonly rowless: readonly { readonly key: string; readonly id: string }[];
  /** Ids of the rows that were found. */
  readonly rows: readonly string[];
  /** The last key, and whether the walk ends with it. */
  readonly end: string;
  readonly last: boolean;
  readonly now: number;
}

export interface Judgement {
  readonly next: AuditState;
  /** Keys of objects that no row will ever want. */
  readonly orphans: readonly string[];
  /** Why no object is an orphan at present, although some have no row. */
  readonly refusal?: string;
}

/** So few objects without a row are no sign of a wrong table, however few objects there are. */
const alwaysFew = 10;

/** More are never an accident. The cursor's row holds no more either. */
const neverFew = 500;

/**
 * Decides which objects without a row may be removed. A table that was restored to an earlier time lacks the rows of
 * what came since, and another restore may bring them back. So an object goes only if
 * - every walk has found it without a row for as long as a table can be restored to an earlier time,
 * - neither this walk nor the last found many such objects, on all pages together, and
 * - it is older than the newest row of the last walk and younger than the oldest row ever found: a table that ends
 *   before the object, or that begins after it, says nothing about it.
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
  // Where many are without a row nobody's time runs, this walk's included.
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
  const most = Math.min(few, neverFew);
  const worse = [walk, lastWalk].find((tally) => tally !== undefined && tally.rowless > most);
  return worse && `${worse.rowless} of ${worse.objects} objects have no row: is this the right table?`;
}

const isAmongRows = (id: string, { lastWalk, oldestRow }: AuditState): boolean =>
  lastWalk !== undefined && id < lastWalk.newestRow && oldestRow !== undefined && id > oldestRow;

const newer = (one: string, other: string): string => (one > other ? one : other);
