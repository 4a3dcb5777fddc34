import { type Part, parts, permissions, programRoles, type Permissions } from "./permissions.ts";

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Policy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}

export interface PoliciesFor {
  readonly account: string;
  readonly region: string;
  readonly stacks: readonly string[];
  /** Whether the role deploys. Otherwise it only reads. */
  readonly writes: boolean;
  readonly bucketArn: string;
  readonly keyArn: string;
}

/** The policies of a role that previews or deploys the stacks. */
export function policiesFor(given: PoliciesFor): Readonly<Record<Part, Policy>> {
  return Object.fromEntries(
    parts.map((part) => [
      part,
      {
        Version: "2012-10-17",
        Statement: part === "state" ? stateStatements(given) : statementsOf(part, given),
      },
    ]),
  ) as unknown as Record<Part, Policy>;
}

function statementsOf(part: Part, given: PoliciesFor): PolicyStatement[] {
  const groups = new Map<string, { readonly actions: Set<string>; readonly rest: Rest }>();
  const allow = (service: string, actions: readonly string[], rest: Rest) => {
    if (actions.length > 0) {
      const key = JSON.stringify([service, rest]);
      const group = groups.get(key) ?? { actions: new Set(), rest };
      actions.forEach((action) => group.actions.add(`${service}:${action}`));
      groups.set(key, group);
    }
  };
  for (const line of Object.values(permissions).filter((one) => one.part === part)) {
    const { service, reads, writes, tagged, anywhere = {} } = line;
    const { reads: readsAnywhere = [], writes: writesAnywhere = [] } = anywhere;
    const named = { Resource: arnsOf(line, given), ...(tagged === true && withTag("ResourceTag")) };
    const creating = { Resource: ["*"], ...(tagged === true && withTag("RequestTag")) };
    allow(service, [...reads, ...(given.writes ? writes : [])], named);
    allow(service, readsAnywhere, { Resource: ["*"] });
    allow(service, given.writes ? writesAnywhere : [], creating);
  }
  const statements = [...groups.values()].map(({ actions, rest }) => ({
    Effect: "Allow" as const,
    Action: [...actions].sort(),
    ...rest,
  }));
  return part === "access" && given.writes ? [...statements, ...passing(given)] : statements;
}

type Rest = Pick<PolicyStatement, "Resource" | "Condition">;

/** As `aws:defaultTags` of each stack says. */
const project = "darkroom";

const withTag = (where: "ResourceTag" | "RequestTag") => ({
  Condition: { StringEquals: { [`aws:${where}/project`]: project } },
});

/** A role may be given to the services that the program runs on, and to no others. */
function passing(given: PoliciesFor): PolicyStatement[] {
  const services = [...new Set(Object.values(permissions).flatMap(({ passes = [] }) => passes))].sort();
  return [
    {
      Sid: "GiveRoles",
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: programRoles.map((role) => `arn:aws:iam::${given.account}:${role}`),
      Condition: { StringEquals: { "iam:PassedToService": services } },
    },
    {
      Sid: "ServiceLinkedRoles",
      Effect: "Allow",
      Action: ["iam:CreateServiceLinkedRole"],
      Resource: [`arn:aws:iam::${given.account}:role/aws-service-role/*`],
      Condition: {
        StringEquals: { "iam:AWSServiceName": ["appsync.amazonaws.com", "dynamodb.amazonaws.com"] },
      },
    },
  ];
}

function stateStatements({ bucketArn, keyArn, writes }: PoliciesFor): PolicyStatement[] {
  return [
    { Sid: "FindState", Effect: "Allow", Action: ["s3:ListBucket"], Resource: [bucketArn] },
    {
      Sid: "State",
      Effect: "Allow",
      Action: ["s3:GetObject", ...(writes ? ["s3:PutObject", "s3:DeleteObject"] : [])],
      Resource: [`${bucketArn}/.pulumi/*`],
    },
    {
      Sid: "Secrets",
      Effect: "Allow",
      Action: ["kms:Decrypt", ...(writes ? ["kms:Encrypt", "kms:GenerateDataKey"] : [])],
      Resource: [keyArn],
    },
    {
      Sid: "KeepState",
      Effect: "Deny",
      Action: ["kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "s3:DeleteObjectVersion"],
      Resource: [keyArn, `${bucketArn}/*`],
    },
  ];
}

function arnsOf({ service, resources, global, bucket }: Permissions, given: PoliciesFor): readonly string[] {
  const { account, region, stacks } = given;
  const prefix =
    bucket === true ? "arn:aws:s3:::" : `arn:aws:${service}:${global === true ? "" : region}:${account}:`;
  return resources.flatMap((resource) =>
    (resource.includes("STACK") ? stacks : [""]).map((stack) => prefix + resource.replace("STACK", stack)),
  );
}
