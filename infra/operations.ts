import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Alarm, alarmsOf } from "./alarms.ts";
import type { Api } from "./api.ts";
import type { Callbacks } from "./callbacks.ts";
import { dashboardOf } from "./dashboard.ts";
import type { Measure, Watched } from "./measures.ts";
import { here, physicalName } from "./naming.ts";
import type { Pipeline } from "./pipeline.ts";
import { savedQueries } from "./queries.ts";
import type { Settings } from "./settings.ts";
import type { Tables } from "./tables.ts";
import { AlarmTopic } from "./topic.ts";
import type { Uploads } from "./uploads.ts";

interface OperationsArgs {
  readonly settings: Settings;
  readonly tables: Tables;
  readonly uploads: Uploads;
  readonly callbacks: Callbacks;
  readonly api: Api;
  readonly pipeline: Pipeline;
}

const functions = ["presign", "webhooks", "ingest", "relay", "label", "deliver", "sweep"];

const minutes = (count: number): number => count * 60;

/** What those who run it look at: alarms told by one topic, one dashboard, and questions to put to the logs. */
export class Operations extends pulumi.ComponentResource {
  /** ARNs by name, for those who take messages out of the dead letters. */
  readonly queues: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: OperationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Operations", name, {}, opts);
    const { settings, api } = args;
    const { queues, deadLetters } = queuesOf(args);
    const { users, assets, events, callbacks, clientTokens, cursors } = args.tables;
    const watched: Watched = {
      functions,
      queues: mapped(queues, ({ queue, oldest }) => ({ name: queue.queueName, oldest })),
      deadLetters: mapped(deadLetters, ({ queueName }) => queueName),
      tables: mapped({ users, assets, events, callbacks, clientTokens, cursors }, (table) => table.name),
      apiId: api.id,
    };
    const topic = new AlarmTopic(name, { email: settings.alarmEmail }, { parent: this });
    const alarms = alarmsOf(watched).map((alarm) => this.alarm(name, alarm, topic.arn));
    const body = dashboardOf(
      watched,
      alarms.map(({ arn }) => arn),
      here.region,
    );
    new aws.cloudwatch.Dashboard(
      name,
      { dashboardName: physicalName(name), dashboardBody: pulumi.jsonStringify(body) },
      { parent: this },
    );
    this.queries(name, api.logGroup);
    this.queues = { ...mapped(queues, ({ queue }) => queue.arn), ...mapped(deadLetters, ({ arn }) => arn) };
    this.registerOutputs({});
  }

  private alarm(name: string, alarm: Alarm, topic: pulumi.Input<string>): aws.cloudwatch.MetricAlarm {
    const { meaning, rings } = alarm;
    return new aws.cloudwatch.MetricAlarm(
      `${name}-${alarm.name}`,
      {
        // Mails show the name: it says which stack it is.
        name: physicalName(alarm.name),
        alarmDescription: `${meaning}. See docs/runbook/${alarm.name}.md`,
        metricQueries: metricQueries(alarm),
        ...("above" in rings
          ? { comparisonOperator: "GreaterThanThreshold", threshold: rings.above }
          : { comparisonOperator: "LessThanThreshold", threshold: rings.below }),
        evaluationPeriods: alarm.periods,
        treatMissingData: alarm.silenceIsBad ? "breaching" : "notBreaching",
        alarmActions: [topic],
        okActions: [topic],
      },
      { parent: this },
    );
  }

  private queries(name: string, apiLogs: pulumi.Input<string>): void {
    for (const { name: title, functions: whose = functions, api, query } of savedQueries) {
      const groups = whose.map((one): pulumi.Input<string> => `/aws/lambda/${physicalName(one)}`);
      new aws.cloudwatch.QueryDefinition(
        `${name}-${title.replaceAll(" ", "-")}`,
        {
          // The console shows what is before the slash as a folder.
          name: `${physicalName(name)}/${title}`,
          logGroupNames: api ? [...groups, apiLogs] : groups,
          queryString: query.join("\n| "),
        },
        { parent: this },
      );
    }
  }
}

/** The queues, and how old a message of each may become (seconds). */
function queuesOf({ uploads, pipeline, callbacks }: OperationsArgs) {
  return {
    queues: {
      "uploads-events": { queue: uploads.events, oldest: minutes(10) },
      // Two thousand pictures at once take seven minutes at Rekognition's default quota.
      "pipeline-labels": { queue: pipeline.labelJobs, oldest: minutes(15) },
      // The third attempt is over: visible again after six minutes each.
      "pipeline-failed-changes": { queue: pipeline.failedChanges, oldest: minutes(15) },
      // A delivery that is put off waits up to 15 minutes in the queue.
      "callbacks-deliveries": { queue: callbacks.queue, oldest: minutes(25) },
    },
    deadLetters: {
      "uploads-events-dead": uploads.events.deadLetters,
      "pipeline-labels-dead": pipeline.labelJobs.deadLetters,
      "pipeline-failed-changes-dead": pipeline.failedChanges.deadLetters,
      "callbacks-deliveries-dead": callbacks.queue.deadLetters,
    },
  };
}

function metricQueries({
  measures,
  expression,
  period,
}: Alarm): aws.types.input.cloudwatch.MetricAlarmMetricQuery[] {
  const queries = Object.entries(measures).map(
    ([id, { namespace, name, dimensions, stat }]: [string, Measure]) => ({
      id,
      metric: { namespace, metricName: name, dimensions, stat, period },
      returnData: expression === undefined,
    }),
  );
  return expression === undefined ? queries : [...queries, { id: "result", expression, returnData: true }];
}

const mapped = <Value, Result>(
  values: Readonly<Record<string, Value>>,
  map: (value: Value) => Result,
): Record<string, Result> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
