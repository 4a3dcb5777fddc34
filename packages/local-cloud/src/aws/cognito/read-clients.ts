import type { ResourceOf } from "../../base/graph.ts";
import { refuse } from "../../base/refusal.ts";
import type { ClientSettings } from "./settings.ts";

type UserPoolClient = ResourceOf<"aws:cognito/userPoolClient:UserPoolClient">;

/** Throws `InvalidInput`, naming the input, for what AWS refuses. What inputs/ refuses is not checked again. */
export function readClient(client: UserPoolClient): ClientSettings {
  const { id, inputs, outputs } = client;
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
