import { type Graph, ofType, type ResourceOf } from "../graph.ts";
import { type DeclaredCache, type DeclaredCaching, readCache, readCaching } from "./caching/declared.ts";
import { UnsupportedDeclaration, refuse, refuseAsAws } from "./unsupported.ts";

/** The one GraphQL API of the program: what was declared, told apart by meaning, nothing run yet. */
export interface DeclaredApi {
  readonly apiId: string;
  readonly arn: string;
  readonly schema: string;
  /** The first is the default mode. */
  readonly providers: readonly [Provider, ...Provider[]];
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

/** `INFO` has `console.log` and `console.error`, `DEBUG` all three. */
export type ConsoleLevel = "NONE" | "INFO" | "DEBUG";

export type Mode = "AMAZON_COGNITO_USER_POOLS" | "AWS_IAM" | "API_KEY" | "AWS_LAMBDA" | "OPENID_CONNECT";

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
      /** Seconds that an answer is good for, unless it says otherwise. */
      readonly ttl: number;
      /** A Java pattern that tokens must match. */
      readonly identityValidationExpression: string | undefined;
    };

/** A data source of one of the kinds that run here. */
export type DeclaredSource = { readonly name: string } & (
  | { readonly type: "NONE" }
  | { readonly type: "AMAZON_DYNAMODB"; readonly tableName: string; readonly roleArn: string }
  | { readonly type: "AWS_LAMBDA"; readonly functionArn: string; readonly roleArn: string }
);

export interface DeclaredResolver {
  readonly type: string;
  readonly field: string;
  /** A unit resolver is one step that has no code of its own around it. */
  readonly kind: "UNIT" | "PIPELINE";
  readonly code: string;
  readonly steps: readonly DeclaredStep[];
  readonly caching: DeclaredCaching | undefined;
}

/** What a request handler, a data source and a response handler make together. */
interface DeclaredStep {
  readonly name: string;
  readonly code: string;
  readonly dataSource: string;
  readonly maxBatchSize: number;
}

/** Reads the graph at the time `now`. Throws `UnsupportedDeclaration`, naming the resource and what of it is refused. */
export function readDeclaredApi(graph: Graph, now: number): DeclaredApi {
  const [api, ...others] = ofType(graph, "aws:appsync/graphQLApi:GraphQLApi");
  if (!api) {
    throw new UnsupportedDeclaration("the program declares no aws:appsync/graphQLApi:GraphQLApi");
  }
  if (others.length > 0) {
    throw new UnsupportedDeclaration(
      `one GraphQLApi runs here; the program declares ${[api, ...others].map(({ name }) => name).join(", ")}`,
    );
  }
  refuse(api, api.inputs.apiType === "MERGED", "apiType MERGED");
  refuseSecondResolvers(graph);
  const functions = new Map(
    ofType(graph, "aws:appsync/function:Function").map((fn) => [fn.outputs.functionId, fn]),
  );
  const dataSources = ofType(graph, "aws:appsync/dataSource:DataSource").map(readSource);
  refuseBatches(graph, dataSources);
  return {
    apiId: api.id,
    arn: api.outputs.arn,
    schema: api.inputs.schema ?? "",
    providers: readProviders(api, readKeys(graph, now)),
    introspection: api.inputs.introspectionConfig !== "DISABLED",
    logsConsole: consoleLevel(api.inputs.logConfig?.fieldLogLevel),
    queryDepthLimit: api.inputs.queryDepthLimit ?? 0,
    resolverCountLimit: api.inputs.resolverCountLimit || 10_000,
    cache: readCache(graph),
    dataSources,
    resolvers: ofType(graph, "aws:appsync/resolver:Resolver").map((one) => readResolver(one, functions)),
  };
}

/** AppSync has one resolver a field: the second one is refused when it is made. */
function refuseSecondResolvers(graph: Graph): void {
  const known = new Set<string>();
  for (const resolver of ofType(graph, "aws:appsync/resolver:Resolver")) {
    const name = `${resolver.inputs.type}.${resolver.inputs.field}`;
    refuseAsAws(resolver, known.has(name), `a second resolver of ${name}`);
    known.add(name);
  }
}

/** The CDK refuses a batch size for other data sources than functions (aws/aws-cdk#30266); AWS itself was not asked. */
function refuseBatches(graph: Graph, sources: readonly DeclaredSource[]): void {
  const functions = new Set(sources.flatMap(({ name, type }) => (type === "AWS_LAMBDA" ? name : [])));
  const steps = [
    ...ofType(graph, "aws:appsync/resolver:Resolver"),
    ...ofType(graph, "aws:appsync/function:Function"),
  ];
  for (const step of steps) {
    const { maxBatchSize = 0, dataSource } = step.inputs;
    refuseAsAws(step, maxBatchSize < 0 || maxBatchSize > 2_000, `maxBatchSize ${maxBatchSize}`);
    const isBatch = maxBatchSize > 0 && !functions.has(dataSource ?? "");
    refuseAsAws(step, isBatch, "maxBatchSize for a data source that is not a Lambda function");
  }
}

/** Without a log configuration AWS writes nothing. https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html */
function consoleLevel(fieldLogLevel = "NONE"): ConsoleLevel {
  if (fieldLogLevel === "ALL" || fieldLogLevel === "DEBUG") {
    return "DEBUG";
  }
  return fieldLogLevel === "INFO" ? "INFO" : "NONE";
}

