import type { Resource } from "../base/graph.ts";
import { EvaluationError, programsWords } from "./error.ts";
import type { Engine, Registration } from "./protocol.ts";
import { create, type Endpoints, invoke, readDefaultTags, type Tags } from "./provider/index.ts";
import type { StandIns } from "./stand-ins.ts";
import { decode, refuseOutputText, wireSecret, type Wire } from "./values.ts";

export interface MonitorOptions {
  readonly project: string;
  readonly stack: string;
  readonly region: string;
  /** Of the program's `aws:defaultTags`. */
  readonly defaultTags: Tags;
  readonly preview: boolean;
  readonly endpoints: Endpoints | undefined;
  readonly log: (severity: "info" | "warn", message: string) => void;
  /** Outputs of other stacks by the stack's name. */
  readonly stacks: NonNullable<StandIns["stacks"]>;
}

/** A resource, with the paths of its secret outputs. */
export interface Evaluated extends Resource {
  readonly outputs: Resource["outputs"];
  readonly secretOutputs: readonly string[];
}

/** Records what the program registers, and answers as Pulumi's engine with the AWS provider does. */
export class Monitor implements Engine {
  readonly #options: MonitorOptions;
  readonly #resources = new Map<string, Evaluated>();
  readonly #providers = new Map<string, Pick<MonitorOptions, "region" | "defaultTags">>();
  readonly #failure = Promise.withResolvers<never>();
  #finished = false;

  constructor(options: MonitorOptions) {
    this.#options = options;
    // Nobody may be waiting for it.
    this.#failure.promise.catch(() => undefined);
  }

  /** Rejects with the first error, including the program's own. */
  get failure(): Promise<never> {
    return this.#failure.promise;
  }

  /** True when the program has registered all its resources. */
  get isFinished(): boolean {
    return this.#finished;
  }

