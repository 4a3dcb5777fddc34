import { refuse } from "../../base/refusal.ts";
import type { Api, PartsOf } from "./parts.ts";

export type Mode = "AMAZON_COGNITO_USER_POOLS" | "AWS_IAM" | "API_KEY" | "AWS_LAMBDA" | "OPENID_CONNECT";

/** The settings of one authorization mode of an API. */
export type Provider =
  | {
      readonly mode: "AMAZON_COGNITO_USER_POOLS";
      readonly userPoolId: string;
      readonly appIdClientRegex: string | undefined;
      readonly defaultAction: "ALLOW" | "DENY";
    }
  | { readonly mode: "AWS_IAM" }
  | {
      readonly mode: "API_KEY";
      /** `expiresAt` in milliseconds since the epoch. */
      readonly keys: readonly { readonly key: string; readonly expiresAt: number }[];
    }
  | {
      readonly mode: "AWS_LAMBDA";
      readonly functionArn: string;
      /** Seconds that an answer is cached, unless the answer sets them. */
      readonly ttl: number;
      /** A Java pattern that tokens must match. */
      readonly identityValidationExpression: string | undefined;
    };

/** The first is the default mode. */
export type Providers = readonly [Provider, ...Provider[]];

export function readProviders(api: Api, keys: Keys): Providers {
  const { additionalAuthenticationProviders: more = [], ...standard } = api.inputs;
  const authorizers = [standard, ...more].filter(
    ({ authenticationType }) => authenticationType === "AWS_LAMBDA",
  );
  if (authorizers.length > 1) {
    refuse(api, "additionalAuthenticationProviders", "has a second Lambda authorizer; AWS takes one");
  }
  for (const { userPoolConfig } of more) {
    if (userPoolConfig !== undefined && "defaultAction" in userPoolConfig && userPoolConfig.defaultAction) {
      refuse(
        api,
        "additionalAuthenticationProviders",
        "sets the defaultAction of a user pool; AWS takes it only for the default provider",
      );
    }
  }
  return [readProvider(api, standard, keys), ...more.map((provider) => readProvider(api, provider, keys))];
}

interface ProviderInputs {
  readonly authenticationType: string;
  readonly userPoolConfig?:
    | { userPoolId: string; appIdClientRegex?: string | undefined; defaultAction?: string | undefined }
    | undefined;
  readonly lambdaAuthorizerConfig?:
    | {
        authorizerUri: string;
        authorizerResultTtlInSeconds?: number | undefined;
        identityValidationExpression?: string | undefined;
      }
    | undefined;
}

function readProvider(api: Api, inputs: ProviderInputs, keys: Keys): Provider {
  const { authenticationType: mode, userPoolConfig: pool, lambdaAuthorizerConfig: authorizer } = inputs;
  if (mode === "AWS_IAM") {
    return { mode };
  }
  if (mode === "API_KEY") {
    return { mode, keys };
  }
  if (mode === "AMAZON_COGNITO_USER_POOLS" && pool) {
    return {
      mode,
      userPoolId: pool.userPoolId,
      appIdClientRegex: pool.appIdClientRegex,
      defaultAction: pool.defaultAction === "DENY" ? "DENY" : "ALLOW",
    };
  }
  if (mode === "AWS_LAMBDA" && authorizer) {
    // The default of the provider, which sends it.
    const {
      authorizerUri,
      authorizerResultTtlInSeconds: ttl = 300,
      identityValidationExpression,
    } = authorizer;
    if (!(ttl >= 0 && ttl <= 3_600)) {
      refuse(api, "authorizerResultTtlInSeconds", `is ${ttl}; AWS takes 0 to 3600`);
    }
    return { mode, functionArn: authorizerUri, ttl, identityValidationExpression };
  }
  const settings = settingsOf[mode];
  refuse(
    api,
    "authenticationType",
    settings ? `is ${mode} without ${settings}` : `is ${mode}, which does not run here`,
  );
}

const settingsOf: Readonly<Record<string, string>> = {
  AMAZON_COGNITO_USER_POOLS: "userPoolConfig",
  AWS_LAMBDA: "lambdaAuthorizerConfig",
};

export type Keys = Extract<Provider, { mode: "API_KEY" }>["keys"];

const day = 86_400_000;

/** AWS rounds down to the hour. Keys are created at each start here: one without a date is valid for 7 days from now. */
export function readKeys(parts: PartsOf, now: number): Keys {
  return parts("aws:appsync/apiKey:ApiKey").map((key) => {
    const { expires } = key.inputs;
    const wanted = expires === undefined ? now + 7 * day : Date.parse(expires);
    const isWithin = wanted >= now + day && wanted <= now + 365 * day;
    if (!isWithin) {
      refuse(key, "expires", `is ${expires ?? ""}; AWS takes 1 to 365 days from the creation of a key`);
    }
    return { key: key.outputs.key, expiresAt: wanted - (wanted % 3_600_000) };
  });
}
