import type { Graph, InputsOf, OutputsOf, Resource } from "../../base/graph.ts";
import { EvaluationError } from "../error.ts";
import { UNKNOWN } from "../values.ts";
import { appsync } from "./appsync.ts";
import { cognito } from "./cognito.ts";
import { events, lambda, scheduler } from "./compute.ts";
import { declared } from "./declared.ts";
import { iam } from "./iam.ts";
import { physicalName, Place, type Endpoints, type Model } from "./model.ts";
import { random } from "./random.ts";
import { dynamodb, s3, sns, sqs } from "./storage.ts";

export { declared as declaredTypes } from "./declared.ts";
export { random as randomTypes } from "./random.ts";
export type { Endpoints } from "./model.ts";
export { invoke } from "./invoke.ts";

/** The types that run here, one model each: the compiler asks for what is missing. */
const runs: { readonly [Type in keyof InputsOf]: Model<InputsOf[Type], OutputsOf[Type]> } = {
  ...appsync,
  ...cognito,
  ...dynamodb,
  ...events,
  ...iam,
  ...lambda,
  ...s3,
  ...scheduler,
  ...sns,
  ...sqs,
};

const models: Readonly<Record<string, unknown>> = { ...runs, ...declared, ...random };

/** Resources that a deployment would make, but that do nothing here: alarms, dashboards, log groups. */
export function declaredOnly(graph: Graph): Resource[] {
  return graph.resources.filter(({ type }) => type in declared);
}

export interface Creation {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Properties;
  readonly region: string;
  readonly endpoints: Endpoints | undefined;
  readonly preview: boolean;
}

export interface Created {
  readonly id: string;
  /** As given, but for policy documents, which are JSON. */
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/**
 * What the provider would answer: AWS's, or that of @pulumi/random. In preview names and defaults are known; what only AWS tells is `UNKNOWN`.
 *
 * @throws `EvaluationError` UnknownResourceType or NameInvalid.
 */
export function create(creation: Creation): Created {
  const { urn, type, name, preview, endpoints } = creation;
  const model = modelOf(type, name);
  const inputs = withDocuments(creation.inputs, model.documents ?? []);
  const physical = model.named === undefined ? name : physicalName(model.named, name, urn, inputs);
  const checked = {
    ...model.defaults,
    ...inputs,
    ...(model.named !== undefined && { [model.named.property]: physical }),
  };
  const region = typeof inputs["region"] === "string" ? inputs["region"] : creation.region;
  const { id, ...computed } = model.compute(checked, new Place(urn, region, physical, endpoints));
  if (!preview) {
    return { id, inputs, outputs: { ...checked, ...computed } };
  }
  const unknown = Object.fromEntries(Object.keys(computed).map((key) => [key, UNKNOWN]));
  return { id: "", inputs, outputs: { ...unknown, ...checked } };
}

type Properties = Readonly<Record<string, unknown>>;
type AnyModel = Model<Properties, Properties>;

function modelOf(type: string, name: string): AnyModel {
  const model = models[type];
  if (model === undefined) {
    throw new EvaluationError(
      "UnknownResourceType",
      `The program declares "${name}" of type ${type}, which the local cloud does not know. docs/support.md lists the types that it knows. Declare this one only if a setting of the program says so, and turn the setting off with --config or in local-cloud.config.ts; or add the type to packages/local-cloud/src/engine/provider.`,
    );
  }
  // Each model reads the inputs of its own type, which Pulumi's typed arguments made.
  return model as AnyModel;
}

function withDocuments(inputs: Properties, documents: readonly string[]): Properties {
  const texts = documents
    .map((key) => [key, inputs[key]] as const)
    .filter(([, document]) => typeof document === "object")
    .map(([key, document]) => [key, JSON.stringify(document)] as const)
    .map(([key, text]) => [key, text.includes(UNKNOWN) ? UNKNOWN : text] as const);
  return { ...inputs, ...Object.fromEntries(texts) };
}
