import type { ModelsOf, Naming, Place } from "./model.ts";

// AppSync allows no hyphens, so Pulumi's provider adds its suffix with an underscore. It keeps hyphens of the logical
// name, and AWS then refuses the name.
const identifier: Naming = {
  property: "name",
  maxLength: 65_536,
  pattern: /^[_A-Za-z][_0-9A-Za-z]*$/,
  separator: "_",
};

export const appsync: ModelsOf<"appsync"> = {
  "aws:appsync/apiCache:ApiCache": { compute: ({ apiId }) => ({ id: apiId }) },
  "aws:appsync/apiKey:ApiKey": {
    compute: ({ apiId }, at) => {
      const key = `da2-${at.hex(26)}`;
      return { id: `${apiId}:${key}`, apiKeyId: key, key };
    },
  },
  "aws:appsync/dataSource:DataSource": {
    named: identifier,
    compute: ({ apiId }, at) => ({
      id: `${apiId}-${at.name}`,
      name: at.name,
      arn: at.arn("appsync", `apis/${apiId}/datasources/${at.name}`),
    }),
  },
  "aws:appsync/function:Function": {
    named: identifier,
    compute: ({ apiId }, at) => {
      const functionId = at.hex(26);
      const arn = at.arn("appsync", `apis/${apiId}/functions/${functionId}`);
      return { id: `${apiId}-${functionId}`, name: at.name, functionId, arn };
    },
  },
  "aws:appsync/graphQLApi:GraphQLApi": {
    named: { property: "name", maxLength: 65_536 },
    compute: (_inputs, at) => {
      const id = at.hex(26);
      return { id, name: at.name, arn: at.arn("appsync", `apis/${id}`), uris: urisOf(id, at) };
    },
  },
  "aws:appsync/resolver:Resolver": {
    compute: ({ apiId, type, field }, at) => ({
      id: `${apiId}-${type}-${field}`,
      arn: at.arn("appsync", `apis/${apiId}/types/${type}/resolvers/${field}`),
    }),
  },
};

function urisOf(id: string, { region, endpoints }: Place): { GRAPHQL: string; REALTIME: string } {
  const host = (kind: string) => `${id}.${kind}.${region}.amazonaws.com/graphql`;
  if (!endpoints) {
    return { GRAPHQL: `https://${host("appsync-api")}`, REALTIME: `wss://${host("appsync-realtime-api")}` };
  }
  const url = endpoints.base + endpoints.apiPath(id);
  return { GRAPHQL: url, REALTIME: `${url.replace("http", "ws")}/realtime` };
}
