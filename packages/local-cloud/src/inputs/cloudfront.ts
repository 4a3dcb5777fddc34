import { choice, each, type EffectsOf, notHere, oneOf, refused } from "./effect.ts";

const onlyS3 = refused("is not supported locally: only buckets are served");
const onlyDefault = refused("is not supported locally: only the default cache behavior is");
const noFunctions = refused("is not supported locally: functions at the edge do not run");
const noCertificate = refused("is not supported locally: the front door has its own");

/** https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html */
export const cloudfront: EffectsOf<"cloudfront"> = {
  "aws:cloudfront/distribution:Distribution": {
    aliases: "idle",
    anycastIpListId: "idle",
    cacheTagConfig: "idle",
    comment: "idle",
    connectionFunctionAssociation: noFunctions,
    continuousDeploymentPolicyId: notHere,
    customErrorResponses: {
      // Nothing is cached.
      errorCachingMinTtl: "idle",
      errorCode: "runs",
      responseCode: "runs",
      responsePagePath: "runs",
    },
    defaultCacheBehavior: {
      allowedMethods: each(oneOf(["GET", "HEAD", "OPTIONS"])),
      cachedMethods: "idle",
      cachePolicyId: "idle",
      // The answers do not leave this machine.
      compress: "idle",
      defaultTtl: "idle",
      fieldLevelEncryptionId: notHere,
      forwardedValues: {
        cookies: "idle",
        headers: "idle",
        queryString: "idle",
        queryStringCacheKeys: "idle",
      },
      functionAssociations: noFunctions,
      grpcConfig: notHere,
      lambdaFunctionAssociations: noFunctions,
      maxTtl: "idle",
      minTtl: "idle",
      originRequestPolicyId: "idle",
      realtimeLogConfigArn: "idle",
      responseHeadersPolicyId: "runs",
      smoothStreaming: notHere,
      targetOriginId: "runs",
      trustedKeyGroups: notHere,
      trustedSigners: notHere,
      viewerProtocolPolicy: oneOf(["allow-all", "https-only", "redirect-to-https"], "idle"),
    },
    defaultRootObject: "runs",
    enabled: "runs",
    httpVersion: "idle",
    isIpv6Enabled: "idle",
    loggingConfig: "idle",
    orderedCacheBehaviors: onlyDefault,
    originGroups: notHere,
    origins: {
      connectionAttempts: "idle",
      connectionTimeout: "idle",
      customHeaders: onlyS3,
      customOriginConfig: onlyS3,
      domainName: "runs",
      originAccessControlId: "runs",
      originId: "runs",
      originPath: "runs",
      originShield: "idle",
      responseCompletionTimeout: "idle",
      s3OriginConfig: refused("is not supported locally: give originAccessControlId"),
      vpcOriginConfig: onlyS3,
    },
    priceClass: "idle",
    restrictions: {
      geoRestriction: {
        locations: "idle",
        restrictionType: oneOf(["none", "whitelist", "blacklist"], "idle"),
      },
    },
    retainOnDelete: "idle",
    staging: notHere,
    tags: "idle",
    viewerCertificate: {
      acmCertificateArn: noCertificate,
      cloudfrontDefaultCertificate: "idle",
      iamCertificateId: noCertificate,
      minimumProtocolVersion: "idle",
      sslSupportMethod: "idle",
    },
    viewerMtlsConfig: notHere,
    waitForDeployment: "idle",
    webAclId: "idle",
  },
  "aws:cloudfront/originAccessControl:OriginAccessControl": {
    description: "idle",
    name: "runs",
    originAccessControlOriginType: choice({
      s3: "runs",
      lambda: "lambda is not supported locally: only buckets are served",
      mediapackagev2: "mediapackagev2 is not supported locally: only buckets are served",
      mediastore: "mediastore is not supported locally: only buckets are served",
    }),
    signingBehavior: choice({
      always: "runs",
      never: "never is not supported locally: buckets are private",
      "no-override": "runs",
    }),
    signingProtocol: oneOf(["sigv4"]),
  },
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": {
    comment: "idle",
    corsConfig: notHere,
    customHeadersConfig: { items: "runs" },
    name: "runs",
    removeHeadersConfig: { items: "runs" },
    securityHeadersConfig: {
      contentSecurityPolicy: "runs",
      contentTypeOptions: "runs",
      frameOptions: "runs",
      referrerPolicy: "runs",
      // A browser would then ask localhost for TLS only, whatever else listens there.
      strictTransportSecurity: "idle",
      xssProtection: "runs",
    },
    serverTimingHeadersConfig: "idle",
  },
};
