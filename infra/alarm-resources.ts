import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Alarm } from "./alarm.ts";
import type { Measure } from "./measures.ts";
import { physicalName } from "./naming.ts";
import type { Settings } from "./settings.ts";
import { AlarmKey, AlarmTopic } from "./topic.ts";

interface AlarmsArgs {
  readonly settings: Settings;
  readonly alarms: readonly Alarm[];
}

/**
 * The alarms, and their two topics. Every alarm is told to the first. One composite alarm of the urgent ones is told to
 * the second, so that one fault with many symptoms calls a person once.
 */
export class Alarms extends pulumi.ComponentResource {
  readonly arns: readonly pulumi.Output<string>[];

  constructor(name: string, { settings, alarms }: AlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Alarms", name, {}, opts);
    const key = new AlarmKey(name, { parent: this });
    const all = new AlarmTopic(name, { email: settings.alarmEmail, key }, { parent: this });
    const urgent = new AlarmTopic(`${name}-urgent`, { email: settings.urgentEmail, key }, { parent: this });
    const made = alarms.map((alarm) => ({ alarm, resource: this.metricAlarm(name, alarm, all.arn) }));
    const symptoms = made.filter(({ alarm }) => alarm.isUrgent);
    const composite = new aws.cloudwatch.CompositeAlarm(
      `${name}-users-affected`,
      {
        alarmName: physicalName("users-affected"),
        alarmDescription: "Users notice that something does not work. See docs/runbook/users-affected.md",
        alarmRule: symptoms.map(({ alarm }) => `ALARM("${physicalName(alarm.name)}")`).join(" OR "),
        alarmActions: [urgent.arn],
        okActions: [urgent.arn],
      },
      { parent: this, dependsOn: symptoms.map(({ resource }) => resource) },
    );
    this.arns = [composite.arn, ...made.map(({ resource }) => resource.arn)];
    this.registerOutputs({});
  }

  private metricAlarm(name: string, alarm: Alarm, topic: pulumi.Input<string>): aws.cloudwatch.MetricAlarm {
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
        treatMissingData: alarm.isScheduled ? "missing" : "notBreaching",
        ...(alarm.isScheduled && { insufficientDataActions: [topic] }),
        alarmActions: [topic],
        okActions: [topic],
      },
      { parent: this },
    );
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
  const result = { id: "result", expression, returnData: true };
  // An expression without metrics names its period itself.
  return expression === undefined
    ? queries
    : [...queries, queries.length > 0 ? result : { ...result, period }];
}
