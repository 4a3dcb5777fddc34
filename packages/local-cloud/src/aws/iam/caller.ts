import type { Principal } from "../../base/service.ts";
import type { Context } from "./match.ts";
import type { Caller } from "./policy.ts";

export function callerOf(principal: Principal): Caller {
  if (principal.kind === "service") {
    return principal;
  }
  return { ...principal, accountId: accountOf(principal.roleArn) };
}

/** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`; a role's path is not part of it. */
export function sessionOf(roleArn: string, sessionName: string): Principal {
  const role = roleArn.split("/").at(-1) ?? "";
  const session = sessionName.replaceAll(/[^\w+=,.@-]/g, "-").slice(0, 64);
  return {
    kind: "role",
    roleArn,
    sessionArn: `arn:aws:sts::${accountOf(roleArn)}:assumed-role/${role}/${session}`,
  };
}

/**
 * Global condition keys, with the request's own over them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function contextOf(
  caller: Caller,
  resource: string,
  { now, region, own }: { readonly now: number; readonly region: string | undefined; readonly own: Context },
): Context {
  return {
    ...requestedRegion(resource.split(":")[3] || region),
    // Requests stay on this machine, so policies that require TLS hold for plain http too.
    "aws:securetransport": "true",
    "aws:sourceip": "127.0.0.1",
    "aws:currenttime": new Date(now).toISOString(),
    "aws:epochtime": String(Math.floor(now / 1000)),
    "aws:viaawsservice": "false",
    ...(accountOf(resource) !== "" && { "aws:resourceaccount": accountOf(resource) }),
    ...(caller.kind === "role" ? roleContext(caller) : serviceContext(caller.service, own["aws:sourcearn"])),
    ...own,
  };
}

/** The ARN of a bucket has none. */
const requestedRegion = (region: string | undefined): Context =>
  region === undefined ? {} : { "aws:requestedregion": region };

function roleContext(caller: Extract<Caller, { kind: "role" }>): Context {
  return {
    "aws:principalarn": caller.roleArn,
    "aws:principalaccount": caller.accountId,
    "aws:principaltype": "AssumedRole",
    "aws:principalisawsservice": "false",
    "aws:userid": caller.sessionArn.split("/").slice(1).join(":"),
  };
}

/**
 * What a resource policy sees of the resource that a service acts for. `accountId` is for ARNs without an account, such
 * as those of buckets.
 */
export function sourceContext(sourceArn: string | undefined, accountId: string): Record<string, string> {
  return sourceArn === undefined
    ? {}
    : { "aws:sourcearn": sourceArn, "aws:sourceaccount": accountOf(sourceArn) || accountId };
}

/** The account of an ARN without one is in `own`: see `sourceContext`. */
function serviceContext(service: string, sourceArn: Context[string]): Context {
  const account = typeof sourceArn === "string" ? accountOf(sourceArn) : "";
  return {
    "aws:principalisawsservice": "true",
    "aws:principalservicename": service,
    ...(account !== "" && { "aws:sourceaccount": account }),
  };
}

function accountOf(arn: string): string {
  return arn.split(":")[4] ?? "";
}
