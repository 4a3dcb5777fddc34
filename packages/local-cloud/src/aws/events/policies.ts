import { type Graph, ofType, type ResourceOf } from "../../base/graph.ts";
import { refuse } from "../../base/refusal.ts";
import { busNameOf, type EventBus } from "./rules.ts";

/**
 * The resource policies of the buses, as JSON, by the ARN of the bus. An event permission is a statement, as
 * `PutPermission` writes it. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html
 * Throws `InvalidInput` with the declaration for a bus that does not exist.
 */
export function busPolicies(graph: Graph, buses: ReadonlyMap<string, EventBus>): ReadonlyMap<string, string> {
  const policies = new Map<string, string>();
  for (const declared of ofType(graph, "aws:cloudwatch/eventBusPolicy:EventBusPolicy")) {
    policies.set(busOf(declared, buses).arn, declared.inputs.policy);
  }
  const statements = new Map<string, object[]>();
  for (const declared of ofType(graph, "aws:cloudwatch/eventPermission:EventPermission")) {
    const { arn } = busOf(declared, buses);
    if (policies.has(arn)) {
      refuse(
        declared,
        "eventBusName",
        "is invalid: an EventBusPolicy replaces the permissions of its bus. Move this statement into the policy",
      );
    }
    statements.set(arn, [...(statements.get(arn) ?? []), statementOf(declared, arn)]);
  }
  for (const [arn, Statement] of statements) {
    policies.set(arn, JSON.stringify({ Version: "2012-10-17", Statement }));
  }
  return policies;
}

type Declared = ResourceOf<
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy" | "aws:cloudwatch/eventPermission:EventPermission"
>;

function busOf(declared: Declared, buses: ReadonlyMap<string, EventBus>): EventBus {
  const name = busNameOf(declared.inputs.eventBusName ?? "default");
  return buses.get(name) ?? refuse(declared, "eventBusName", `is invalid: Event bus ${name} does not exist`);
}

function statementOf(
  { inputs }: ResourceOf<"aws:cloudwatch/eventPermission:EventPermission">,
  Resource: string,
): object {
  const { statementId, principal, action = "events:PutEvents", condition } = inputs;
  return {
    Sid: statementId,
    Effect: "Allow",
    Principal: principal === "*" ? "*" : { AWS: `arn:aws:iam::${principal}:root` },
    Action: action,
    Resource,
    ...(condition && { Condition: { [condition.type]: { [condition.key]: condition.value } } }),
  };
}
