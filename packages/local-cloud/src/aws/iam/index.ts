import { ACCOUNT_ID, type Graph } from "../../base/graph.ts";
import { AwsError, type Clock, type Principal, type Storage } from "../../base/service.ts";
import { callerOf, contextOf, sessionOf } from "./caller.ts";
import { type Decision, evaluate } from "./evaluate.ts";
import { readResourcePolicies, readRoles, type Role } from "./roles.ts";
import { type Credentials, loadKeys } from "./keys.ts";

/** One question put to IAM. */
export type { Credentials } from "./keys.ts";

export interface Access {
  readonly principal: Principal;
  /** `dynamodb:PutItem` */
  readonly action: string;
  /** ARN of what is touched. */
  readonly resource: string;
  /** Condition keys of the request, lower case: `{"s3:if-none-match": "*"}`. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** JSON of the policy on the resource itself: bucket, queue or function policy. */
  readonly resourcePolicy?: string | undefined;
}

/** What the services ask of IAM. Built from the roles and policies of the graph. */
export interface Iam {
  /** Throws `AccessDenied`, naming the principal, the action and the resource, unless the policies allow it. */
  authorize(access: Access): void;
  /**
   * The role's session for a service; throws unless its trust policy lets that service assume it for `sourceArn`.
   * Without one the policy sees `aws:SourceAccount` alone.
   */
  assume(roleArn: string, service: string, sourceArn?: string): Principal;
  /** Keys of a role, made once per data folder. */
  credentials(roleArn: string): Credentials;
  /** Whose key it is, or undefined. */
  identify(
    accessKeyId: string,
  ): { readonly credentials: Credentials; readonly principal: Principal } | undefined;
}

/**
 * Reads every role and policy of the graph. Throws, naming it, for a policy that is not understood, an unknown
 * managed policy, and a policy of a role that is not declared.
 */
export function createIam(graph: Graph, storage: Storage, clock: Clock = Date.now): Iam {
  const roles = readRoles(graph);
  const keys = loadKeys([...roles.keys()], storage);
  const owners = new Map(
    [...keys].map(([arn, credentials]) => [credentials.accessKeyId, { arn, credentials }]),
  );
  const resourcePolicy = readResourcePolicies(graph);

  function role(arn: string): Role {
    const found = roles.get(arn);
    if (found === undefined) {
      throw new AwsError("NoSuchEntity", `The role ${arn} is not declared.`, 404);
    }
    return found;
  }

  function sessionName(service: string, sourceArn = service): string {
    // AppSync's sessions have one name; Lambda's have the function's.
    return service === "appsync.amazonaws.com"
      ? "APPSYNC_ASSUME_ROLE"
      : (sourceArn.split(/[:/]/).at(-1) ?? "");
  }

  return {
    authorize(access) {
      const { principal, action, resource } = access;
      const caller = callerOf(principal);
      const identity = principal.kind === "role" ? role(principal.roleArn).policies : [];
      const attached =
        access.resourcePolicy === undefined ? [] : resourcePolicy(access.resourcePolicy, resource);
      const context = contextOf(caller, resource, clock(), access.context);
      const decision = evaluate({ caller, action, resource, context }, { identity, resource: attached });
      if (decision !== "allowed") {
        throw accessDenied(principal, action, resource, decision);
      }
    },
    assume(roleArn, service, sourceArn) {
      const principal: Principal = { kind: "service", service };
      const caller = callerOf(principal);
      const source =
        sourceArn === undefined ? { "aws:sourceaccount": ACCOUNT_ID } : { "aws:sourcearn": sourceArn };
      const context = contextOf(caller, roleArn, clock(), source);
      const trust = role(roleArn).trust;
      const question = { caller, action: "sts:AssumeRole", resource: roleArn, context };
      const decision = evaluate(question, { identity: [], resource: trust });
      if (decision !== "allowed") {
        throw accessDenied(principal, question.action, roleArn, decision);
      }
      return sessionOf(roleArn, sessionName(service, sourceArn));
    },
    credentials(roleArn) {
      role(roleArn);
      return keys.get(roleArn) as Credentials;
    },
    identify(accessKeyId) {
      const owner = owners.get(accessKeyId);
      return owner && { credentials: owner.credentials, principal: sessionOf(owner.arn, "local") };
    },
  };
}

function accessDenied(principal: Principal, action: string, resource: string, decision: Decision): AwsError {
  const user = principal.kind === "role" ? principal.sessionArn : principal.service;
  const message = `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${decision}`;
  return new AwsError("AccessDenied", message, 403, { action, resource });
}
