import { ofType } from "../../graph.ts";
import type { Graph, ResourceOf } from "../../graph.ts";

/** One user pool as the program declared it, with AWS's defaults filled in. */
export interface PoolSettings {
  readonly id: string;
  readonly arn: string;
  /** What follows the underscore in the id; part of every SRP hash. */
  readonly shortName: string;
  readonly issuer: string;
  readonly passwordPolicy: PasswordPolicy;
  readonly temporaryPasswordDays: number;
  /** Users sign in with these instead of a name of their choice; their name is then their `sub`. */
  readonly usernameAttributes: readonly string[];
  /** Users may sign in with these as well, once verified. */
  readonly aliasAttributes: readonly string[];
  readonly caseSensitive: boolean;
  readonly autoVerifiedAttributes: readonly string[];
  readonly selfSignUp: boolean;
  readonly requiredAttributes: readonly string[];
  readonly customAttributes: readonly string[];
  readonly clients: ReadonlyMap<string, ClientSettings>;
  readonly groups: ReadonlyMap<string, GroupSettings>;
}

export interface PasswordPolicy {
  readonly minimumLength: number;
  readonly requireUppercase: boolean;
  readonly requireLowercase: boolean;
  readonly requireNumbers: boolean;
  readonly requireSymbols: boolean;
}

export interface ClientSettings {
  readonly id: string;
  readonly secret: string | undefined;
  readonly authFlows: ReadonlySet<string>;
  readonly preventUserExistenceErrors: boolean;
  readonly tokenRevocation: boolean;
  /** Seconds for which a rotated refresh token still works; undefined without rotation. */
  readonly rotationGrace: number | undefined;
  /** Seconds. */
  readonly validity: { readonly access: number; readonly id: number; readonly refresh: number };
  /** Seconds in which a challenge must be answered. */
  readonly challengeValidity: number;
}

export interface GroupSettings {
  readonly name: string;
  readonly description: string | undefined;
  readonly precedence: number | undefined;
  readonly roleArn: string | undefined;
}

/** Throws for what the local pool cannot honour, by name. */
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

type UserPool = ResourceOf<"aws:cognito/userPool:UserPool">;
type UserPoolClient = ResourceOf<"aws:cognito/userPoolClient:UserPoolClient">;
type UserGroup = ResourceOf<"aws:cognito/userGroup:UserGroup">;

function readPool({ id, urn, inputs, outputs }: UserPool): Omit<PoolSettings, "clients" | "groups"> {
  const shortName = id.split("_")[1];
  if (!shortName) throw new Error(`${urn}: "${id}" is no user pool id: expected <region>_<name>`);
  if (inputs.lambdaConfig) throw new Error(`${urn}: lambdaConfig (triggers) is not supported locally`);
  if (inputs.mfaConfiguration === "ON")
    throw new Error(`${urn}: mfaConfiguration ON is not supported locally`);
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
    // Pools made through the API are case sensitive unless they say otherwise.
    caseSensitive: inputs.usernameConfiguration?.caseSensitive ?? true,
    autoVerifiedAttributes: inputs.autoVerifiedAttributes ?? [],
    selfSignUp: inputs.adminCreateUserConfig?.allowAdminCreateUserOnly !== true,
    requiredAttributes: schema.filter((entry) => entry.required === true).map((entry) => entry.name),
    customAttributes: schema.map((entry) => `custom:${entry.name.replace(/^custom:/, "")}`),
  };
}

/** Without a policy AWS asks for all four kinds of character; with one, only for those it names. */
function readPasswordPolicy(policy: UserPool["inputs"]["passwordPolicy"]): PasswordPolicy {
  const asked = policy === undefined;
  return {
    minimumLength: policy?.minimumLength ?? 8,
    requireUppercase: policy?.requireUppercase ?? asked,
    requireLowercase: policy?.requireLowercase ?? asked,
    requireNumbers: policy?.requireNumbers ?? asked,
    requireSymbols: policy?.requireSymbols ?? asked,
  };
}

const second: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

function readClient({ id, urn, inputs, outputs }: UserPoolClient): ClientSettings {
  const units = inputs.tokenValidityUnits;
  const span = (value: number | undefined, unit: string, fallback: number): number => {
    const factor = second[unit];
    if (factor === undefined) throw new Error(`${urn}: unknown token validity unit "${unit}"`);
    return value === undefined ? fallback : value * factor;
  };
  return {
    id,
    secret: outputs.clientSecret,
    authFlows: new Set(inputs.explicitAuthFlows ?? ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]),
    preventUserExistenceErrors: inputs.preventUserExistenceErrors === "ENABLED",
    tokenRevocation: inputs.enableTokenRevocation ?? true,
    rotationGrace:
      inputs.refreshTokenRotation?.feature === "ENABLED"
        ? (inputs.refreshTokenRotation.retryGracePeriodSeconds ?? 0)
        : undefined,
    validity: {
      access: span(inputs.accessTokenValidity, units?.accessToken ?? "hours", 3600),
      id: span(inputs.idTokenValidity, units?.idToken ?? "hours", 3600),
      refresh: span(inputs.refreshTokenValidity, units?.refreshToken ?? "days", 30 * 86_400),
    },
    challengeValidity: (inputs.authSessionValidity ?? 3) * 60,
  };
}

function readGroup({ inputs, outputs: { name } }: UserGroup): [string, GroupSettings] {
  const { description, precedence, roleArn } = inputs;
  return [name, { name, description, precedence, roleArn }];
}
