import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Api } from "./api.ts";
import { PrivateBucket } from "./bucket.ts";
import type { Identity } from "./identity.ts";
import { here, physicalName } from "./naming.ts";
import type { Settings } from "./settings.ts";
import type { Site } from "./site.ts";
import type { Uploads } from "./uploads.ts";

interface WebArgs {
  readonly settings: Settings;
  readonly identity: Identity;
  readonly api: Api;
  readonly uploads: Uploads;
  readonly site: Site;
}

/** Managed-CachingOptimized. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
const cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/** The gallery: a private bucket behind a CloudFront distribution. It loads what it must know from /config.json. */
export class Web extends pulumi.ComponentResource {
  /** The origin of the page, such as `https://d111111abcdef8.cloudfront.net`. */
  readonly origin: pulumi.Output<string>;

  constructor(name: string, args: WebArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Web", name, {}, opts);
    const addresses = addressesOf(args);
    // The distribution needs the bucket's name, and the bucket's policy the distribution's.
    const reader = Promise.withResolvers<pulumi.Output<string>>();
    const bucket = new PrivateBucket(
      name,
      {
        settings: args.settings,
        rules,
        statements: (arn) => [
          {
            Sid: "CloudFrontReads",
            Effect: "Allow",
            Principal: { Service: "cloudfront.amazonaws.com" },
            Action: ["s3:GetObject"],
            Resource: pulumi.interpolate`${arn}/*`,
            Condition: { StringEquals: { "aws:SourceArn": pulumi.output(reader.promise) } },
          },
        ],
      },
      { parent: this },
    );
    const distribution = this.distribution(name, bucket, this.headers(name, addresses));
    reader.resolve(distribution.arn);
    this.origin = pulumi.interpolate`https://${distribution.domainName}`;
    this.upload(bucket, args.site, configOf(args, addresses));
    this.registerOutputs({ origin: this.origin });
  }

  private headers(name: string, addresses: Addresses): aws.cloudfront.ResponseHeadersPolicy {
    return new aws.cloudfront.ResponseHeadersPolicy(
      name,
      {
        name: physicalName(name),
        securityHeadersConfig: {
          contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(addresses), override: true },
          contentTypeOptions: { override: true },
          frameOptions: { frameOption: "DENY", override: true },
          referrerPolicy: { referrerPolicy: "no-referrer", override: true },
          strictTransportSecurity: {
            accessControlMaxAgeSec: 63_072_000,
            includeSubdomains: true,
            override: true,
          },
        },
        customHeadersConfig: {
          items: [
            { header: "Cross-Origin-Opener-Policy", value: "same-origin", override: true },
            {
              header: "Permissions-Policy",
              value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
              override: true,
            },
          ],
        },
      },
      { parent: this },
    );
  }

  private distribution(
    name: string,
    bucket: PrivateBucket,
    headers: aws.cloudfront.ResponseHeadersPolicy,
  ): aws.cloudfront.Distribution {
    const access = new aws.cloudfront.OriginAccessControl(
      name,
      {
        name: physicalName(name),
        originAccessControlOriginType: "s3",
        signingBehavior: "always",
        signingProtocol: "sigv4",
      },
      { parent: this },
    );
    return new aws.cloudfront.Distribution(
      name,
      {
        comment: physicalName(name),
        enabled: true,
        isIpv6Enabled: true,
        httpVersion: "http2and3",
        priceClass: "PriceClass_100",
        defaultRootObject: "index.html",
        origins: [{ originId: "site", domainName: bucket.domainName, originAccessControlId: access.id }],
        defaultCacheBehavior: {
          targetOriginId: "site",
          allowedMethods: ["GET", "HEAD"],
          cachedMethods: ["GET", "HEAD"],
          cachePolicyId: cachingOptimized,
          responseHeadersPolicyId: headers.id,
          viewerProtocolPolicy: "redirect-to-https",
          compress: true,
        },
        // The bucket answers 403 for a missing key, because CloudFront may not list it. The page has addresses of its own.
        customErrorResponses: [
          { errorCode: 403, responseCode: 200, responsePagePath: "/index.html", errorCachingMinTtl: 0 },
        ],
        restrictions: { geoRestriction: { restrictionType: "none" } },
        viewerCertificate: { cloudfrontDefaultCertificate: true },
      },
      { parent: this },
    );
  }

  private upload(bucket: PrivateBucket, { files, page }: Site, config: pulumi.Output<string>): void {
    const opts = { parent: this, dependsOn: [bucket.policy] };
    const object = (key: string, args: Omit<aws.s3.BucketObjectv2Args, "bucket" | "key">) =>
      new aws.s3.BucketObjectv2(`web-${key}`, { bucket: bucket.name, key, ...args }, opts);
    object("config.json", { content: config, contentType: "application/json", cacheControl: "no-cache" });
    object("index.html", {
      content: page,
      contentType: "text/html; charset=utf-8",
      cacheControl: "no-cache",
    });
    for (const { key, path, contentType } of files) {
      const cacheControl = "public, max-age=31536000, immutable";
      object(key, { source: new pulumi.asset.FileAsset(path), contentType, cacheControl });
    }
  }
}

const rules = [
  {
    id: "abandoned-uploads",
    status: "Enabled",
    filter: { prefix: "" },
    abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
  },
];

/** What the page talks to. */
interface Addresses {
  readonly graphqlUrl: pulumi.Output<string>;
  readonly realtimeUrl: pulumi.Output<string>;
  /** The origin of presigned URLs. */
  readonly storage: pulumi.Output<string>;
  readonly signIn: pulumi.Output<string>;
}

function addressesOf({ api, uploads }: WebArgs): Addresses {
  const { s3, cognitoidp } = endpoints();
  return {
    graphqlUrl: api.graphqlUrl,
    realtimeUrl: api.realtimeUrl,
    storage: pulumi.output(s3 ?? pulumi.interpolate`https://${uploads.domainName}`),
    signIn: pulumi.output(cognitoidp ?? pulumi.interpolate`https://cognito-idp.${here.region}.amazonaws.com`),
  };
}

/** The addresses of the services where they are not AWS's own, from the settings of Pulumi's AWS provider. */
function endpoints(): Readonly<Record<string, string>> {
  const given = new pulumi.Config("aws").getObject<Record<string, string>[]>("endpoints") ?? [];
  return Object.assign({}, ...given) as Record<string, string>;
}

function configOf({ identity, settings }: WebArgs, { graphqlUrl, signIn }: Addresses): pulumi.Output<string> {
  return pulumi.jsonStringify({
    graphqlUrl,
    userPoolId: identity.userPoolId,
    userPoolClientId: identity.userPoolClientId,
    endpointUrl: endpoints()["cognitoidp"] === undefined ? null : signIn,
    signUp: settings.signUp,
    mfa: settings.mfa,
  });
}

/** Scripts and styles are files of the site. Pictures and uploads go to the bucket of uploads. */
function contentSecurityPolicy({
  graphqlUrl,
  realtimeUrl,
  storage,
  signIn,
}: Addresses): pulumi.Output<string> {
  return pulumi.all([graphqlUrl, realtimeUrl, storage, signIn]).apply((addresses) => {
    const [graphql, realtime, bucket, cognito] = addresses.map(originOf);
    return [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `img-src 'self' blob: ${bucket}`,
      `connect-src ${[...new Set(["'self'", graphql, realtime, bucket, cognito])].join(" ")}`,
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join("; ");
  });
}

/** `URL.origin` knows no origin of `wss:`. */
function originOf(address: string): string {
  const { protocol, host } = new URL(address);
  return `${protocol}//${host}`;
}
