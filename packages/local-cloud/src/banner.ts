import type { Cloud } from "./cloud.ts";
import { idleInputs } from "./inputs/index.ts";
import type { Ready } from "./ready.ts";

/** The addresses and credentials of a running cloud, for a person. */
export function banner(
  { ready, graph, declaredOnly, consoleUrl }: Cloud,
  stack: string,
  milliseconds: number,
): string {
  const idle = [...idleInputs(graph).keys()].sort();
  return [
    "",
    `${graph.project} runs the stack ${stack} on this machine, ready in ${(milliseconds / 1000).toFixed(1)} s`,
    ...ready.sites.map(({ name, url }) => line("Site", `${url}   (${name})`)),
    ...apis(ready),
    line("AWS APIs", `AWS_ENDPOINT_URL=${ready.endpointUrl}   region ${ready.region}`),
    ...(consoleUrl === undefined ? [] : [line("Console", consoleUrl)]),
    ...userPools(ready),
    ...ready.buckets.map((name) => line("Bucket", name)),
    ...ready.users.map((user) => line(user.username, secretsOf(user))),
    ...(declaredOnly.length === 0
      ? []
      : [`  Declared, without effect here: ${declaredOnly.length} resources (${kinds(declaredOnly)})`]),
    ...(idle.length === 0 ? [] : [`  Inputs without effect here: ${idle.join(", ")}`]),
    "Ctrl-C stops it.",
    "",
  ].join("\n");
}

const secretsOf = ({ password, groups, totpSecret }: Ready["users"][number]): string =>
  [
    password,
    ...(groups.length > 0 ? [`(${groups.join(", ")})`] : []),
    ...(totpSecret === undefined ? [] : [`TOTP ${totpSecret}`]),
  ].join("   ");

const line = (label: string, text: string): string => `  ${label.padEnd(11)} ${text}`;

/** Each API with its keys below it. Several APIs are shown by name. */
function apis({ apis, caFile }: Ready): string[] {
  return apis.flatMap(({ name, graphqlUrl, graphqlTlsUrl, realtimeUrl, apiKeys }) => [
    ...(apis.length > 1 ? [line("API", name)] : []),
    line("GraphQL", `${graphqlUrl}   (TLS: ${graphqlTlsUrl}, CA: ${caFile})`),
    line("Real time", realtimeUrl),
    ...apiKeys.map((key) => line("API key", key)),
  ]);
}

function userPools({ userPools, mailFile }: Ready): string[] {
  if (userPools.length === 0) {
    return [];
  }
  return [
    ...userPools.map(({ id, clientIds }) =>
      line("User pool", [id, ...clientIds.map((client) => `client ${client}`)].join(", ")),
    ),
    line("Mail", `npm run mail -- --file ${mailFile}   (codes and temporary passwords)`),
  ];
}

const kinds = (resources: readonly string[]): string =>
  [...new Set(resources.map((resource) => resource.split(" ")[0]?.split(":").at(-1)))].sort().join(", ");
