import type { Browser, CDPSession } from "playwright-core";

/** What a trace of Chromium says about the frames of its page. Times are in milliseconds. */
export interface Trace {
  readonly presented: number;
  /** Frames whose update was due and not shown in time. */
  readonly dropped: number;
  /** Between frames that were presented. */
  readonly gaps: readonly number[];
  /** Tasks of the page's main thread over 50 ms. https://w3c.github.io/longtasks/ */
  readonly longTasks: readonly number[];
  /** Of all its tasks. */
  readonly busy: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  /** Microseconds, as `dur`. */
  readonly ts: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args?: { readonly name?: string; readonly frameSeqId?: number };
}

const categories = ["disabled-by-default-devtools.timeline", "disabled-by-default-devtools.timeline.frame"];

/** Traces what happens during `work`. */
export async function traceOf(browser: Browser, work: () => Promise<unknown>): Promise<Trace> {
  const session = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { recordMode: "recordContinuously", includedCategories: categories },
  });
  await work();
  await end(session);
  await session.detach();
  return readTrace(events);
}

async function end(session: CDPSession): Promise<void> {
  const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.end");
  await complete;
}

/** Of the process whose main thread was busiest: the page that scrolls. */
function readTrace(events: readonly TraceEvent[]): Trace {
  const mains = events.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain");
  const tasksOf = ({ pid, tid }: TraceEvent) =>
    events
      .filter((one) => one.name === "RunTask" && one.pid === pid && one.tid === tid)
      .map(({ dur = 0 }) => dur / 1000);
  const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0);
  const [page] = mains
    .map((main) => ({ pid: main.pid, tasks: tasksOf(main) }))
    .sort((one, other) => sum(other.tasks) - sum(one.tasks));
  const marks = (mark: string) => events.filter(({ name, pid }) => name === mark && pid === page?.pid);
  const times = marks("DrawFrame")
    .map(({ ts }) => ts / 1000)
    .sort((one, other) => one - other);
  return {
    presented: times.length,
    dropped: marks("DroppedFrame").length,
    gaps: times.slice(1).map((at, place) => at - (times[place] ?? at)),
    longTasks: page?.tasks.filter((ms) => ms > 50) ?? [],
    busy: sum(page?.tasks ?? []),
  };
}
