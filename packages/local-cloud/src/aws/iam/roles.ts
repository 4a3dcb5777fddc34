import { ACCOUNT_ID, type Graph, ofType } from "../../base/graph.ts";
import { AwsError } from "../../base/service.ts";
import { managedPolicy } from "./managed.ts";
import { parsePolicy, type Statement } from "./policy.ts";

/** The person whose account it is, who may do everything: on AWS your own administrator stands there. */
export const administratorArn = `arn:aws:iam::${ACCOUNT_ID}:role/Administrator`;

const everything = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

export interface Role {
  readonly trust: readonly Statement[];
  readonly policies: readonly Statement[];
}

/** The declared roles by ARN, with all that is attached to them; and the administrator, whom no service can be. */
export function readRoles(graph: Graph): ReadonlyMap<string, Role> {
  const readManaged = managedPolicies(graph);
  const roles = new Map<string, { trust: readonly Statement[]; policies: Statement[] }>();
  const byName = new Map<string, Statement[]>();
  for (const { name, inputs, outputs } of ofType(graph, "aws:iam/role:Role")) {
    if (inputs.permissionsBoundary !== undefined) {
      throw new AwsError(
        "UnsupportedOperation",
        `Role ${name}: permissionsBoundary is not supported locally.`,
      );
    }
    const policies = [
      ...(inputs.inlinePolicies ?? []).flatMap(({ policy }) => parsePolicy(policy, "identity", name)),
      ...(inputs.managedPolicyArns ?? []).flatMap((arn) => readManaged(arn, name)),
    ];
    roles.set(outputs.arn, { trust: parsePolicy(inputs.assumeRolePolicy, "trust", name), policies });
    byName.set(outputs.name, policies);
    byName.set(outputs.arn, policies);
  }
  const policiesOf = ({ name }: { readonly name: string }, role: string): Statement[] => {
    const found = byName.get(role);
    if (found !== undefined) {
      return found;
    }
    throw new AwsError("NoSuchEntity", `${name}: the role ${role} is not declared.`);
  };
  for (const resource of ofType(graph, "aws:iam/rolePolicy:RolePolicy")) {
    const statements = parsePolicy(resource.inputs.policy, "identity", resource.name);
    policiesOf(resource, resource.inputs.role).push(...statements);
  }
  for (const resource of ofType(graph, "aws:iam/rolePolicyAttachment:RolePolicyAttachment")) {
    const statements = readManaged(resource.inputs.policyArn, resource.name);
    policiesOf(resource, resource.inputs.role).push(...statements);
  }
  roles.set(administratorArn, {
    trust: [],
    policies: [...parsePolicy(everything, "identity", "Administrator")],
  });
  return roles;
}

/** Managed policies that can be attached: those that the program declares, and the few of AWS's that are known. */
function managedPolicies(graph: Graph): (arn: string, attachedBy: string) => readonly Statement[] {
  const declared = new Map(
    ofType(graph, "aws:iam/policy:Policy").map(({ outputs }) => [outputs.arn, outputs.policy] as const),
  );
  return (arn, attachedBy) => {
    const document = declared.get(arn) ?? managedPolicy(arn);
    if (document !== undefined) {
      return parsePolicy(document, "identity", arn);
    }
    throw new AwsError("NoSuchEntity", `${attachedBy}: the managed policy ${arn} is not known locally.`);
  };
}

/** Reads the declared resource policies at once, so that a mistake shows at boot; others when first met. */
export function readResourcePolicies(
  graph: Graph,
): (document: string, resource: string) => readonly Statement[] {
  const parsed = new Map<string, readonly Statement[]>();
  const read = (document: string, name: string) => {
    const known = parsed.get(document) ?? parsePolicy(document, "resource", name);
    parsed.set(document, known);
    return known;
  };
  const declared = [
    ...ofType(graph, "aws:s3/bucketPolicy:BucketPolicy"),
    ...ofType(graph, "aws:sqs/queuePolicy:QueuePolicy"),
    ...ofType(graph, "aws:sqs/queue:Queue"),
  ];
  for (const { name, inputs } of declared) {
    if (inputs.policy !== undefined) {
      read(inputs.policy, name);
    }
  }
  return read;
}
