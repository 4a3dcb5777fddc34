import { type Graph, ofType, type ResourceOf } from "../../base/graph.ts";
import { refuse } from "../../base/refusal.ts";

export type Api = ResourceOf<"aws:appsync/graphQLApi:GraphQLApi">;

/** The types of resource that belong to an API by their `apiId`. */
const partTypes = [
  "aws:appsync/apiCache:ApiCache",
  "aws:appsync/apiKey:ApiKey",
  "aws:appsync/dataSource:DataSource",
  "aws:appsync/function:Function",
  "aws:appsync/resolver:Resolver",
] as const;

/** All resources of one type that belong to one API. */
export type PartsOf = <Type extends (typeof partTypes)[number]>(type: Type) => ResourceOf<Type>[];

export const partsOf =
  (graph: Graph, api: Api): PartsOf =>
  (type) =>
    ofType(graph, type).filter(({ inputs }) => inputs.apiId === api.id);

/** AWS does not create a part of an API that does not exist. */
export function refuseStrays(graph: Graph, apis: readonly Api[]): void {
  const known = new Set(apis.map(({ id }) => id));
  for (const part of partTypes.flatMap((type) => ofType<(typeof partTypes)[number]>(graph, type))) {
    const { apiId } = part.inputs;
    if (!known.has(apiId)) {
      refuse(part, "apiId", `is ${apiId}, and no GraphQLApi of the program has this id`);
    }
  }
}
