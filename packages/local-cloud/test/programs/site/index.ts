// A static site: a private bucket behind CloudFront. "reader" names the distribution that the bucket's policy allows.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const bucket = new aws.s3.Bucket("pages");
const access = new aws.cloudfront.OriginAccessControl("pages", {
  originAccessControlOriginType: "s3",
  signingBehavior: "always",
  signingProtocol: "sigv4",
});
const headers = new aws.cloudfront.ResponseHeadersPolicy("pages", {
  securityHeadersConfig: {
    contentTypeOptions: { override: true },
    frameOptions: { frameOption: "DENY", override: false },
    strictTransportSecurity: { accessControlMaxAgeSec: 300, override: true },
  },
  customHeadersConfig: { items: [{ header: "X-Site", value: "yes", override: true }] },
  removeHeadersConfig: { items: [{ header: "x-amz-meta-secret" }] },
});
const distribution = new aws.cloudfront.Distribution("pages", {
  enabled: true,
  defaultRootObject: "index.html",
  origins: [
    {
      originId: "pages",
      originAccessControlId: access.id,
      domainName:
        config.require("origin") === "bucket" ? bucket.bucketRegionalDomainName : config.require("origin"),
    },
  ],
  defaultCacheBehavior: {
    targetOriginId: "pages",
    allowedMethods: ["GET", "HEAD"],
    cachedMethods: ["GET", "HEAD"],
    viewerProtocolPolicy: "allow-all",
    responseHeadersPolicyId: headers.id,
    // Managed-CachingOptimized
    cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
    compress: config.getBoolean("compress") ?? true,
  },
  customErrorResponses: [{ errorCode: 403, responseCode: 404, responsePagePath: "/missing.html" }],
  restrictions: { geoRestriction: { restrictionType: "none" } },
  viewerCertificate: { cloudfrontDefaultCertificate: true },
});
const reader =
  config.require("reader") === "own"
    ? distribution.arn
    : "arn:aws:cloudfront::000000000000:distribution/OTHER";
new aws.s3.BucketPolicy("pages", {
  bucket: bucket.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "cloudfront.amazonaws.com" },
        Action: "s3:GetObject",
        Resource: pulumi.interpolate`${bucket.arn}/*`,
        Condition: { StringEquals: { "AWS:SourceArn": reader } },
      },
    ],
  }),
});
const page = { bucket: bucket.id, contentType: "text/html" };
new aws.s3.BucketObjectv2("index.html", { ...page, content: "<h1>Home</h1>", cacheControl: "no-cache" });
new aws.s3.BucketObjectv2("missing.html", { ...page, content: "<h1>Nothing here</h1>" });
new aws.s3.BucketObjectv2("texts", {
  bucket: bucket.id,
  key: "texts/hello there.txt",
  source: new pulumi.asset.FileAsset("hello.txt"),
  metadata: { secret: "hidden", public: "shown" },
});
new aws.s3.BucketObjectv2("long.css", {
  bucket: bucket.id,
  content: "a{b:c}".repeat(1000),
  contentType: "text/css",
});

export const bucketName = bucket.id;
export const domainName = distribution.domainName;
export const endpoints = new pulumi.Config("aws").require("endpoints");
