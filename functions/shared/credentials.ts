import { fromEnv } from "@aws-sdk/credential-provider-env";

/**
 * Lambda provides the role's credentials in the environment. So the bundles contain this instead of
 * `@aws-sdk/credential-provider-node`, whose other sources (SSO, INI files, processes) have a size of 90 KB.
 */
export const defaultProvider = (): ReturnType<typeof fromEnv> => fromEnv();