type Api = ResourceOf<"aws:appsync/graphQLApi:GraphQLApi">;
type Function = ResourceOf<"aws:appsync/function:Function">;
type Resolver = ResourceOf<"aws:appsync/resolver:Resolver">;
type DataSource = ResourceOf<"aws:appsync/dataSource:DataSource">;

function readProviders(api: Api, keys: Keys): DeclaredApi["providers"] {
  const { additionalAuthenticationProviders: more = [], ...standard } = api.inputs;
  const guards = [standard, ...more].filter(({ authenticationType }) => authenticationType === "AWS_LAMBDA");
  refuseAsAws(api, guards.length > 1, "a second Lambda authorizer");
  for (const { userPoolConfig } of more) {
    refuseAsAws(
      api,
      userPoolConfig !== undefined && "defaultAction" in userPoolConfig && userPoolConfig.defaultAction,
      "defaultAction of an additional user pool",
    );
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
    // The provider's own default, which it sends.
    const {
      authorizerUri,
      authorizerResultTtlInSeconds: ttl = 300,
      identityValidationExpression,
    } = authorizer;
    refuseAsAws(api, !(ttl >= 0 && ttl <= 3_600), `authorizerResultTtlInSeconds ${ttl}`);
    return { mode, functionArn: authorizerUri, ttl, identityValidationExpression };
  }
  throw new UnsupportedDeclaration(`${api.type} ${api.name}: authentication ${mode} does not run here`);
}

type Keys = Extract<Provider, { mode: "API_KEY" }>["keys"];

const day = 86_400_000;

/** AWS rounds down to the hour. Keys are made at each start here, so one without a date lasts 7 days from now. */
function readKeys(graph: Graph, now: number): Keys {
  return ofType(graph, "aws:appsync/apiKey:ApiKey").map((key) => {
    const { expires } = key.inputs;
    const wanted = expires === undefined ? now + 7 * day : Date.parse(expires);
    const isWithin = wanted >= now + day && wanted <= now + 365 * day;
    refuseAsAws(key, !isWithin, `expires ${expires ?? ""}: a key must end 1 to 365 days from its creation`);
    return { key: key.outputs.key, expiresAt: wanted - (wanted % 3_600_000) };
  });
}

function readSource(source: DataSource): DeclaredSource {
  const { type, dynamodbConfig, lambdaConfig, serviceRoleArn: roleArn } = source.inputs;
  const name = source.inputs.name ?? source.outputs.name;
  if (type === "NONE") {
    return { name, type };
  }
  if (!roleArn && (dynamodbConfig ?? lambdaConfig)) {
    refuse(source, true, `${type} without a serviceRoleArn`);
  }
  if (type === "AMAZON_DYNAMODB" && dynamodbConfig && roleArn) {
    refuse(source, dynamodbConfig.useCallerCredentials, "dynamodbConfig.useCallerCredentials");
    refuse(source, dynamodbConfig.versioned, "dynamodbConfig.versioned");
    refuse(source, dynamodbConfig.deltaSyncConfig, "dynamodbConfig.deltaSyncConfig");
    return { name, type, tableName: dynamodbConfig.tableName, roleArn };
  }
  if (type === "AWS_LAMBDA" && lambdaConfig && roleArn) {
    return { name, type, functionArn: lambdaConfig.functionArn, roleArn };
  }
  throw new UnsupportedDeclaration(`${source.type} ${source.name}: type ${type} does not run here`);
}

function readResolver(resolver: Resolver, functions: ReadonlyMap<string, Function>): DeclaredResolver {
  const { type, field, kind = "UNIT", dataSource, pipelineConfig, maxBatchSize = 0 } = resolver.inputs;
  const code = readCode(resolver);
  refuse(resolver, resolver.inputs.syncConfig, "syncConfig");
  const name = `${type}.${field}`;
  const caching = readCaching(resolver);
  if (kind === "PIPELINE") {
    const ids = pipelineConfig?.functions ?? [];
    refuseAsAws(resolver, ids.length > 10, "a pipeline of more than 10 functions");
    const steps = ids.map((id) => readFunction(functions.get(id), id, resolver));
    return { type, field, kind, code, steps, caching };
  }
  if (!dataSource) {
    throw new UnsupportedDeclaration(`${resolver.type} ${resolver.name} has no dataSource`);
  }
  return { type, field, kind: "UNIT", code, steps: [{ name, code, dataSource, maxBatchSize }], caching };
}

function readFunction(fn: Function | undefined, id: string, resolver: Resolver): DeclaredStep {
  if (!fn) {
    throw new UnsupportedDeclaration(`${resolver.type} ${resolver.name}: no function has the id ${id}`);
  }
  refuse(fn, fn.inputs.syncConfig, "syncConfig");
  const { dataSource, maxBatchSize = 0 } = fn.inputs;
  return { name: fn.inputs.name ?? fn.outputs.name, code: readCode(fn), dataSource, maxBatchSize };
}

function readCode(resource: Resolver | Function): string {
  const { code, runtime } = resource.inputs;
  if (!code || runtime?.name !== "APPSYNC_JS") {
    throw new UnsupportedDeclaration(
      `${resource.type} ${resource.name}: only the runtime APPSYNC_JS runs here, not VTL mapping templates`,
    );
  }
  refuseAsAws(resource, code.length > 32_768, "code longer than 32768 characters");
  return code;
}
