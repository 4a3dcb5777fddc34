import { type Graph, ofType } from "../../base/graph.ts";
import { type DeclaredCache, readCache } from "../caching/declared.ts";
import { refuse } from "../../base/refusal.ts";
import { type Api, partsOf, refuseStrays } from "./parts.ts";
import { type Keys, type Providers, readKeys, readProviders } from "./providers.ts";
import { type DeclaredResolver, readResolvers } from "./resolvers.ts";
import { type DeclaredSource, readSources } from "./sources.ts";

/** One GraphQL API of the program, as it is declared. Nothing of it runs yet. */
export interface DeclaredApi {
  readonly apiId: string;
  readonly arn: string;
  readonly type: Api["type"];
  /** The name of the resource in the program. */
  readonly name: string;
  /** Where it answers at the front door. */
  readonly path: string;
  readonly schema: string;
  readonly providers: Providers;
  readonly keys: Keys;
  readonly introspection: boolean;
  /** What of the console's output AWS writes to its log. */
  readonly logsConsole: ConsoleLevel;
  /** 0: no limit. */
  readonly queryDepthLimit: number;
  readonly resolverCountLimit: number;
  readonly cache: DeclaredCache | undefined;
  readonly dataSources: readonly DeclaredSource[];
  readonly resolvers: readonly DeclaredResolver[];
}

/** `ERROR` is `console.error`. `INFO` adds `console.log`, and `DEBUG` `console.debug`. */
export type ConsoleLevel = "NONE" | "ERROR" | "INFO" | "DEBUG";

/** Reads the graph at the time `now`. Throws `InvalidInput` with the resource and the input that is refused. */
export function readDeclaredApis(graph: Graph, now: number): DeclaredApi[] {
  const apis = ofType(graph, "aws:appsync/graphQLApi:GraphQLApi");
  refuseStrays(graph, apis);
  return apis.map((api) => readDeclaredApi(graph, api, now));
}

function readDeclaredApi(graph: Graph, api: Api, now: number): DeclaredApi {
  if (api.inputs.apiType === "MERGED") {
    refuse(api, "apiType", "is MERGED, which does not run here");
  }
  const parts = partsOf(graph, api);
  const keys = readKeys(parts, now);
  const dataSources = readSources(parts);
  return {
    apiId: api.id,
    arn: api.outputs.arn,
    type: api.type,
    name: api.name,
    path: new URL(api.outputs.uris.GRAPHQL).pathname,
    schema: api.inputs.schema ?? "",
    providers: readProviders(api, keys),
    keys,
    introspection: api.inputs.introspectionConfig !== "DISABLED",
    logsConsole: consoleLevel(api.inputs.logConfig?.fieldLogLevel),
    queryDepthLimit: api.inputs.queryDepthLimit ?? 0,
    resolverCountLimit: api.inputs.resolverCountLimit || 10_000,
    cache: readCache(parts),
    dataSources,
    resolvers: readResolvers(parts, dataSources),
  };
}

/** Without a log configuration AWS writes nothing. https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html */
function consoleLevel(fieldLogLevel = "NONE"): ConsoleLevel {
  if (fieldLogLevel === "ALL" || fieldLogLevel === "DEBUG") {
    return "DEBUG";
  }
  return fieldLogLevel === "INFO" || fieldLogLevel === "ERROR" ? fieldLogLevel : "NONE";
}
