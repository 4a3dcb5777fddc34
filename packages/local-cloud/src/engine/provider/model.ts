import { createHash } from "node:crypto";
import { ACCOUNT_ID, type DefaultsOf, type InputsOf, type OutputsOf } from "../../base/graph.ts";
import { EvaluationError } from "../error.ts";
import { UNKNOWN } from "../values.ts";

/** Addresses of the local cloud. Without them, resources have AWS's addresses. */
export interface Endpoints {
  /** The front door: `http://127.0.0.1:4566`. Queue URLs begin with it. */
  readonly base: string;
  /** The path of an API there: `/graphql`. */
  readonly apiPath: (apiId: string) => string;
}

/** How a resource without a given name gets its physical name, and which names AWS accepts. */
export interface Naming {
  readonly property: string;
  readonly maxLength: number;
  readonly pattern?: RegExp;
  readonly prefix?: string;
  /** Between the logical name and the suffix. `-` by default. */
  readonly separator?: string;
  /** Added to the end of a generated name. */
  readonly suffix?: (inputs: Readonly<Record<string, unknown>>) => string;
}

/** Computes the outputs of one resource type: the ARN, the id and the names as AWS forms them. */
export interface Model<Inputs, Outputs> {
  /** Absent for types without a name. */
  readonly named?: Naming;
  /** AWS's defaults, known before deployment. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Inputs that are policy documents: an object becomes JSON, as in the provider. */
  readonly documents?: readonly string[];
  readonly compute: (inputs: Inputs, at: Place) => Outputs & { readonly id: string };
}

/** Models of every type of one service. A type added to `InputsOf` does not compile without a model. */
export type ModelsOf<Service extends string> = {
  readonly [Type in Extract<keyof InputsOf, `aws:${Service}/${string}`>]: Model<
    InputsOf[Type],
    OutputsOf[Type]
  > &
    (Type extends keyof DefaultsOf ? { readonly defaults: DefaultsOf[Type] } : unknown);
};

/** Types that are known, and have no effect here. */
export type DeclaredModels = Readonly<Record<string, Model<Record<string, string>, Record<string, unknown>>>>;

/** One resource in its account and region. */
export class Place {
  readonly urn: string;
  readonly region: string;
  /** The physical name, or the logical name for types without `named`. */
  readonly name: string;
  readonly endpoints: Endpoints | undefined;

  constructor(urn: string, region: string, name: string, endpoints: Endpoints | undefined) {
    this.urn = urn;
    this.region = region;
    this.name = name;
    this.endpoints = endpoints;
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.region}:${ACCOUNT_ID}:${resource}`;
  }

  /** ARN in a service without regions, such as IAM. */
  globalArn(service: string, resource: string): string {
    return `arn:aws:${service}::${ACCOUNT_ID}:${resource}`;
  }

  /** Hex digits, the same at every evaluation. `purpose` distinguishes several of one resource. */
  hex(length: number, purpose = ""): string {
    return createHash("sha512").update(`${this.urn}\0${purpose}`).digest("hex").slice(0, length);
  }

  uuid(): string {
    return this.hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
}

/** The given name, or `<logical name>-<7 hex digits>` as Pulumi forms it. Throws an `EvaluationError` NameInvalid. */
export function physicalName(
  naming: Naming,
  logicalName: string,
  urn: string,
  inputs: Readonly<Record<string, unknown>>,
): string {
  const given = inputs[naming.property];
  if (given === UNKNOWN) {
    return given;
  }
  const hash = createHash("sha256").update(urn).digest("hex").slice(0, 7);
  const name =
    typeof given === "string"
      ? given
      : `${naming.prefix ?? ""}${logicalName}${naming.separator ?? "-"}${hash}${naming.suffix?.(inputs) ?? ""}`;
  if (name.length > naming.maxLength) {
    throw new EvaluationError(
      "NameInvalid",
      `${urn}: ${naming.property} "${name}" has ${name.length} characters; AWS takes ${naming.maxLength}.`,
    );
  }
  if (naming.pattern !== undefined && !naming.pattern.test(name)) {
    throw new EvaluationError(
      "NameInvalid",
      `${urn}: ${naming.property} "${name}" does not match ${naming.pattern.source}, which AWS requires: choose another name.`,
    );
  }
  return name;
}
