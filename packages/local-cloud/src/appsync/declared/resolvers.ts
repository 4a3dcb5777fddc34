import type { ResourceOf } from "../../base/graph.ts";
import { type Declared, refuse } from "../../base/refusal.ts";
import { type DeclaredCaching, readCaching } from "../caching/declared.ts";
import { readCode, readStepCode } from "./code.ts";
import type { PartsOf } from "./parts.ts";
import type { DeclaredSource } from "./sources.ts";

export type DeclaredResolver = {
  readonly resource: Declared;
  readonly type: string;
  readonly field: string;
  readonly caching: DeclaredCaching | undefined;
} & (
  | { readonly kind: "UNIT"; readonly step: DeclaredStep }
  | { readonly kind: "PIPELINE"; readonly code: string; readonly steps: readonly DeclaredStep[] }
);

/** A unit resolver, or one function of a pipeline. */
export interface DeclaredStep {
  readonly resource: Declared;
  readonly name: string;
  /** Absent where a Lambda function gets the context as it is. */
  readonly code: string | undefined;
  /** The name of the data source. */
  readonly dataSource: string;
  readonly maxBatchSize: number;
}

type Function = ResourceOf<"aws:appsync/function:Function">;
type Resolver = ResourceOf<"aws:appsync/resolver:Resolver">;

/** By their names. */
type Sources = ReadonlyMap<string, DeclaredSource>;

/** All resolvers of one API, each with the functions of its pipeline. `sources` are the API's data sources. */
export function readResolvers(parts: PartsOf, sources: readonly DeclaredSource[]): DeclaredResolver[] {
  const resolvers = parts("aws:appsync/resolver:Resolver");
  refuseSecondResolvers(resolvers);
  const byName: Sources = new Map(sources.map((source) => [source.name, source]));
  const steps = new Map(
    parts("aws:appsync/function:Function").map((fn) => [fn.outputs.functionId, readFunction(fn, byName)]),
  );
  return resolvers.map((resolver) => readResolver(resolver, steps, byName));
}

function refuseSecondResolvers(resolvers: readonly Resolver[]): void {
  const known = new Set<string>();
  for (const resolver of resolvers) {
    const name = nameOf(resolver);
    if (known.has(name)) {
      refuse(resolver, "field", `is ${name}, which has another resolver; AWS takes one`);
    }
    known.add(name);
  }
}

const nameOf = ({ inputs: { type, field } }: Resolver): string => `${type}.${field}`;

function readResolver(
  resolver: Resolver,
  functions: ReadonlyMap<string, DeclaredStep>,
  sources: Sources,
): DeclaredResolver {
  const { type, field, kind = "UNIT", dataSource } = resolver.inputs;
  const base = { resource: resolver, type, field, caching: readCaching(resolver) };
  if (kind === "PIPELINE") {
    refuseSync(resolver);
    return { ...base, kind, code: readCode(resolver), steps: readPipeline(resolver, functions) };
  }
  if (!dataSource) {
    refuse(resolver, "dataSource", "is missing; AWS takes a unit resolver only with one");
  }
  return { ...base, kind: "UNIT", step: readStep(resolver, nameOf(resolver), dataSource, sources) };
}

function readPipeline(resolver: Resolver, functions: ReadonlyMap<string, DeclaredStep>): DeclaredStep[] {
  const ids = resolver.inputs.pipelineConfig?.functions ?? [];
  if (ids.length > 10) {
    refuse(resolver, "pipelineConfig.functions", `has ${ids.length} functions; AWS takes 10`);
  }
  return ids.map(
    (id) =>
      functions.get(id) ??
      refuse(resolver, "pipelineConfig.functions", `has ${id}, and no function of the API has this id`),
  );
}

function readFunction(fn: Function, sources: Sources): DeclaredStep {
  return readStep(fn, fn.inputs.name ?? fn.outputs.name, fn.inputs.dataSource, sources);
}

function readStep(
  resource: Resolver | Function,
  name: string,
  dataSource: string,
  sources: Sources,
): DeclaredStep {
  refuseSync(resource);
  const source = sources.get(dataSource);
  if (!source) {
    refuse(resource, "dataSource", `is ${dataSource}, and no data source of the API has this name`);
  }
  const maxBatchSize = readBatchSize(resource, source);
  return { resource, name, code: readStepCode(resource, source), dataSource, maxBatchSize };
}

/** The CDK refuses a batch size for other data sources than functions (aws/aws-cdk#30266); AWS itself was not asked. */
function readBatchSize(resource: Resolver | Function, { type }: DeclaredSource): number {
  const { maxBatchSize = 0 } = resource.inputs;
  if (maxBatchSize < 0 || maxBatchSize > 2_000) {
    refuse(resource, "maxBatchSize", `is ${maxBatchSize}; AWS takes 0 to 2000`);
  }
  if (maxBatchSize > 0 && type !== "AWS_LAMBDA") {
    refuse(resource, "maxBatchSize", `is ${maxBatchSize}; AWS takes it only with a Lambda data source`);
  }
  return maxBatchSize;
}

function refuseSync(resource: Resolver | Function): void {
  if (resource.inputs.syncConfig) {
    refuse(resource, "syncConfig", "does not run here");
  }
}
