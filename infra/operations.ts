import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Alarm, alarmsOf } from "./alarms.ts";
import type { Api } from "./api.ts";
import { dashboardOf } from "./dashboard.ts";
import type { Measure } from "./measures.ts";
import { here, physicalName } from "./naming.ts";
import { savedQueries } from "./queries.ts";
import type { Settings } from "./settings.ts";
import { AlarmTopic } from "./topic.ts";
import { type Watched, watched } from "./watched.ts";

interface OperationsArgs {
  readonly settings: Settings;
  readonly api: Api;
}

/** Alarms with their topic, a dashboard, and saved queries. Create it after everything that it watches. */
export class Operations extends pulumi.ComponentResource {
  /** ARNs by name, for redriving dead letters. */
  readonly queues: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: OperationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Operations", name, {}, opts);
    const { settings, api } = args;
    const all: Watched = { ...watched, apiId: api.id };
    const topic = new AlarmTopic(name, { email: settings.alarmEmail }, { parent: this });
    const alarms = alarmsOf(all).map((alarm) => this.alarm(name, alarm, topic.arn));
    const body = dashboardOf(
      all,
      alarms.map(({ arn }) => arn),
      here.region,
    );
    new aws.cloudwatch.Dashboard(
      name,
      { dashboardName: physicalName(name), dashboardBody: pulumi.jsonStringify(body) },
      { parent: this },
    );
    this.queries(name, api.logGroup);
    this.queues = Object.fromEntries(
      Object.entries({ ...watched.queues, ...watched.deadLetters }).map(([queue, { arn }]) => [queue, arn]),
    );
    this.registerOutputs({});
  }

  private alarm(name: string, alarm: Alarm, topic: pulumi.Input<string>): aws.cloudwatch.MetricAlarm {
    const { meaning, threshold } = alarm;
    return new aws.cloudwatch.MetricAlarm(
      `${name}-${alarm.name}`,
      {
        // Mails show this name, so it names the stack.
        name: physicalName(alarm.name),
        alarmDescription: `${meaning}. See docs/runbook/${alarm.name}.md`,
        metricQueries: metricQueries(alarm),
        ...("above" in threshold
          ? { comparisonOperator: "GreaterThanThreshold", threshold: threshold.above }
          : { comparisonOperator: "LessThanThreshold", threshold: threshold.below }),
        evaluationPeriods: alarm.periods,
        treatMissingData: alarm.missingDataIsBreaching ? "breaching" : "notBreaching",
        alarmActions: [topic],
        okActions: [topic],
      },
      { parent: this },
    );
  }

  private queries(name: string, apiLogs: pulumi.Input<string>): void {
    for (const { name: title, functions: whose = watched.functions, api, query } of savedQueries) {
      const groups = whose.map((one): pulumi.Input<string> => `/aws/lambda/${physicalName(one)}`);
      new aws.cloudwatch.QueryDefinition(
        `${name}-${title.replaceAll(" ", "-")}`,
        {
          // The console shows the part before the slash as a folder.
          name: `${physicalName(name)}/${title}`,
          logGroupNames: api ? [...groups, apiLogs] : groups,
          queryString: query.join("\n| "),
        },
        { parent: this },
      );
    }
  }
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
