import { setTimeout as pause } from "node:timers/promises";
import type { DeliveryPlan } from "../aws/s3/delivery.ts";
import type { FaultInjector, Injecting } from "./injector.ts";
import type { EventFaults } from "./settings.ts";

/** The longest delay where the settings give none, in milliseconds. */
const defaultDelay = 1000;

/**
 * Repeats and delays deliveries as far as AWS's guarantees allow. S3 keeps no order and may deliver twice. A schedule
 * runs at least once, and a queue delivers at least once. A stream keeps the order of a shard: its batches may repeat
 * or come late, but never overtake each other within one lane (a shard, or a partition key that is read in parallel).
 */
export function deliveryFaults(
  events: EventFaults | undefined,
  injecting: Injecting,
): Pick<FaultInjector, "deliveryPlans" | "invoker"> {
  return events
    ? { deliveryPlans: () => deliveryPlans(events, injecting), invoker: disturbed(events, injecting) }
    : { deliveryPlans: undefined, invoker: (invoker) => invoker };
}

function deliveryPlans(events: EventFaults, injecting: Injecting): readonly DeliveryPlan[] {
  const { happens, random, count } = injecting;
  const moment = () => random("s3 moment")() * (events.delay?.milliseconds ?? defaultDelay);
  const plan = { inOrder: true, delayMs: 0 };
  if (happens("s3 reorder", events.reorder)) {
    count("reordered", { source: "s3" });
    Object.assign(plan, { inOrder: false, delayMs: moment() });
  } else if (happens("s3 delay", events.delay?.rate)) {
    count("delayed", { source: "s3" });
    plan.delayMs = moment();
  }
  if (!happens("s3 repeat", events.repeat)) {
    return [plan];
  }
  count("repeated", { source: "s3" });
  return [plan, { inOrder: false, delayMs: moment() }];
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
        // Two readers of a queue may get a message at the same time. The answer of either deletes it.
        const [answer] = await Promise.all([
          invoke(principal, functionArn, event),
          again().catch(() => undefined),
        ]);
        return answer;
      }
      const answer = await invoke(principal, functionArn, event);
      // As if the poller had crashed after the call and before the batch was marked as done.
      return repeats && !("error" in answer) ? again() : answer;
    },
  });
}
