import { type Graph, ofType, type ResourceOf } from "../../base/graph.ts";
import { refuse } from "../../base/refusal.ts";
import { customNameOf, namesOf, readConstraints } from "./attribute-schema.ts";
import { readClient } from "./read-clients.ts";
import type { GroupSettings, PasswordPolicy, PoolSettings } from "./settings.ts";

type UserPool = ResourceOf<"aws:cognito/userPool:UserPool">;
type UserGroup = ResourceOf<"aws:cognito/userGroup:UserGroup">;

/** Reads the program's user pools. Throws `InvalidInput`, naming the input, for an invalid value. What inputs/ refuses is not checked again. */
export function readPools(graph: Graph): PoolSettings[] {
  const clients = ofType(graph, "aws:cognito/userPoolClient:UserPoolClient");
  const groups = ofType(graph, "aws:cognito/userGroup:UserGroup");
  return ofType(graph, "aws:cognito/userPool:UserPool").map((pool) => ({
    ...readPool(pool),
    clients: new Map(
      clients
        .filter((client) => client.inputs.userPoolId === pool.id)
        .map((client) => [client.id, readClient(client)]),
    ),
    groups: new Map(groups.filter((group) => group.inputs.userPoolId === pool.id).map(readGroup)),
  }));
}

function readPool(pool: UserPool): Omit<PoolSettings, "clients" | "groups"> {
  const { id, inputs, outputs } = pool;
  const shortName = id.split("_")[1];
  if (!shortName) {
    refuse(pool, "id", `is "${id}"; the id of a user pool is <region>_<name>`);
  }
  const schema = inputs.schemas ?? [];
  return {
    id,
    arn: outputs.arn,
    shortName,
    issuer: `https://${outputs.endpoint}`,
    passwordPolicy: readPasswordPolicy(inputs.passwordPolicy),
    temporaryPasswordDays: inputs.passwordPolicy?.temporaryPasswordValidityDays ?? 7,
    usernameAttributes: inputs.usernameAttributes ?? [],
    aliasAttributes: inputs.aliasAttributes ?? [],
    // The default of the API. The console's default is the opposite.
    caseSensitive: inputs.usernameConfiguration?.caseSensitive ?? true,
    autoVerifiedAttributes: inputs.autoVerifiedAttributes ?? [],
    selfSignUp: inputs.adminCreateUserConfig?.allowAdminCreateUserOnly !== true,
    preSignUp: inputs.lambdaConfig?.preSignUp,
    mfa: (inputs.mfaConfiguration ?? "OFF") as PoolSettings["mfa"],
    softwareTokens: inputs.softwareTokenMfaConfiguration?.enabled === true,
    requiredAttributes: schema.filter((entry) => entry.required === true).map((entry) => entry.name),
    customAttributes: schema.map(customNameOf),
    // The Pulumi provider sends `mutable: false` for an entry without it.
    immutableAttributes: schema.filter(({ mutable }) => mutable !== true).flatMap(namesOf),
    constraints: new Map(schema.flatMap(readConstraints)),
    recovery: readRecovery(inputs.accountRecoverySetting),
  };
}

/** AWS's default prefers text messages. */
function readRecovery(setting: UserPool["inputs"]["accountRecoverySetting"]): string[] {
  const mechanisms = [...(setting?.recoveryMechanisms ?? [])].sort(
    (one, other) => one.priority - other.priority,
  );
  if (mechanisms.length === 0) {
    return ["phone_number", "email"];
  }
  return mechanisms.flatMap(({ name }) => (name === "admin_only" ? [] : [name.replace(/^verified_/, "")]));
}

/** Without a policy AWS requires all four kinds of character. With one it requires those that the policy names. */
function readPasswordPolicy(policy: UserPool["inputs"]["passwordPolicy"]): PasswordPolicy {
  const absent = policy === undefined;
  return {
    minimumLength: policy?.minimumLength ?? 8,
    requireUppercase: policy?.requireUppercase ?? absent,
    requireLowercase: policy?.requireLowercase ?? absent,
    requireNumbers: policy?.requireNumbers ?? absent,
    requireSymbols: policy?.requireSymbols ?? absent,
  };
}

function readGroup({ inputs, outputs: { name } }: UserGroup): [string, GroupSettings] {
  const { description, precedence, roleArn } = inputs;
  return [name, { name, description, precedence, roleArn }];
}
