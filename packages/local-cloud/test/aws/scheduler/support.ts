import { afterEach } from "@jest/globals";
import { createIam } from "../../../src/aws/iam/index.ts";
import { administratorArn } from "../../../src/aws/iam/roles.ts";
import { createScheduler, type SchedulerOptions } from "../../../src/aws/scheduler/index.ts";
import type { Principal } from "../../../src/base/service.ts";
import { asynchronously, Targets } from "../../../src/aws/targets.ts";
import { createSqs } from "../../../src/aws/sqs/index.ts";
import type { Graph, InputsOf, Resource } from "../../../src/base/graph.ts";
import {
  accountId,
  allow,
  graphOf,
  policy,
  queue,
  region,
  resource,
  roleArn,
  temporaryStorage,
} from "../graph.ts";
import { openLambda, recordingLog } from "../lambda/support.ts";

export const jobs = queue("jobs");
export const dead = queue("dead");
/** A FIFO queue that derives deduplication ids from the content. */
export const ordered = queue("ordered.fifo", { fifoQueue: true, contentBasedDeduplication: true });
export const toJobs = { arn: jobs.outputs.arn };
export const sends = allow("sqs:SendMessage", [jobs.outputs.arn, dead.outputs.arn, ordered.outputs.arn]);

type Inputs = InputsOf["aws:scheduler/schedule:Schedule"];

export const noon = Date.parse("2026-03-01T12:00:00Z");
export const scheduleArn = `arn:aws:scheduler:${region}:${accountId}:schedule/default/tick`;
const groupArn = `arn:aws:scheduler:${region}:${accountId}:schedule-group/default`;
export const minutes = (count: number): number => count * 60_000;

/** The time so many minutes and seconds after noon. */
export const at = (minute: number, second = 0) =>
  new Date(noon + minutes(minute) + second * 1000).toISOString().replace(".000", "");

/** The schedule `tick`, which runs each minute by default, with the role `tick-role`. */
export function schedule(target: Partial<Inputs["target"]>, inputs: Partial<Inputs> = {}): Resource {
  return resource(
    "aws:scheduler/schedule:Schedule",
    "tick",
    {
      scheduleExpression: "rate(1 minute)",
      flexibleTimeWindow: { mode: "OFF" },
      target: { arn: "", roleArn: roleArn("tick-role"), ...target },
      ...inputs,
    },
    { arn: scheduleArn, groupName: inputs.groupName ?? "default" },
  );
}

/** `tick`, which sends the text to the queue `jobs`. */
export const sendsText = (text: string, inputs: Partial<Inputs> = {}) =>
  schedule({ ...toJobs, input: text }, inputs);

const trusted = {
  StringEquals: { "aws:SourceAccount": accountId },
  ArnLike: { "aws:SourceArn": groupArn },
};

/** `tick-role`, with one inline policy, that the scheduler may assume on the condition given. */
export function tickRole(statements: readonly object[], condition: object = trusted): Resource[] {
  const trust = policy({
    Effect: "Allow",
    Principal: { Service: "scheduler.amazonaws.com" },
    Action: "sts:AssumeRole",
    Condition: condition,
  });
  const arn = roleArn("tick-role");
  return [
    resource("aws:iam/role:Role", "tick-role", { assumeRolePolicy: trust }, { arn, uniqueId: "AROATICK" }),
    resource("aws:iam/rolePolicy:RolePolicy", "tick", { role: "tick-role", policy: policy(...statements) }),
  ];
}

/** A clock that only the test moves, and waits that end when it reaches their time. */
export function standingClock(start: number) {
  let now = start;
  const waiting = new Set<{ readonly ms: number; readonly until: number; readonly end: () => void }>();
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return {
    clock: () => now,
    /** The lengths of the waits under way. */
    waits: () => [...waiting].map(({ ms }) => ms),
    wait: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const one = {
          ms,
          until: now + ms,
          end: () => {
            waiting.delete(one);
            resolve();
          },
        };
        waiting.add(one);
        signal.addEventListener("abort", one.end);
      }),
    /** Moves the clock, and stops at the end of each wait until its consequences are done. */
    pass: async (ms: number): Promise<void> => {
      const end = now + ms;
      for (;;) {
        await settled();
        const next = [...waiting].sort((a, b) => a.until - b.until)[0];
        if (next === undefined || next.until > end) {
          break;
        }
        now = Math.max(now, next.until);
        next.end();
      }
      now = end;
    },
    /** The machine sleeps: the waits end late. */
    sleep: async (ms: number): Promise<void> => {
      now += ms;
      for (const one of [...waiting]) {
        one.end();
      }
      await settled();
    },
  };
}

const administrator: Principal = { kind: "role", roleArn: administratorArn, sessionArn: "admin/local" };

interface Message {
  readonly Body: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue: string }>>;
}

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) {
    await stop();
  }
});

/** The scheduler over the graph, beside the real Lambda, SQS and IAM; stopped when the test ends. */
export function openScheduler(graph: Graph, options: Partial<SchedulerOptions> = {}) {
  const time = standingClock(noon);
  const iam = createIam(graph, temporaryStorage());
  const sqs = createSqs({ graph, iam, storage: temporaryStorage(true), region, accountId });
  stops.push(() => sqs.stop());
  const log = recordingLog();
  const lambda = openLambda(graph, { iam });
  const targets = new Targets();
  targets.register("sqs", sqs);
  targets.register("lambda", asynchronously(lambda));
  const scheduler = createScheduler({ graph, iam, targets, log, ...time, ...options });
  stops.push(() => scheduler.stop());
  return {
    ...scheduler,
    ...{ time, log, functionLog: lambda.log },
    /** Receives the messages of a queue. */
    received: async (name: string): Promise<readonly Message[]> => {
      const { Messages = [] } = await sqs.execute(administrator, "ReceiveMessage", {
        QueueUrl: `https://sqs.${region}.amazonaws.com/${accountId}/${name}`,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All"],
      });
      return Messages as readonly Message[];
    },
  };
}

/** The scheduler with `tick`, its role, and the queues `jobs` and `dead`. */
export function openTick(tick: Resource, statements: readonly object[] = [sends]) {
  return openScheduler(graphOf(jobs, dead, ordered, tick, ...tickRole(statements)));
}
