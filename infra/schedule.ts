import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { here, physicalName } from "./naming.ts";
import { ServiceRole, type Statement } from "./role.ts";

interface ScheduleArgs {
  /** Begins with the deployment. */
  readonly rate: `rate(${number} ${"minute" | "hour" | "day"}${"" | "s"})`;
  /** ARN of what is called: the function with the input as its event, or the queue with it as a message. */
  readonly target: { readonly function: pulumi.Input<string> } | { readonly queue: pulumi.Input<string> };
  /** Absent: AWS's own notification. */
  readonly input?: pulumi.Input<Record<string, unknown>>;
  /** ARN of the queue for what the target did not take. A function that fails has taken it. */
  readonly deadLetters?: pulumi.Input<string>;
}

/** Something done again and again, with a role for this schedule alone. */
export class Schedule extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Schedule", name, {}, opts);
    const { target, input, deadLetters } = args;
    const role = new ServiceRole(
      name,
      {
        service: "scheduler.amazonaws.com",
        // AWS shows trust policies the group, never the schedule itself.
        sourceArn: pulumi.interpolate`arn:aws:scheduler:${here.region}:${here.accountId}:schedule-group/default`,
        statements: [call(target), ...(deadLetters === undefined ? [] : [sendToDeadLetters(deadLetters)])],
      },
      { parent: this },
    );
    const schedule = new aws.scheduler.Schedule(
      name,
      {
        name: physicalName(name),
        scheduleExpression: args.rate,
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          arn: "function" in target ? target.function : target.queue,
          roleArn: role.arn,
          ...(input !== undefined && { input: pulumi.jsonStringify(input) }),
          // The next run makes up for one that is given up; AWS's own 185 attempts in a day would pile up.
          retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 300 },
          ...(deadLetters !== undefined && { deadLetterConfig: { arn: deadLetters } }),
        },
      },
      { parent: this, dependsOn: [role.policy] },
    );
    this.arn = schedule.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

const call = (target: ScheduleArgs["target"]): Statement =>
  "function" in target
    ? { Sid: "CallFunction", Action: ["lambda:InvokeFunction"], Resource: target.function }
    : { Sid: "SendToQueue", Action: ["sqs:SendMessage"], Resource: target.queue };

const sendToDeadLetters = (queue: pulumi.Input<string>): Statement => ({
  Sid: "KeepWhatFailed",
  Action: ["sqs:SendMessage"],
  Resource: queue,
});