  /** In the order of registration. */
  get resources(): readonly Evaluated[] {
    return [...this.#resources.values()];
  }

  register(registration: Registration): { urn: string; id: string; outputs: Wire } {
    const { type, name, parent, custom } = registration;
    const urn = this.#urn(type, name, parent);
    if (this.#resources.has(urn)) {
      throw new EvaluationError("DuplicateUrn", `Two resources have the URN ${urn}: rename one of them.`);
    }
    if (registration.remote) {
      throw new EvaluationError(
        "Unsupported",
        `"${name}" of type ${type} is created by a provider plugin, which does not run locally.`,
      );
    }
    const { value: inputs, secrets } = decode(registration.inputs);
    refuseOutputText(`"${name}" of type ${type}`, inputs);
    const made = custom ? this.#create(registration, urn, inputs) : { id: "", inputs, outputs: {} };
    const secretInputs = custom ? withinTexts(secrets, made.inputs) : secrets;
    const secretOutputs = custom ? [...new Set([...secretInputs, ...registration.secretOutputs])] : [];
    this.#resources.set(urn, {
      ...{ urn, type, name, custom, ...(parent !== "" && { parent }) },
      ...optionsOf(registration),
      ...{ ...made, outputs: asOutputs(made.outputs), secretInputs, secretOutputs },
    });
    const outputs = custom ? reply(registration.inputs, inputs, made.outputs, secretOutputs) : {};
    return { urn, id: made.id, outputs };
  }

  registerOutputs(urn: string, outputs: Wire): void {
    const record = this.#resources.get(urn);
    if (record === undefined) {
      throw new EvaluationError("Unsupported", `Outputs of an unknown URN: ${urn}.`);
    }
    const { value, secrets } = decode(outputs);
    refuseOutputText(`The outputs of "${record.name}"`, value);
    this.#resources.set(urn, { ...record, outputs: asOutputs(value), secretOutputs: secrets });
  }

  invoke(token: string, args: Wire, provider: string): Wire {
    const { value } = decode(args);
    refuseOutputText(token, value);
    return invoke(token, value, this.#settingsOf(provider).region);
  }

  read(type: string, name: string, inputs: Wire): { urn: string; outputs: Wire } {
    if (type === "pulumi:pulumi:StackReference") {
      const { name: stack = name } = decode(inputs).value as { readonly name?: string };
      return {
        urn: this.#urn(type, name, ""),
        outputs: { name: stack, outputs: this.#stackOutputs(stack), secretOutputNames: [] },
      };
    }
    throw new EvaluationError(
      "Unsupported",
      `"${name}" of type ${type} is looked up, not declared: resources outside of the program are not known locally.`,
    );
  }

  log(severity: "debug" | "info" | "warn" | "error", message: string): void {
    if (severity === "error") {
      this.failed(new EvaluationError("ProgramFailed", programsWords(message)));
    }
    // Debug messages are dropped: they contain whole requests, with secrets in clear text.
    else if (severity !== "debug") {
      this.#options.log(severity, message);
    }
  }

  finished(): void {
    this.#finished = true;
  }

  failed(error: Error): void {
    this.#failure.reject(error);
  }

  #stackOutputs(stack: string): Wire {
    const { stacks } = this.#options;
    const outputs = Object.hasOwn(stacks, stack) ? stacks[stack] : undefined;
    if (outputs === undefined) {
      throw new EvaluationError(
        "StackMissing",
        `The program reads the outputs of the stack ${stack}, which are not known locally. Give values in their place: --stack-output ${stack}:NAME=VALUE for each, or standIns.stacks in local-cloud.config.ts.`,
      );
    }
    return outputs;
  }

  #urn(type: string, name: string, parent: string): string {
    const parentType = parent.split("::")[2] ?? "";
    const prefix = parentType === "" || parentType === "pulumi:pulumi:Stack" ? "" : `${parentType}$`;
    return `urn:pulumi:${this.#options.stack}::${this.#options.project}::${prefix}${type}::${name}`;
  }

  /** What a provider makes of the inputs. */
  #create({ type, name, provider }: Registration, urn: string, inputs: Wire) {
    return type.startsWith("pulumi:providers:")
      ? this.#provider(type, urn, inputs)
      : create({ ...this.#options, ...this.#settingsOf(provider), urn, type, name, inputs });
  }

  /** An explicit provider: only the region and the default tags of an `aws.Provider` matter here. */
  #provider(type: string, urn: string, inputs: Wire) {
    if (type !== "pulumi:providers:aws" && type !== "pulumi:providers:random") {
      throw new EvaluationError("UnknownResourceType", `The local engine has no provider ${type}.`);
    }
    const { region = this.#options.region, defaultTags } = inputs;
    this.#providers.set(urn, { region: String(region), defaultTags: readDefaultTags(defaultTags) });
    return { id: "local", inputs, outputs: inputs };
  }

  #settingsOf(provider: string): Pick<MonitorOptions, "region" | "defaultTags"> {
    const urn = provider.slice(0, provider.lastIndexOf("::"));
    return this.#providers.get(urn) ?? this.#options;
  }
}

function optionsOf({ dependencies, protect, retainOnDelete, deleteBeforeReplace }: Registration) {
  return {
    ...{ dependencies, protect, retainOnDelete },
    ...(deleteBeforeReplace && { deleteBeforeReplace: true }),
  };
}

/** Inputs are returned as received, with their marks of secrets. Only what the provider changed or added is encoded again. */
function reply(wire: Wire, inputs: Wire, outputs: Wire, secrets: readonly string[]): Wire {
  const isSecret = (key: string) => secrets.some((path) => topOf(path) === key);
  const changed = Object.entries(outputs)
    .filter(([key, value]) => value !== inputs[key])
    .map(([key, value]) => [key, isSecret(key) ? wireSecret(value) : value] as const);
  return { ...wire, ...Object.fromEntries(changed) };
}

/** A secret inside a policy document makes the whole text of the document secret. */
function withinTexts(secrets: readonly string[], inputs: Wire): string[] {
  return secrets.map((path) => (typeof inputs[topOf(path)] === "string" ? topOf(path) : path));
}

function topOf(path: string): string {
  return path.split(/[.[]/, 1)[0] ?? path;
}

/** Some types lack outputs of `Computed`. `OutputsOf` lists those of each type. */
function asOutputs(outputs: Wire): Resource["outputs"] {
  return outputs as Resource["outputs"];
}
