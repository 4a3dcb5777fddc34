import type { ResourceOf } from "../../base/graph.ts";
import { refuse } from "../../base/refusal.ts";
import type { ClientSettings } from "./settings.ts";
import { refuseUnsupported, type Unsupported } from "./unsupported-inputs.ts";

type UserPoolClient = ResourceOf<"aws:cognito/userPoolClient:UserPoolClient">;

/** Throws `InvalidInput`, naming the input, for what is not supported here and for what AWS refuses. */
export function readClient(client: UserPoolClient): ClientSettings {
  const { id, inputs, outputs } = client;
  refuseUnsupported(client, unsupported);
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
      access: readValidity(client, validities.access),
      id: readValidity(client, validities.id),
      refresh: readValidity(client, validities.refresh),
    },
    challengeValidity: (inputs.authSessionValidity ?? 3) * 60,
  };
}

const unsupported: Unsupported<UserPoolClient["inputs"]> = {
  readAttributes: ({ readAttributes }) => readAttributes && "is not supported locally",
  writeAttributes: ({ writeAttributes }) => writeAttributes && "is not supported locally",
  enablePropagateAdditionalUserContextData: ({ enablePropagateAdditionalUserContextData: enabled }) =>
    enabled && "is not supported locally",
  authSessionValidity: ({ authSessionValidity: minutes = 3 }) =>
    (minutes < 3 || minutes > 15) && `is ${minutes}; AWS takes 3 to 15`,
  explicitAuthFlows: ({ explicitAuthFlows: flows }) => {
    const other = flows?.find((flow) => !supportedFlows.has(flow));
    return other !== undefined && `${other} is not supported locally`;
  },
  "refreshTokenRotation.retryGracePeriodSeconds": ({
    refreshTokenRotation: { retryGracePeriodSeconds: seconds = 0 } = { feature: "" },
  }) => (seconds < 0 || seconds > 60) && `is ${seconds}; AWS takes 0 to 60`,
};

/** A client may allow ALLOW_CUSTOM_AUTH and ALLOW_USER_AUTH with other flows. A request that starts them is refused. */
const supportedFlows = new Set([
  "ALLOW_USER_SRP_AUTH",
  "ALLOW_USER_PASSWORD_AUTH",
  "ALLOW_REFRESH_TOKEN_AUTH",
  "ALLOW_CUSTOM_AUTH",
  "ALLOW_USER_AUTH",
  "ALLOW_ADMIN_USER_PASSWORD_AUTH",
]);

/** How long a token is valid: the input, its unit and AWS's default and bounds, in seconds. */
interface Validity {
  readonly input: "accessTokenValidity" | "idTokenValidity" | "refreshTokenValidity";
  readonly unit: "accessToken" | "idToken" | "refreshToken";
  readonly defaultUnit: string;
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

const hour = 3600;
const day = 24 * hour;
const secondsOf = new Map([
  ["seconds", 1],
  ["minutes", 60],
  ["hours", hour],
  ["days", day],
]);

const shortLived = { defaultUnit: "hours", fallback: hour, min: 300, max: day };
const validities = {
  access: { input: "accessTokenValidity", unit: "accessToken", ...shortLived },
  id: { input: "idTokenValidity", unit: "idToken", ...shortLived },
  refresh: {
    input: "refreshTokenValidity",
    unit: "refreshToken",
    defaultUnit: "days",
    fallback: 30 * day,
    min: hour,
    max: 3650 * day,
  },
} satisfies Record<string, Validity>;

function readValidity(client: UserPoolClient, validity: Validity): number {
  const { input, unit, defaultUnit, fallback, min, max } = validity;
  const name = client.inputs.tokenValidityUnits?.[unit] ?? defaultUnit;
  const factor = secondsOf.get(name);
  if (factor === undefined) {
    refuse(
      client,
      `tokenValidityUnits.${unit}`,
      `is "${name}"; AWS takes ${[...secondsOf.keys()].join(", ")}`,
    );
  }
  const value = client.inputs[input];
  const seconds = value === undefined ? fallback : value * factor;
  if (seconds < min || seconds > max) {
    refuse(client, input, `is ${seconds} seconds; AWS takes ${min} to ${max}`);
  }
  return seconds;
}
