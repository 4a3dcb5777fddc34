import { ACCOUNT_ID, type Graph, ofType } from "../../base/graph.ts";
import { type Declared, refuse } from "../../base/refusal.ts";
import { managedPolicy } from "./managed.ts";
import { parsePolicy, type Statement } from "./policy.ts";

/** A role with all permissions, for the user of the local cloud. On AWS it is your own administrator. */
export const administratorArn = `arn:aws:iam::${ACCOUNT_ID}:role/Administrator`;

const everything = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

type Tags = Readonly<Record<string, string>>;

export interface Role {
  readonly trust: readonly Statement[];
  readonly policies: readonly Statement[];
  /** Condition keys of its tags, lower case: `aws:principaltag/team`. */
  readonly tags: Tags;
}

/** The declared roles by ARN with their policies, and the administrator, which no service can assume. */
export function readRoles(graph: Graph): ReadonlyMap<string, Role> {
  const readManaged = managedPolicies(graph);
  const roles = new Map<string, Role & { policies: Statement[] }>();
  const byName = new Map<string, Statement[]>();
  for (const resource of ofType(graph, "aws:iam/role:Role")) {
    const { inputs, outputs } = resource;
    if (inputs.permissionsBoundary !== undefined) {
      refuse(resource, "permissionsBoundary", "is not supported locally");
    }
    const policies = [
      ...(inputs.inlinePolicies ?? []).flatMap(({ policy }) =>
        parsePolicy(policy, "identity", resource, "inlinePolicies"),
      ),
      ...(inputs.managedPolicyArns ?? []).flatMap((arn) => readManaged(arn, resource, "managedPolicyArns")),
    ];
    const trust = parsePolicy(inputs.assumeRolePolicy, "trust", resource, "assumeRolePolicy");
    roles.set(outputs.arn, { trust, policies, tags: tagsOf(outputs) });
    byName.set(outputs.name, policies);
    byName.set(outputs.arn, policies);
  }
  const policiesOf = (resource: Declared, role: string): Statement[] =>
    byName.get(role) ?? refuse(resource, "role", `is ${role}, which the program does not declare`);
  for (const resource of ofType(graph, "aws:iam/rolePolicy:RolePolicy")) {
    const statements = parsePolicy(resource.inputs.policy, "identity", resource);
    policiesOf(resource, resource.inputs.role).push(...statements);
  }
  for (const resource of ofType(graph, "aws:iam/rolePolicyAttachment:RolePolicyAttachment")) {
    const statements = readManaged(resource.inputs.policyArn, resource, "policyArn");
    policiesOf(resource, resource.inputs.role).push(...statements);
  }
  roles.set(administratorArn, {
    trust: [],
    tags: {},
    policies: [...parsePolicy(everything, "identity", { type: "Role", name: "Administrator" })],
  });
  return roles;
}

/** With the default tags of its provider. */
function tagsOf({
  tags = {},
  tagsAll = tags,
}: {
  readonly tags?: Tags | undefined;
  readonly tagsAll?: Tags;
}): Tags {
  return Object.fromEntries(
    Object.entries(tagsAll).map(([name, value]) => [`aws:principaltag/${name.toLowerCase()}`, value]),
  );
}

/** Managed policies: those that the program declares, and the AWS managed policies that are known here. */
function managedPolicies(
  graph: Graph,
): (arn: string, attachedBy: Declared, input: string) => readonly Statement[] {
  const declared = new Map(
    ofType(graph, "aws:iam/policy:Policy").map(({ outputs }) => [outputs.arn, outputs.policy] as const),
  );
  return (arn, attachedBy, input) => {
    const document = declared.get(arn) ?? managedPolicy(arn);
    if (document === undefined) {
      refuse(
        attachedBy,
        input,
        `is ${arn}, which is not declared and not an AWS managed policy that runs here`,
      );
    }
    return parsePolicy(document, "identity", { type: "Policy", name: arn });
  };
}

/** Reads the declared resource policies at boot, so that a mistake ends the boot. Reads others at their first use. */
export function readResourcePolicies(
  graph: Graph,
): (document: string, resource: string) => readonly Statement[] {
  const parsed = new Map<string, readonly Statement[]>();
  const read = (document: string, resource: Declared) => {
    const known = parsed.get(document) ?? parsePolicy(document, "resource", resource);
    parsed.set(document, known);
    return known;
  };
  const declared = [
    ...ofType(graph, "aws:cloudwatch/eventBusPolicy:EventBusPolicy"),
    ...ofType(graph, "aws:s3/bucketPolicy:BucketPolicy"),
    ...ofType(graph, "aws:sqs/queuePolicy:QueuePolicy"),
    ...ofType(graph, "aws:sqs/queue:Queue"),
    ...ofType(graph, "aws:sns/topicPolicy:TopicPolicy"),
    ...ofType(graph, "aws:sns/topic:Topic"),
  ];
  for (const resource of declared) {
    if (resource.inputs.policy !== undefined) {
      read(resource.inputs.policy, resource);
    }
  }
  return (document, resource) => read(document, { type: "Policy", name: resource });
}
