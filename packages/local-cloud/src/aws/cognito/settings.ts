import { type Graph, ofType, type ResourceOf } from "../../base/graph.ts";

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
  /** What cannot be changed once it has a value. */
  readonly immutableAttributes: readonly string[];
  /** By attribute: what is wrong with a value. */
  readonly constraints: ReadonlyMap<string, (value: string) => string | undefined>;
  /** Attributes that a forgotten password's code may go to, best first; none if only administrators reset. */
  readonly recovery: readonly string[];
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
  if (!shortName) {
    throw new Error(`${urn}: "${id}" is no user pool id: expected <region>_<name>`);
  }
  refuse(urn, notRunByPool, inputs);
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
    // The provider sends "not mutable" for what does not say so.
    immutableAttributes: schema.filter(({ mutable }) => mutable !== true).flatMap(namesOf),
    constraints: new Map(schema.flatMap(readConstraint)),
    recovery: readRecovery(inputs.accountRecoverySetting),
  };
}

/** What a pool or a client may ask for and would not get here: the reason by input. */
type NotRun<Inputs> = {
  readonly [Name in keyof Inputs]?: (value: NonNullable<Inputs[Name]>) => string | false;
};

function refuse<Inputs extends object>(urn: string, notRun: NotRun<Inputs>, inputs: Inputs): void {
  for (const name of Object.keys(notRun) as (keyof Inputs & string)[]) {
    const value = inputs[name];
    const reason = value === undefined || value === null ? false : notRun[name]?.(value);
    if (reason) {
      throw new Error(`${urn}: ${name} ${reason}`);
    }
  }
}

const notRunByPool: NotRun<UserPool["inputs"]> = {
  lambdaConfig: () => "(triggers) is not supported locally",
  mfaConfiguration: (value) => value === "ON" && "ON is not supported locally",
  deviceConfiguration: () => "is not supported locally",
  schemas: (schemas) =>
    schemas.some(({ developerOnlyAttribute }) => developerOnlyAttribute) &&
    "with developerOnlyAttribute is not supported locally",
  userPoolAddOns: ({ advancedSecurityMode: mode }) =>
    mode !== "OFF" && `.advancedSecurityMode ${mode} is not supported locally`,
  signInPolicy: ({ allowedFirstAuthFactors: factors = [] }) =>
    factors.some((factor) => factor !== "PASSWORD") &&
    "with factors besides PASSWORD is not supported locally",
  passwordPolicy: ({ passwordHistorySize: size = 0, minimumLength = 8 }) =>
    size > 0
      ? ".passwordHistorySize is not supported locally"
      : (minimumLength < 6 || minimumLength > 99) && ".minimumLength must be from 6 to 99",
};

const range = (least: number, most: number) => (value: number) =>
  (value < least || value > most) && `must be from ${least} to ${most}`;

const notRunByClient: NotRun<UserPoolClient["inputs"]> = {
  readAttributes: () => "is not supported locally",
  writeAttributes: () => "is not supported locally",
  enablePropagateAdditionalUserContextData: (value) => value && "is not supported locally",
  authSessionValidity: range(3, 15),
  explicitAuthFlows: (flows) => {
    const other = flows.find((flow) => !runFlows.has(flow));
    return other !== undefined && `${other} is not supported locally`;
  },
  refreshTokenRotation: ({ retryGracePeriodSeconds: seconds = 0 }) =>
    (seconds < 0 || seconds > 60) && ".retryGracePeriodSeconds must be from 0 to 60",
};

/** ALLOW_CUSTOM_AUTH and ALLOW_USER_AUTH may be allowed along with others; starting them is refused by name. */
const runFlows = new Set([
  "ALLOW_USER_SRP_AUTH",
  "ALLOW_USER_PASSWORD_AUTH",
  "ALLOW_REFRESH_TOKEN_AUTH",
  "ALLOW_CUSTOM_AUTH",
  "ALLOW_USER_AUTH",
  "ALLOW_ADMIN_USER_PASSWORD_AUTH",
]);

/** Without a setting AWS prefers text messages. */
function readRecovery(setting: UserPool["inputs"]["accountRecoverySetting"]): string[] {
  const mechanisms = [...(setting?.recoveryMechanisms ?? [])].sort(
    (one, other) => one.priority - other.priority,
  );
  if (mechanisms.length === 0) {
    return ["phone_number", "email"];
  }
  return mechanisms.flatMap(({ name }) => (name === "admin_only" ? [] : [name.replace(/^verified_/, "")]));
}

type Attribute = NonNullable<UserPool["inputs"]["schemas"]>[number];

function readConstraint(entry: Attribute): [string, (value: string) => string | undefined][] {
  const {
    attributeDataType: type,
    stringAttributeConstraints: text,
    numberAttributeConstraints: number,
  } = entry;
  const check = (value: string): string | undefined => {
    if (type === "Boolean") {
      return /^(true|false)$/.test(value) ? undefined : "The value must be true or false.";
    }
    if (type === "Number") {
      if (!/^-?\d+(\.\d+)?$/.test(value)) {
        return "The value must be a number.";
      }
      if (Number(value) < Number(number?.minValue ?? -Infinity)) {
        return `Number must be at least ${number?.minValue}`;
      }
      if (Number(value) > Number(number?.maxValue ?? Infinity)) {
        return `Number must be at most ${number?.maxValue}`;
      }
      return undefined;
    }
    if (value.length < Number(text?.minLength ?? 0)) {
      return `String must be longer than ${text?.minLength} characters`;
    }
    if (value.length > Number(text?.maxLength ?? 2048)) {
      return `String must be no longer than ${text?.maxLength} characters`;
    }
    return undefined;
  };
  return namesOf(entry).map((name) => [name, check]);
}

/** An entry is of a standard attribute or of one of the pool's own: the name tells. */
const namesOf = ({ name }: Attribute): string[] => [name, `custom:${name.replace(/^custom:/, "")}`];

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
  refuse(urn, notRunByClient, inputs);
  const units = inputs.tokenValidityUnits;
  const span = (value: number | undefined, unit: string, fallback: number): number => {
    const factor = second[unit];
    if (factor === undefined) {
      throw new Error(`${urn}: unknown token validity unit "${unit}"`);
    }
    return value === undefined ? fallback : value * factor;
  };
  const within = (name: string, seconds: number, least: number, most: number): number => {
    if (seconds >= least && seconds <= most) {
      return seconds;
    }
    throw new Error(`${urn}: ${name} is ${seconds} seconds; AWS takes ${least} to ${most}`);
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
      access: within(
        "accessTokenValidity",
        span(inputs.accessTokenValidity, units?.accessToken ?? "hours", 3600),
        300,
        86_400,
      ),
      id: within(
        "idTokenValidity",
        span(inputs.idTokenValidity, units?.idToken ?? "hours", 3600),
        300,
        86_400,
      ),
      refresh: within(
        "refreshTokenValidity",
        span(inputs.refreshTokenValidity, units?.refreshToken ?? "days", 30 * 86_400),
        3600,
        3650 * 86_400,
      ),
    },
    challengeValidity: (inputs.authSessionValidity ?? 3) * 60,
  };
}

function readGroup({ inputs, outputs: { name } }: UserGroup): [string, GroupSettings] {
  const { description, precedence, roleArn } = inputs;
  return [name, { name, description, precedence, roleArn }];
}
