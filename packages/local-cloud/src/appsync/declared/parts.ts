import { type Graph, ofType, type ResourceOf } from "../../base/graph.ts";
import { refuseAsAws } from "../unsupported.ts";

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

/** What belongs to no API of the program would fail when it is made. */
export function refuseStrays(graph: Graph, apis: readonly Api[]): void {
  const known = new Set(apis.map(({ id }) => id));
  for (const part of partTypes.flatMap((type) => ofType<(typeof partTypes)[number]>(graph, type))) {
    const { apiId } = part.inputs;
    refuseAsAws(part, !known.has(apiId), `the apiId ${apiId}: no GraphQLApi of the program has it`);
  }
}
