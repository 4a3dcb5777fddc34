import { failRest, sendRest, unknownRequest } from "../aws/gateway/rest.ts";
import { deniedAs } from "../aws/iam/denied.ts";
import type { Iam } from "../aws/iam/index.ts";
import { type Graph, ofType } from "../base/graph.ts";
import type { Service } from "../base/service.ts";

interface Options {
  readonly graph: Graph;
  readonly iam: Pick<Iam, "authorize">;
  readonly region: string;
  readonly accountId: string;
}

export const appsyncOperations = ["ListGraphqlApis"] as const;

/**
 * The control plane of AppSync: a list of the declared APIs, in one page.
 * https://docs.aws.amazon.com/appsync/latest/APIReference/API_ListGraphqlApis.html
 */
export function createAppSyncReads({ graph, iam, region, accountId }: Options): Service {
  return {
    scopes: ["appsync"],
    handle(call) {
      const { request, response, url, principal } = call;
      if (url.pathname !== "/v1/apis" || request.method !== "GET") {
        throw unknownRequest(call);
      }
      const resource = `arn:aws:appsync:${region}:${accountId}:/v1/apis`;
      deniedAs("AccessDeniedException", 403, () =>
        iam.authorize({ principal, action: "appsync:ListGraphqlApis", resource }),
      );
      const apis = ofType(graph, "aws:appsync/graphQLApi:GraphQLApi");
      sendRest(response, {
        graphqlApis: apis.map(({ id, inputs, outputs: { name, arn, uris } }) => ({
          ...{ apiId: id, name, arn, uris, authenticationType: inputs.authenticationType },
          ...{ apiType: "GRAPHQL", xrayEnabled: inputs.xrayEnabled ?? false },
        })),
      });
      return Promise.resolve();
    },
    fail: (response, error) => failRest(response, error),
  };
}
