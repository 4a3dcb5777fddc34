import { fromEnv } from "@aws-sdk/credential-provider-env";

/**
 * Lambda hands a function its role's credentials in the environment, so the bundles hold this in place of
 * `@aws-sdk/credential-provider-node`, whose other sources (SSO, INI files, processes) weigh 90 KB.
 */
export const defaultProvider = (): ReturnType<typeof fromEnv> => fromEnv();
