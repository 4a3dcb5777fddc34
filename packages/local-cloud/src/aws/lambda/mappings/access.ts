import { ACCOUNT_ID, type Graph, ofType } from "../../../base/graph.ts";
import { refuse } from "../../../base/refusal.ts";
import type { Principal } from "../../../base/service.ts";
import type { Iam } from "../../iam/index.ts";
import { objectPrefix } from "./failure.ts";
import type { Mapping } from "./settings.ts";

/** Lambda's operations on each source, with the function's role. */
const ACTIONS = {
  sqs: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  dynamodb: [
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
  ],
} as const;

interface Declarations {
  readonly graph: Graph;
  readonly iam: Iam;
}

/** The session of the function's role that polls the source. Refuses a mapping whose role may not do so, as AWS does. */
export function requireAccess(mapping: Mapping, { graph, iam }: Declarations): Principal {
  const { declared, configuration, sourceArn, source } = mapping;
  const principal = pollersRole(mapping, iam);
  const require = (action: string, resource: string): void => {
    try {
      const resourcePolicy = policyOf(graph, resource);
      const context = action.startsWith("s3:") ? { "s3:resourceaccount": ACCOUNT_ID } : {};
      iam.authorize({ principal, action, resource, resourcePolicy, context });
    } catch (error) {
      refuse(
        declared,
        "functionName",
        `has the role ${configuration.roleArn}, which may not call ${action} on ${resource}: ${(error as Error).message}`,
      );
    }
  };
  for (const action of ACTIONS[source]) {
    require(action, sourceArn);
  }
  if (source === "dynamodb" && mapping.onFailure) {
    const { kind, arn } = mapping.onFailure;
    if (kind === "queue") {
      require("sqs:SendMessage", arn);
    } else {
      require("s3:ListBucket", arn);
      require("s3:PutObject", `${arn}/${objectPrefix(mapping)}`);
    }
  }
  return principal;
}

/** The poller is not the function. Lambda documents `aws:SourceArn` for calls of the function only, so it is absent. */
function pollersRole({ declared, configuration: { roleArn } }: Mapping, iam: Iam): Principal {
  try {
    return iam.assume(roleArn, "lambda.amazonaws.com");
  } catch (error) {
    return refuse(
      declared,
      "functionName",
      `has the role ${roleArn}, which Lambda cannot assume to poll the source: its trust policy must not require aws:SourceArn: ${(error as Error).message}`,
    );
  }
}

/** The policy of a queue, or of an object's bucket. */
function policyOf(graph: Graph, resource: string): string | undefined {
  const [arn] = resource.split("/", 1);
  const queue = ofType(graph, "aws:sqs/queue:Queue").find(({ outputs }) => outputs.arn === arn);
  const bucket = ofType(graph, "aws:s3/bucket:Bucket").find(({ outputs }) => outputs.arn === arn);
  const found = [
    ...ofType(graph, "aws:sqs/queuePolicy:QueuePolicy").filter(({ inputs }) => inputs.queueUrl === queue?.id),
    ...ofType(graph, "aws:s3/bucketPolicy:BucketPolicy").filter(({ inputs }) => inputs.bucket === bucket?.id),
  ];
  return found[0]?.inputs.policy;
}
