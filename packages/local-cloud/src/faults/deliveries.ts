import { setTimeout as pause } from "node:timers/promises";
import type { Handing } from "../aws/s3/delivery.ts";
import type { FaultInjector, Injecting } from "./injector.ts";
import type { EventFaults } from "./settings.ts";

/** Milliseconds that something is held back where no delay says how long. */
const held = 1000;

/**
 * S3 promises neither order nor one telling, and a schedule runs at least once. A queue hands a message over at least once. A stream keeps the order of
 * a shard, so its batches come again or late, and never before one another in a lane: where a mapping has several
 * (partition keys in parallel, or shards), the others overtake one that is late.
 */
export function deliveryFaults(
  events: EventFaults | undefined,
  injecting: Injecting,
): Pick<FaultInjector, "handings" | "invoker"> {
  return events
    ? { handings: () => handings(events, injecting), invoker: disturbed(events, injecting) }
    : { handings: undefined, invoker: (invoker) => invoker };
}

function handings(events: EventFaults, injecting: Injecting): readonly Handing[] {
  const { happens, random, count } = injecting;
  const moment = () => random("s3 moment")() * (events.delay?.milliseconds ?? held);
  const handing = { apart: false, lateMs: 0 };
  if (happens("s3 reorder", events.reorder)) {
    count("reordered", { source: "s3" });
    Object.assign(handing, { apart: true, lateMs: moment() });
  } else if (happens("s3 delay", events.delay?.rate)) {
    count("delayed", { source: "s3" });
    handing.lateMs = moment();
  }
  if (!happens("s3 repeat", events.repeat)) {
    return [handing];
  }
  count("repeated", { source: "s3" });
  return [handing, { apart: true, lateMs: moment() }];
}

/** Of the mapping's event: `dynamodb` for a stream, or `sqs`. */
function sourceOf(event: unknown): string {
  const { Records } = event as { Records: readonly { readonly eventSource?: string }[] };
  return Records[0]?.eventSource?.split(":").at(-1) ?? "";
}

function disturbed(events: EventFaults, injecting: Injecting): FaultInjector["invoker"] {
  const { happens, random, count, stopping } = injecting;
  return ({ invoke, send }) => ({
    send(...event) {
      if (happens("schedule repeat", events.repeat)) {
        count("repeated", { source: "schedule", function: event[1].split(":").at(-1) });
        send(...event);
      }
      return send(...event);
    },
    async invoke(principal, functionArn, event) {
      const source = sourceOf(event);
      const about = { source, function: functionArn.split(":").at(-1) };
      if (events.delay && happens(`${source} delay`, events.delay.rate)) {
        count("delayed", about);
        const ms = random(`${source} moment`)() * events.delay.milliseconds;
        await pause(ms, undefined, { signal: stopping }).catch(() => undefined);
      }
      const again = () => {
        count("repeated", about);
        return invoke(principal, functionArn, event);
      };
      const repeats = happens(`${source} repeat`, events.repeat);
      if (repeats && source === "sqs" && happens("sqs beside", 0.5)) {
        // Two readers of a queue may get a message at once; what either of them handled is deleted.
        const [answer] = await Promise.all([
          invoke(principal, functionArn, event),
          again().catch(() => undefined),
        ]);
        return answer;
      }
      const answer = await invoke(principal, functionArn, event);
      // Before it is done with, as if the poller had died between the two.
      return repeats && !("error" in answer) ? again() : answer;
    },
  });
}
