import { type GraphQLSchema, isObjectType } from "graphql";
import type { Verifier } from "../aws/gateway/signature.ts";
import { type Metrics, noMetrics } from "../base/metrics.ts";
import { type Declared, refuse } from "../base/refusal.ts";
import type { Recorder } from "../base/recorder.ts";
import type { Clock } from "../base/service.ts";
import { createAuthenticator } from "./auth/authenticate.ts";
import type { TokenVerifier } from "./auth/cognito.ts";
import { createGrants } from "./auth/grants.ts";
import { createRules } from "./auth/rules.ts";
import { type Backends, createDataSource } from "./datasources/index.ts";
import type { DataSource, RunDirectly } from "./model/source.ts";
import type { DeclaredApi } from "./declared/index.ts";
import type { DeclaredResolver, DeclaredStep } from "./declared/resolvers.ts";
import { createCaching } from "./caching/index.ts";
import type { Api } from "./execute/api.ts";
import { createConsole } from "./execute/console.ts";
import type { Deadline } from "./model/deadline.ts";
import { createDocuments } from "./execute/documents.ts";
import { installFields } from "./execute/fields.ts";
import type { Resolver, Script, Step } from "./execute/resolver.ts";
import { buildDeliverySchema } from "./realtime/delivery.ts";
import { buildApiSchema, readSubscribers } from "./schema/index.ts";
import type { Warn } from "./warn.ts";

export interface ApiDependencies extends Backends {
  readonly verifyToken: TokenVerifier;
  /** For requests signed for the API's region. */
  readonly verifier: (region: string) => Verifier;
  readonly clock: Clock;
  /** A deadline after some milliseconds, or that of a request. */
  readonly deadline: (milliseconds?: number) => Deadline;
  readonly metrics?: Metrics | undefined;
  readonly compile: (code: string, name: string) => Script["compiled"];
  readonly warn: Warn;
  readonly recorder?: Recorder | undefined;
}

/** Builds the declared API. Throws `InvalidInput` with the resource and the input that does not run here. */
export function createApi(declared: DeclaredApi, dependencies: ApiDependencies): Api {
  const { verifyToken, verifier, clock, iam, log, warn, recorder, metrics = noMetrics } = dependencies;
  const schema = buildApiSchema(declared.schema, declared, warn);
  const grants = createGrants(iam, declared.arn, schema);
  const ruleOf = createRules(declared.providers, schema, warn);
  const resolvers = linkResolvers(declared, schema, dependencies);
  warnOfFields(schema, resolvers, warn);
  const caching = createCaching(declared, schema.getQueryType()?.name, clock);
  const { queryDepthLimit, resolverCountLimit, introspection } = declared;
  const denies = declared.providers.some(({ mode }) => mode === "AWS_LAMBDA");
  const limits = { queryDepthLimit, resolverCountLimit };
  const console = createConsole(declared.logsConsole, log, (line) =>
    metrics.line(`/aws/appsync/apis/${declared.apiId}`, declared.apiId, line),
  );
  installFields(schema, { ruleOf, grants, resolvers, caching, denies, ...limits, log, console, recorder });
  return {
    schema,
    documents: createDocuments(schema, introspection),
    authenticate: createAuthenticator(declared, {
      token: verifyToken,
      signature: verifier(declared.arn.split(":")[3] ?? ""),
      ...dependencies,
    }),
    grants,
    deliverySchema: buildDeliverySchema(declared, { ruleOf, denies }),
    caching,
    queryDepthLimit,
    subscribers: readSubscribers(schema, declared),
  };
}

/** Such a field is always null on AWS too. */
function warnOfFields(schema: GraphQLSchema, resolvers: ReadonlyMap<string, Resolver>, warn: Warn): void {
  const names = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name ?? ""}.${field}`),
  );
  const unresolved = names.filter((name) => !resolvers.has(name));
  if (unresolved.length > 0) {
    warn(`No resolver, so always null: ${unresolved.join(", ")}`);
  }
}

function linkResolvers(
  declared: DeclaredApi,
  schema: GraphQLSchema,
  dependencies: ApiDependencies,
): Map<string, Resolver> {
  const sources = new Map(
    declared.dataSources.map((source) => [source.name, createDataSource(source, dependencies, declared.arn)]),
  );
  const link = linker(sources, dependencies.compile);
  return new Map(
    declared.resolvers.map((resolver) => {
      const name = `${resolver.type}.${resolver.field}`;
      const type = schema.getType(resolver.type);
      if (!isObjectType(type) || !Object.hasOwn(type.getFields(), resolver.field)) {
        refuse(resolver.resource, "field", `is ${name}, which the schema does not have`);
      }
      return [name, link(name, resolver)];
    }),
  );
}

function linker(sources: ReadonlyMap<string, DataSource>, compile: ApiDependencies["compile"]) {
  const toScript = (resource: Declared, name: string, text: string): Script => {
    const compiled = compile(text, name);
    const absent = (["request", "response"] as const).filter(
      (handler) => !compiled.handlers.includes(handler),
    );
    if (absent.length > 0) {
      refuse(resource, "code", `exports no ${absent.join(" and no ")} handler`);
    }
    return { name, text, compiled };
  };
  const toStep = ({ resource, name, code, dataSource, maxBatchSize }: DeclaredStep): Step => {
    // Both are there: the declarations were read with the data sources of the API.
    const source = sources.get(dataSource) as DataSource;
    if (code !== undefined) {
      return { script: toScript(resource, name, code), source, maxBatchSize };
    }
    return { runDirectly: source.runDirectly as RunDirectly, maxBatchSize };
  };
  return (name: string, resolver: DeclaredResolver): Resolver => {
    if (resolver.kind === "UNIT") {
      return { kind: "UNIT", step: toStep(resolver.step) };
    }
    const { resource, code, steps } = resolver;
    return { kind: "PIPELINE", script: toScript(resource, name, code), steps: steps.map(toStep) };
  };
}
