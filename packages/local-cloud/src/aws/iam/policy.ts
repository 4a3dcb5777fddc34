import { type Declared, refuse } from "../../base/refusal.ts";
import { compileCondition, type Condition } from "./condition.ts";
import { compilePattern, type Context } from "./match.ts";

/** How a `Principal` element matches a caller. `account` only delegates: the identity's own policies must allow too. */
export type PrincipalMatch = "direct" | "account" | "no";

/** The caller as `Principal` elements see it. */
export type Caller =
  | {
      readonly kind: "role";
      readonly accountId: string;
      readonly roleArn: string;
      readonly sessionArn: string;
    }
  | { readonly kind: "service"; readonly service: string };

export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly names: (caller: Caller) => PrincipalMatch;
  readonly action: (action: string) => boolean;
  readonly resource: (resource: string, context: Context) => boolean;
  readonly condition: Condition;
}

/** Identity policies have no principal. Resource policies need one. Trust policies need one and have no resource. */
export type PolicyKind = "identity" | "resource" | "trust";

/**
 * Reads a policy document, JSON text or object, which is an input of the resource. Refuses the input for anything that
 * is not supported: to ignore it could allow or deny by mistake.
 */
export function parsePolicy(
  document: unknown,
  kind: PolicyKind,
  resource: Declared,
  input = "policy",
): readonly Statement[] {
  try {
    const policy = record(typeof document === "string" ? JSON.parse(document) : document, "a policy");
    refuseUnknown(policy, ["Version", "Id", "Statement"]);
    const version = policy["Version"] ?? "2008-10-17";
    if (version !== "2012-10-17" && version !== "2008-10-17") {
      throw new Error(`unknown version ${JSON.stringify(version)}`);
    }
    const statements: unknown[] = Array.isArray(policy["Statement"])
      ? policy["Statement"]
      : [policy["Statement"]];
    return statements.map((statement) => parseStatement(statement, kind, version === "2012-10-17"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return refuse(resource, input, `is not a policy that runs here: ${reason}`);
  }
}

const elements: Record<PolicyKind, readonly string[]> = {
  identity: ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"],
  resource: ["Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"],
  trust: ["Sid", "Effect", "Principal", "Action", "NotAction", "Condition"],
};

function parseStatement(source: unknown, kind: PolicyKind, variables: boolean): Statement {
  const statement = record(source, "a statement");
  refuseUnknown(statement, elements[kind]);
  const effect = statement["Effect"];
  if (effect !== "Allow" && effect !== "Deny") {
    throw new Error(`Effect must be Allow or Deny, not ${String(effect)}`);
  }
  const condition = statement["Condition"];
  return {
    effect,
    names: kind === "identity" ? () => "direct" : compilePrincipal(statement["Principal"]),
    action: compileAction(statement),
    resource: kind === "trust" ? () => true : compileResource(statement, variables),
    condition: condition === undefined ? () => true : compileCondition(condition, variables),
  };
}

function compileAction(statement: Readonly<Record<string, unknown>>): Statement["action"] {
  const { values, negated } = either(statement, "Action");
  const matchers = values.map((value) => {
    if (value !== "*" && !/^[\w-]+:[\w*?-]+$/.test(value)) {
      throw new Error(`action ${JSON.stringify(value)} is malformed`);
    }
    return compilePattern(value, { variables: false, wildcards: true, ignoreCase: true });
  });
  return (action) => matchers.some((matcher) => matcher(action, {})) !== negated;
}

function compileResource(
  statement: Readonly<Record<string, unknown>>,
  variables: boolean,
): Statement["resource"] {
  const { values, negated } = either(statement, "Resource");
  const matchers = values.map((value) => {
    if (value !== "*" && !/^arn:[^:]*:[^:]+:/.test(value)) {
      throw new Error(`resource ${JSON.stringify(value)} is not an ARN`);
    }
    return compilePattern(value, { variables, wildcards: true, ignoreCase: false });
  });
  return (resource, context) => matchers.some((matcher) => matcher(resource, context)) !== negated;
}

/** `Action` or `NotAction`, exactly one of the two. */
function either(statement: Readonly<Record<string, unknown>>, element: string) {
  const [plain, negated] = [statement[element], statement[`Not${element}`]];
  if ((plain === undefined) === (negated === undefined)) {
    throw new Error(`a statement needs either ${element} or Not${element}`);
  }
  return { values: strings(plain ?? negated, element), negated: plain === undefined };
}

function compilePrincipal(element: unknown): Statement["names"] {
  if (element === "*") {
    return () => "direct";
  }
  const tests: Statement["names"][] = [];
  for (const [type, value] of Object.entries(record(element, "Principal"))) {
    for (const one of strings(value, `Principal ${type}`)) {
      tests.push(principalTest(type, one));
    }
  }
  return (caller) => {
    const found = tests.map((test) => test(caller));
    return found.includes("direct") ? "direct" : found.includes("account") ? "account" : "no";
  };
}

function principalTest(type: string, value: string): Statement["names"] {
  switch (type) {
    case "AWS": {
      const account = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(value)?.[1];
      return (caller) => {
        if (value === "*") {
          return "direct";
        }
        if (caller.kind === "service") {
          return "no";
        }
        if (account !== undefined) {
          return caller.accountId === account ? "account" : "no";
        }
        return value === caller.roleArn || value === caller.sessionArn ? "direct" : "no";
      };
    }
    case "Service":
      return (caller) => (caller.kind === "service" && caller.service === value ? "direct" : "no");
    case "Federated":
    case "CanonicalUser":
      // No caller here is federated or has a canonical user id.
      return () => "no";
    default:
      throw new Error(`unknown principal type ${JSON.stringify(type)}`);
  }
}

function refuseUnknown(object: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  for (const key of Object.keys(object)) {
    if (!known.includes(key)) {
      throw new Error(`element ${JSON.stringify(key)} is not supported here`);
    }
  }
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new Error(`${what} must be an object`);
}

function strings(value: unknown, what: string): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((one) => {
    if (typeof one !== "string") {
      throw new Error(`${what}: ${JSON.stringify(one)} is not a string`);
    }
    return one;
  });
}
