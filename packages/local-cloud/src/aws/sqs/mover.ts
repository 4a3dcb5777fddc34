import type { Clock } from "../../base/service.ts";
import type { MoveTask } from "./move-task.ts";
import type { Polling } from "./polling.ts";
import type { Queue } from "./queues.ts";
import type { Store } from "./store.ts";

export interface MoverOptions {
  readonly queues: ReadonlyMap<string, Queue>;
  readonly store: Store;
  readonly polling: Polling;
  readonly clock: Clock;
}

/** Messages moved in one step, so that other requests are served between two steps. */
const maxPerStep = 500;

/** Moves the messages of running tasks step by step, at the rate of the task. */
export class Mover {
  readonly #options: MoverOptions;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: MoverOptions) {
    this.#options = options;
  }

  begin(task: MoveTask): void {
    this.#schedule(task, 0);
  }

  stop(): void {
    for (const timer of this.#timers) {
      clearTimeout(timer);
    }
  }

  #schedule(task: MoveTask, milliseconds: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#step(task);
    }, milliseconds);
    this.#timers.add(timer);
  }

  #step(task: MoveTask): void {
    if (task.status !== "RUNNING") {
      return;
    }
    const { queues, store, polling, clock } = this.#options;
    const { source, destination, perSecond } = task;
    const max = Math.min(perSecond ?? maxPerStep, task.toMove - task.moved);
    const originOf = (arn: string | null) => [...queues.values()].find((queue) => queue.arn === arn);
    const { count, to, withoutTarget } = store.move(
      source,
      (deadLetterOf) => destination ?? originOf(deadLetterOf),
      max,
      clock(),
    );
    task.moved += count;
    for (const { arn } of to) {
      polling.wake(arn);
    }
    if (withoutTarget) {
      task.status = "FAILED";
      task.failure = "CouldNotDetermineMessageSource";
    } else if (count < max || task.moved >= task.toMove) {
      task.status = "COMPLETED";
    } else {
      this.#schedule(task, perSecond === undefined ? 0 : 1000);
    }
  }
}
