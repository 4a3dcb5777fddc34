import { type Graph, ofType, type ResourceOf } from "../../base/graph.ts";
import { refuse } from "../../base/refusal.ts";
import { compresses } from "./compression.ts";
import { type HeaderRules, headerRulesOf } from "./headers.ts";

type Distribution = ResourceOf<"aws:cloudfront/distribution:Distribution">;

/** A static site: a distribution whose origin is a bucket. */
export interface Site {
  readonly name: string;
  readonly arn: string;
  readonly bucket: string;
  /** Before every key: empty, or a path without a slash at its end. */
  readonly originPath: string;
  /** The key of `/`. */
  readonly rootObject: string | undefined;
  /** By the status of the origin's answer. */
  readonly errorPages: ReadonlyMap<number, ErrorPage>;
  readonly headers: HeaderRules;
  readonly compresses: boolean;
}

interface ErrorPage {
  readonly status: number;
  readonly key: string;
}

/** The program's enabled distributions. Throws `InvalidInput` for an origin that is not a bucket of the program. */
export function readSites(graph: Graph): readonly Site[] {
  return ofType(graph, "aws:cloudfront/distribution:Distribution")
    .filter(({ inputs }) => inputs.enabled)
    .map((distribution) => read(graph, distribution));
}

function read(graph: Graph, distribution: Distribution): Site {
  const { inputs, outputs, name } = distribution;
  const { targetOriginId, responseHeadersPolicyId } = inputs.defaultCacheBehavior;
  const origin =
    inputs.origins.find(({ originId }) => originId === targetOriginId) ??
    refuse(distribution, "defaultCacheBehavior.targetOriginId", `is ${targetOriginId}, which is no origin`);
  const bucket =
    ofType(graph, "aws:s3/bucket:Bucket").find(
      ({ outputs: { bucketDomainName, bucketRegionalDomainName } }) =>
        [bucketDomainName, bucketRegionalDomainName].includes(origin.domainName),
    ) ??
    refuse(distribution, "origins.domainName", `is ${origin.domainName}, which is no bucket of the program`);
  const controls = ofType(graph, "aws:cloudfront/originAccessControl:OriginAccessControl");
  if (!controls.some(({ id }) => id === origin.originAccessControlId)) {
    refuse(
      distribution,
      "origins.originAccessControlId",
      "must name an OriginAccessControl: buckets are private",
    );
  }
  return {
    ...{ name, arn: outputs.arn, bucket: bucket.id },
    originPath: origin.originPath ?? "",
    rootObject: inputs.defaultRootObject,
    errorPages: errorPagesOf(distribution),
    headers: headerRulesOf(graph, distribution, responseHeadersPolicyId),
    compresses: compresses(inputs.defaultCacheBehavior),
  };
}

function errorPagesOf({ inputs }: Distribution): Site["errorPages"] {
  const pages = (inputs.customErrorResponses ?? []).flatMap(
    ({ errorCode, responseCode = errorCode, responsePagePath }) =>
      responsePagePath === undefined
        ? []
        : [[errorCode, { status: responseCode, key: responsePagePath.replace(/^\//, "") }] as const],
  );
  return new Map(pages);
}
