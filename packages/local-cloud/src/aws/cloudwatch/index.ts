import { type Graph, resourcesOf } from "../../base/graph.ts";
import { type Meter, noMeter } from "../../base/meter.ts";
import { type Metrics, noMetrics } from "../../base/metrics.ts";
import type { Clock } from "../../base/service.ts";
import type { LogStore } from "../logs/store.ts";
import { readAlarm, type State } from "./alarm.ts";
import { compileRule } from "./composite.ts";
import { createLogReader } from "./log-reader.ts";
import { MetricStore, type Readings } from "./store.ts";

/** Metrics and alarms of the graph. An alarm has a state, and notifies nobody. */
export interface CloudWatch {
  readonly metrics: Metrics;
  /** Adds what puts metrics that are measured when they are asked for. */
  sampled(sample: (at: number) => void): void;
  /** The state of every alarm by its name. */
  readonly states: (options?: StatesOptions) => ReadonlyMap<string, State>;
}

export interface StatesOptions {
  /** Milliseconds since the epoch. Now by default. */
  readonly at?: number;
  /** Judges as if all that was recorded happened in each period of an alarm: what lasts need not be waited for. */
  readonly lasting?: boolean;
}

const always = (readings: Readings): Readings => ({
  metric: (namespace, name, dimensions) => readings.metric(namespace, name, dimensions, 0, Infinity),
  contributors: (rule) => readings.contributors(rule, 0, Infinity),
});

const nothing: Readings = { metric: () => undefined, contributors: () => undefined };

/** Throws `InvalidInput` for alarms, filters and rules that do not run here. Without alarms no metrics are kept. */
export function createCloudWatch(
  graph: Graph,
  clock: Clock,
  meter: Meter = noMeter,
  logs: Pick<LogStore, "line"> = noMetrics,
): CloudWatch {
  const alarms = resourcesOf(graph, "aws:cloudwatch/metricAlarm:MetricAlarm").map(readAlarm);
  const composites = resourcesOf(graph, "aws:cloudwatch/compositeAlarm:CompositeAlarm").map(({ outputs }) => {
    const { alarmName, alarmRule } = outputs as unknown as Record<"alarmName" | "alarmRule", string>;
    return { name: alarmName, holds: compileRule(alarmRule) };
  });
  const store = alarms.length > 0 ? new MetricStore(clock, createLogReader(graph), meter) : undefined;
  const samples: ((at: number) => void)[] = [];
  return {
    metrics: {
      put: (...metric) => store?.put(...metric),
      line(logGroup, logStream, text) {
        logs.line(logGroup, logStream, text);
        store?.line(logGroup, text);
      },
    },
    sampled: (sample) => void samples.push(sample),
    states({ at = clock(), lasting = false } = {}) {
      samples.forEach((sample) => sample(at));
      const readings = lasting ? always(store ?? nothing) : (store ?? nothing);
      const states = new Map(alarms.map((alarm) => [alarm.name, alarm.stateAt(readings, at)]));
      for (const { name, holds } of composites) {
        states.set(name, holds((other) => states.get(other) ?? "INSUFFICIENT_DATA") ? "ALARM" : "OK");
      }
      return states;
    },
  };
}
