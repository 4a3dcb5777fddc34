import { ACCOUNT_ID, type Graph } from "../../base/graph.ts";
import { AwsError, type Clock, type Principal, type Storage } from "../../base/service.ts";
import { callerOf, contextOf, sessionOf } from "./caller.ts";
import { type Decision, evaluate } from "./evaluate.ts";
import { readResourcePolicies, readRoles, type Role } from "./roles.ts";
import { type Credentials, loadKeys } from "./keys.ts";
import type { Context } from "./match.ts";
import type { Caller } from "./policy.ts";

export type { Credentials } from "./keys.ts";

/** A request for permission. */
export interface Access {
  readonly principal: Principal;
  /** `dynamodb:PutItem` */
  readonly action: string;
  /** The ARN of the resource that the action is for. */
  readonly resource: string;
  /** Condition keys of the request, lower case: `{"s3:if-none-match": "*"}`. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** JSON of the policy on the resource itself: bucket, queue or function policy. */
  readonly resourcePolicy?: string | undefined;
}

/** Decides by the roles and policies of the graph. */
export interface Iam {
  /** Throws `AccessDenied`, naming the principal, the action and the resource, unless the policies allow it. */
  authorize(access: Access): void;
  /**
   * A session of the role for a service. Throws unless the trust policy lets the service assume the role for `sourceArn`.
   * Without a `sourceArn` the policy gets `aws:SourceAccount` only.
   */
  assume(roleArn: string, service: string, sourceArn?: string): Principal;
  /** The access keys of a role, created once per data folder. */
  credentials(roleArn: string): Credentials;
  /** The owner of the access key, or undefined. */
  identify(
    accessKeyId: string,
  ): { readonly credentials: Credentials; readonly principal: Principal } | undefined;
}

/**
 * Reads every role and policy of the graph. Throws, with the name of the resource, for a policy that is malformed or not
 * supported, an unknown managed policy, and a policy of a role that is not declared.
 */
export function createIam(
  graph: Graph & { readonly region?: string },
  storage: Storage,
  clock: Clock = Date.now,
): Iam {
  const iam = new DeclaredIam(graph, storage, clock);
  // A plain object, because faults and tests copy it and replace some of its functions.
  return {
    authorize: (access) => iam.authorize(access),
    assume: (...source) => iam.assume(...source),
    credentials: (roleArn) => iam.credentials(roleArn),
    identify: (accessKeyId) => iam.identify(accessKeyId),
  };
}

class DeclaredIam implements Iam {
  readonly #roles: ReadonlyMap<string, Role>;
  readonly #keys: ReadonlyMap<string, Credentials>;
  /** By access key id. */
  readonly #owners: ReadonlyMap<string, { readonly arn: string; readonly credentials: Credentials }>;
  readonly #resourcePolicy: ReturnType<typeof readResourcePolicies>;
  readonly #region: string | undefined;
  readonly #clock: Clock;

  constructor(graph: Graph & { readonly region?: string }, storage: Storage, clock: Clock) {
    this.#roles = readRoles(graph);
    this.#keys = loadKeys([...this.#roles.keys()], storage);
    this.#owners = new Map(
      [...this.#keys].map(([arn, credentials]) => [credentials.accessKeyId, { arn, credentials }]),
    );
    this.#resourcePolicy = readResourcePolicies(graph);
    this.#region = graph.region;
    this.#clock = clock;
  }

  authorize({ principal, action, resource, context: own, resourcePolicy }: Access): void {
    const caller = callerOf(principal);
    const role = principal.kind === "role" ? this.#role(principal.roleArn) : undefined;
    const attached = resourcePolicy === undefined ? [] : this.#resourcePolicy(resourcePolicy, resource);
    const context = this.#context(caller, resource, { ...role?.tags, ...own });
    const policies = { identity: role?.policies ?? [], resource: attached };
    const decision = evaluate({ caller, action, resource, context }, policies);
    if (decision !== "allowed") {
      throw accessDenied(principal, action, resource, decision);
    }
  }

  assume(roleArn: string, service: string, sourceArn?: string): Principal {
    const principal: Principal = { kind: "service", service };
    const caller = callerOf(principal);
    const source =
      sourceArn === undefined ? { "aws:sourceaccount": ACCOUNT_ID } : { "aws:sourcearn": sourceArn };
    const context = this.#context(caller, roleArn, source);
    const action = "sts:AssumeRole";
    const policies = { identity: [], resource: this.#role(roleArn).trust };
    const decision = evaluate({ caller, action, resource: roleArn, context }, policies);
    if (decision !== "allowed") {
      throw accessDenied(principal, action, roleArn, decision);
    }
    return sessionOf(roleArn, sessionName(service, sourceArn));
  }

  credentials(roleArn: string): Credentials {
    this.#role(roleArn);
    return this.#keys.get(roleArn) as Credentials;
  }

  identify(accessKeyId: string): ReturnType<Iam["identify"]> {
    const owner = this.#owners.get(accessKeyId);
    return owner && { credentials: owner.credentials, principal: sessionOf(owner.arn, "local") };
  }

  #context(caller: Caller, resource: string, own: NonNullable<Access["context"]>): Context {
    return contextOf(caller, resource, { now: this.#clock(), region: this.#region, own });
  }

  #role(arn: string): Role {
    const found = this.#roles.get(arn);
    if (found === undefined) {
      throw new AwsError("NoSuchEntity", `The role ${arn} is not declared.`, 404);
    }
    return found;
  }
}

/** All sessions of AppSync have the same name. A session of Lambda has the name of the function. */
function sessionName(service: string, sourceArn = service): string {
  return service === "appsync.amazonaws.com" ? "APPSYNC_ASSUME_ROLE" : (sourceArn.split(/[:/]/).at(-1) ?? "");
}

function accessDenied(principal: Principal, action: string, resource: string, decision: Decision): AwsError {
  const user = principal.kind === "role" ? principal.sessionArn : principal.service;
  const message = `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${decision}`;
  return new AwsError("AccessDenied", message, 403, { action, resource });
}
