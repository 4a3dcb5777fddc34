import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { here, physicalName } from "./naming.ts";
import { ServiceRole, type Statement } from "./role.ts";

interface ScheduleArgs {
  /** The first run is at deployment. */
  readonly rate: `rate(${number} ${"minute" | "hour" | "day"}${"" | "s"})`;
  /** ARN of a function, which gets the input as its event, or of a queue, which gets it as a message. */
  readonly target: { readonly function: pulumi.Input<string> } | { readonly queue: pulumi.Input<string> };
  /** By default, AWS's own notification. */
  readonly input?: pulumi.Input<Record<string, unknown>>;
  /** ARN of the queue for events that the target did not accept. A function that fails has accepted its event. */
  readonly deadLetters?: pulumi.Input<string>;
}

/** A call at a fixed rate, with a role for this schedule only. */
export class Schedule extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Schedule", name, {}, opts);
    const { target, input, deadLetters } = args;
    const role = new ServiceRole(
      name,
      {
        service: "scheduler.amazonaws.com",
        // In trust policies, AWS gives the ARN of the group, not of the schedule.
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
          // The next run does the same work. AWS's default of 185 attempts a day would pile up.
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
