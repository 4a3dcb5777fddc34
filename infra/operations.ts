import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { resolverFault } from "../domain/fault.ts";
import { Alarms } from "./alarm-resources.ts";
import { alarmsOf } from "./alarms.ts";
import type { Api } from "./api.ts";
import { dashboardOf } from "./dashboard.ts";
import { here, metricsNamespace, physicalName } from "./naming.ts";
import { warningOfAccount } from "./place.ts";
import { savedQueries } from "./queries.ts";
import type { Settings } from "./settings.ts";
import { type Watched, watched } from "./watched.ts";

interface OperationsArgs {
  readonly settings: Settings;
  readonly api: Api;
}

/** Shown by `pulumi preview` and `pulumi up`. */
function warnOfAccount({ protectData }: Settings): void {
  here.accountId.apply((account) => {
    const warning = warningOfAccount(pulumi.getStack(), protectData, account);
    return warning === undefined ? undefined : pulumi.log.warn(warning);
  });
}

/** Alarms, a dashboard, and saved queries. Create it after everything that it watches. */
export class Operations extends pulumi.ComponentResource {
  /** ARNs by name, for redriving dead letters. */
  readonly queues: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, { settings, api }: OperationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Operations", name, {}, opts);
    if (settings.alarms) {
      const callbackOutcomes = { called: this.users(name, "called"), failing: this.users(name, "failing") };
      countResolverFaults(name, api.logGroup, { parent: this });
      const all: Watched = { ...watched, apiId: api.id, callbackOutcomes };
      const alarms = new Alarms(name, { settings, alarms: alarmsOf(all) }, { parent: this });
      const body = dashboardOf(all, alarms.arns, here.region);
      new aws.cloudwatch.Dashboard(
        name,
        { dashboardName: physicalName(name), dashboardBody: pulumi.jsonStringify(body) },
        { parent: this },
      );
    }
    warnOfAccount(settings);
    this.queries(name, api.logGroup);
    this.queues = Object.fromEntries(
      Object.entries({ ...watched.queues, ...watched.deadLetters }).map(([queue, { arn }]) => [queue, arn]),
    );
    this.registerOutputs({});
  }

  /** A rule that finds users by the outcomes of their callbacks. Returns its name. */
  private users(name: string, which: keyof typeof outcomesOf): string {
    const ruleName = physicalName(`callbacks-${which}`);
    new aws.cloudwatch.ContributorInsightRule(
      `${name}-callbacks-${which}`,
      {
        ruleName,
        ruleState: "ENABLED",
        ruleDefinition: JSON.stringify({
          Schema: { Name: "CloudWatchLogRule", Version: 1 },
          LogGroupNames: [`/aws/lambda/${physicalName("deliver")}`],
          LogFormat: "JSON",
          Contribution: {
            Keys: ["$.ownerId"],
            Filters: [{ Match: "$.outcome", In: outcomesOf[which] }],
          },
          AggregateOn: "Count",
        }),
      },
      { parent: this },
    );
    return ruleName;
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

const outcomesOf = {
  called: ["delivered", "put off", "failed", "receiver gone"],
  failing: ["put off", "failed"],
};

/** AppSync answers errors of resolvers with the status 200, so its metrics do not count them. */
function countResolverFaults(
  name: string,
  logGroupName: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  new aws.cloudwatch.LogMetricFilter(
    `${name}-resolver-faults`,
    {
      name: physicalName("resolver-faults"),
      logGroupName,
      pattern: `"${resolverFault}"`,
      metricTransformation: { name: resolverFault, namespace: metricsNamespace(), value: "1" },
    },
    opts,
  );
}
