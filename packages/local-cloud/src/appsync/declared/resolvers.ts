import type { ResourceOf } from "../../base/graph.ts";
import { type DeclaredCaching, readCaching } from "../caching/declared.ts";
import { UnsupportedDeclaration, refuse, refuseAsAws } from "../unsupported.ts";
import type { PartsOf } from "./parts.ts";
import type { DeclaredSource } from "./sources.ts";

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

type Function = ResourceOf<"aws:appsync/function:Function">;
type Resolver = ResourceOf<"aws:appsync/resolver:Resolver">;

/** All resolvers of one API, each with the functions of its pipeline. `sources` are the API's data sources. */
export function readResolvers(parts: PartsOf, sources: readonly DeclaredSource[]): DeclaredResolver[] {
  const resolvers = parts("aws:appsync/resolver:Resolver");
  const functions = parts("aws:appsync/function:Function");
  refuseSecondResolvers(resolvers);
  refuseBatches([...resolvers, ...functions], sources);
  const byId = new Map(functions.map((fn) => [fn.outputs.functionId, fn]));
  return resolvers.map((one) => readResolver(one, byId));
}

/** AppSync has one resolver a field: the second one is refused when it is made. */
function refuseSecondResolvers(resolvers: readonly Resolver[]): void {
  const known = new Set<string>();
  for (const resolver of resolvers) {
    const name = `${resolver.inputs.type}.${resolver.inputs.field}`;
    refuseAsAws(resolver, known.has(name), `a second resolver of ${name}`);
    known.add(name);
  }
}

/** The CDK refuses a batch size for other data sources than functions (aws/aws-cdk#30266); AWS itself was not asked. */
function refuseBatches(steps: readonly (Resolver | Function)[], sources: readonly DeclaredSource[]): void {
  const functions = new Set(sources.flatMap(({ name, type }) => (type === "AWS_LAMBDA" ? name : [])));
  for (const step of steps) {
    const { maxBatchSize = 0, dataSource } = step.inputs;
    refuseAsAws(step, maxBatchSize < 0 || maxBatchSize > 2_000, `maxBatchSize ${maxBatchSize}`);
    const isBatch = maxBatchSize > 0 && !functions.has(dataSource ?? "");
    refuseAsAws(step, isBatch, "maxBatchSize for a data source that is not a Lambda function");
  }
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
      `${resource.type} ${resource.name}: without code of the runtime APPSYNC_JS, the only one that runs here. docs/support.md says how VTL is moved to it`,
    );
  }
  refuseAsAws(resource, code.length > 32_768, "code longer than 32768 characters");
  return code;
}
