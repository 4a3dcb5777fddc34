import type { Graph, InputsOf, OutputsOf, Resource } from "../../base/graph.ts";
import { EvaluationError } from "../error.ts";
import { UNKNOWN } from "../values.ts";
import { appsync } from "./appsync.ts";
import { cloudfront } from "./cloudfront.ts";
import { cognito } from "./cognito.ts";
import { events, lambda, scheduler } from "./compute.ts";
import { declared } from "./declared.ts";
import { iam } from "./iam.ts";
import { physicalName, Place, type Endpoints, type Model } from "./model.ts";
import { random } from "./random.ts";
import { type Tags, tagsAllOf } from "./tags.ts";
import { dynamodb, s3, sns, sqs } from "./storage.ts";

export { declared as declaredTypes } from "./declared.ts";
export { random as randomTypes } from "./random.ts";
export type { Endpoints } from "./model.ts";
export { invoke } from "./invoke.ts";
export { readDefaultTags, type Tags } from "./tags.ts";

/** One model for each type that runs here. A missing one does not compile. */
const runs: { readonly [Type in keyof InputsOf]: Model<InputsOf[Type], OutputsOf[Type]> } = {
  ...appsync,
  ...cloudfront,
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

/** Resources that a deployment creates, and that have no effect here: alarms, dashboards, log groups. */
export function declaredOnly(graph: Graph): Resource[] {
  return graph.resources.filter(({ type }) => type in declared);
}

export interface Creation {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Properties;
  readonly region: string;
  /** Of the provider, for every resource that takes tags. */
  readonly defaultTags: Tags;
  readonly endpoints: Endpoints | undefined;
  readonly preview: boolean;
}

export interface Created {
  readonly id: string;
  /** As given, except that policy documents are JSON text. */
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/**
 * What the provider would answer: AWS's, or that of @pulumi/random. In preview, names and defaults are known, and computed outputs are `UNKNOWN`.
 *
 * @throws `EvaluationError` UnknownResourceType or NameInvalid.
 */
export function create(creation: Creation): Created {
  const { urn, type, name, preview, endpoints } = creation;
  const model = modelOf(type, name);
  const inputs = withDocuments(creation.inputs, model.documents ?? []);
  const region = typeof inputs["region"] === "string" ? inputs["region"] : creation.region;
  const physical = model.named === undefined ? name : physicalName(model.named, name, urn, inputs);
  const checked = {
    ...model.defaults,
    ...inputs,
    ...(model.named !== undefined && { [model.named.property]: physical }),
    ...tagsAllOf(type, inputs["tags"], creation.defaultTags),
    ...(regional.test(type) && { region }),
  };
  const { id, ...computed } = model.compute(checked, new Place(urn, region, physical, endpoints));
  if (!preview) {
    return { id, inputs, outputs: { ...checked, ...computed } };
  }
  const unknown = Object.fromEntries(Object.keys(computed).map((key) => [key, UNKNOWN]));
  return { id: "", inputs, outputs: { ...unknown, ...checked } };
}

/** Types of services that are not global. From version 7 of the provider, each has its region. */
const regional = /^aws:(?!(?:budgets|cloudfront|iam)\/)/;

type Properties = Readonly<Record<string, unknown>>;
type AnyModel = Model<Properties, Properties>;

function modelOf(type: string, name: string): AnyModel {
  const model = models[type];
  if (model === undefined) {
    throw new EvaluationError(
      "UnknownResourceType",
      `The program declares "${name}" of type ${type}, which the local cloud does not know. docs/support.md lists the known types. Declare this one only if a setting of the program says so, and turn the setting off with --config or in local-cloud.config.ts; or add the type to packages/local-cloud/src/engine/provider.`,
    );
  }
  // A model reads inputs of its own type, which Pulumi's typed arguments guarantee.
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
