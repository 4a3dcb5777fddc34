import type { Ready } from "../../packages/local-cloud/src/cloud.ts";

/** The configuration of an AWS client with all permissions. */
export function administrator({ endpointUrl, region, roles }: Ready) {
  const credentials = roles["administrator"];
  if (!credentials) {
    throw new Error("The cloud has no administrator");
  }
  return { endpoint: endpointUrl, region, credentials };
}
