import * as pulumi from "@pulumi/pulumi";

/** https://docs.aws.amazon.com/general/latest/gr/rekognition.html on 2026-11-29. */
const regions = new Set([
  ...["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "us-gov-west-1"],
  ...["eu-central-1", "eu-south-2", "eu-west-1", "eu-west-2", "il-central-1"],
  ...["ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2"],
]);

/** The longest name that `physicalName` gives to what AWS allows 64 characters: functions and schedules. */
export const longestName = "audit-schedule";

const maxName = 64;

/** What is wrong with the names of project and stack, and with the region. AWS would refuse it halfway through. */
export function problemsOfPlace(
  stack: string,
  project: string = pulumi.getProject(),
  region: string | undefined = new pulumi.Config("aws").get("region"),
): string[] {
  const length = project.length + stack.length + longestName.length + 2;
  const place = region ?? process.env["AWS_REGION"];
  return [
    ...(length > maxName
      ? [
          `the stack's name is ${length - maxName} characters too long: ` +
            `${project}-${stack}-${longestName} has ${length} characters, and AWS takes ${maxName}`,
        ]
      : []),
    ...(place !== undefined && !regions.has(place)
      ? [`aws:region: ${place} has no Rekognition, which labels the pictures`]
      : []),
  ];
}

/** The account of the local cloud. AWS does not assign this number. */
export const localAccount = "000000000000";

/**
 * A warning for a stack whose data are protected but which may be deployed to any account: with other credentials, Pulumi
 * would make all of it again in another account. Undefined if there is nothing to warn about.
 */
export function warningOfAccount(
  stack: string,
  protectData: boolean,
  account: string,
  allowed: string | undefined = new pulumi.Config("aws").get("allowedAccountIds"),
): string | undefined {
  return protectData && account !== localAccount && allowed === undefined
    ? `Pulumi.${stack}.yaml does not have aws:allowedAccountIds. Bind the stack to its account: ` +
        `pulumi config set --path 'aws:allowedAccountIds[0]' ${account} -s ${stack}`
    : undefined;
}
