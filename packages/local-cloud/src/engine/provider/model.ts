import { createHash } from "node:crypto";
import { ACCOUNT_ID, type DefaultsOf, type InputsOf, type OutputsOf } from "../../base/graph.ts";
import { EvaluationError } from "../error.ts";
import { UNKNOWN } from "../values.ts";

/** Where the local cloud answers; what is not given has AWS's own address. */
export interface Endpoints {
  /** The front door: `http://127.0.0.1:4566`. Queue URLs begin with it. */
  readonly base: string;
  /** Where an API answers there: `/graphql`. */
  readonly apiPath: (apiId: string) => string;
}

/** How a resource gets its physical name when the program gives none, and what AWS takes for a name. */
export interface Naming {
  readonly property: string;
  readonly longest: number;
  readonly pattern?: RegExp;
  readonly prefix?: string;
  /** Between the logical name and the digits: `-` unless set. */
  readonly separator?: string;
  /** Ends a name that was made, not given. */
  readonly suffix?: (inputs: Readonly<Record<string, unknown>>) => string;
}

/** What one resource type computes; tells the ARN, the id and the names that AWS would give. */
export interface Model<Inputs, Outputs> {
  /** Absent for types that have no name of their own. */
  readonly named?: Naming;
  /** AWS's defaults, known before deployment. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Inputs that are policy documents: an object becomes JSON, as in the provider. */
  readonly documents?: readonly string[];
  readonly compute: (inputs: Inputs, at: Place) => Outputs & { readonly id: string };
}

/** Models of every type of one service: a type added to `InputsOf` must be added there too. */
export type ModelsOf<Service extends string> = {
  readonly [Type in Extract<keyof InputsOf, `aws:${Service}/${string}`>]: Model<
    InputsOf[Type],
    OutputsOf[Type]
  > &
    (Type extends keyof DefaultsOf ? { readonly defaults: DefaultsOf[Type] } : unknown);
};

/** Types that are known and checked, but have no life here. */
export type DeclaredModels = Readonly<Record<string, Model<Record<string, string>, Record<string, unknown>>>>;

/** One resource in its account and region. */
export class Place {
  readonly urn: string;
  readonly region: string;
  /** The physical name; the logical one for types that are not `named`. */
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

  /** Hex digits, the same at every evaluation; `purpose` tells several of one resource apart. */
  hex(length: number, purpose = ""): string {
    return createHash("sha512").update(`${this.urn}\0${purpose}`).digest("hex").slice(0, length);
  }

  uuid(): string {
    return this.hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
}

/** The given name, or `<logical name>-<7 hex digits>` as Pulumi makes it. Throws `EvaluationError` NameInvalid. */
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
  if (name.length > naming.longest) {
    throw new EvaluationError(
      "NameInvalid",
      `${urn}: ${naming.property} "${name}" has ${name.length} characters; AWS takes ${naming.longest}.`,
    );
  }
  if (naming.pattern !== undefined && !naming.pattern.test(name)) {
    throw new EvaluationError(
      "NameInvalid",
      `${urn}: ${naming.property} "${name}" does not match ${naming.pattern.source}, which AWS demands: give it one that does.`,
    );
  }
  return name;
}
