import { describe, expect, it } from "@jest/globals";
import { type Graph, ofType } from "../../packages/local-cloud/src/base/graph.ts";
import { evaluate } from "../../packages/local-cloud/src/engine/evaluate.ts";
import { graphOf, root } from "../support/program.ts";

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
}

type Inputs = Readonly<Record<string, unknown>>;

const inputsOf = ({ resources }: Graph, type: string): Inputs[] =>
  resources.filter((one) => one.type === type).map(({ inputs }) => inputs);

/** The one resource of the type. */
const only = (graph: Graph, type: string): Inputs => {
  const [first, second] = inputsOf(graph, type);
  expect(second).toBeUndefined();
  return first ?? {};
};

const statementsOf = (policy: unknown) =>
  (JSON.parse(String(policy)) as { readonly Statement: readonly Statement[] }).Statement;

/** Of each bucket, in the order of their names. */
const ofBuckets = (graph: Graph, kind: string): Inputs[] => {
  const type = `aws:s3/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`;
  const found = inputsOf(graph, type);
  return ofType(graph, "aws:s3/bucket:Bucket").map(
    ({ id }) => found.find(({ bucket }) => bucket === id) ?? {},
  );
};

const bucketOf = (graph: Graph, name: string) =>
  ofType(graph, "aws:s3/bucket:Bucket").find((bucket) => bucket.name === name)?.id ?? "";

const uploads = (graph: Graph) => bucketOf(graph, "uploads");

describe.each(["dev", "prod"])("every bucket of stack %s", (stack) => {
  it("blocks public access in all four ways", async () => {
    const blocks = ofBuckets(await graphOf(stack), "BucketPublicAccessBlock");
    expect(blocks).toHaveLength(stack === "prod" ? 4 : 3);
    for (const block of blocks) {
      expect(block).toMatchObject({
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      });
    }
  });

  it("has no ACLs, and encrypts", async () => {
    const graph = await graphOf(stack);
    for (const controls of ofBuckets(graph, "BucketOwnershipControls")) {
      expect(controls).toMatchObject({ rule: { objectOwnership: "BucketOwnerEnforced" } });
    }
    for (const encryption of ofBuckets(graph, "BucketServerSideEncryptionConfiguration")) {
      expect(encryption).toMatchObject({
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
      });
    }
  });

  it("denies requests without TLS", async () => {
    for (const { bucket, policy } of ofBuckets(await graphOf(stack), "BucketPolicy")) {
      expect(statementsOf(policy)).toContainEqual({
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:*"],
        Resource: [`arn:aws:s3:::${String(bucket)}`, `arn:aws:s3:::${String(bucket)}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      });
    }
  });

  it("allows nothing by its own policy, but the gallery's distribution to read its files, and S3 to log", async () => {
    const graph = await graphOf(stack);
    const all = ofBuckets(graph, "BucketPolicy").flatMap(({ policy }) => statementsOf(policy));
    const [distribution] = ofType(graph, "aws:cloudfront/distribution:Distribution");
    expect(all.filter(({ Effect, Sid }) => Effect !== "Deny" && Sid !== "S3Logs")).toEqual([
      {
        Sid: "CloudFrontReads",
        Effect: "Allow",
        Principal: { Service: "cloudfront.amazonaws.com" },
        Action: ["s3:GetObject"],
        Resource: `arn:aws:s3:::${bucketOf(graph, "web")}/*`,
        Condition: { StringEquals: { "aws:SourceArn": distribution?.outputs.arn } },
      },
    ]);
  });
});

describe.each(["dev", "prod"])("the bucket of uploads on stack %s", (stack) => {
  it("denies overwriting except to the restore role, and signatures older than five minutes", async () => {
    const graph = await graphOf(stack);
    const bucket = uploads(graph);
    const policy = ofBuckets(graph, "BucketPolicy").find((one) => one["bucket"] === bucket)?.["policy"];
    const restorer = ofType(graph, "aws:iam/role:Role").find(({ name }) => name === "restore");
    const denied = {
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:PutObject"],
      Resource: `arn:aws:s3:::${bucket}/uploads/*`,
    };
    expect(statementsOf(policy).slice(1)).toEqual([
      {
        ...denied,
        Sid: "NoOverwriting",
        Condition: {
          Null: { "s3:if-none-match": "true" },
          ArnNotEquals: { "aws:PrincipalArn": restorer?.outputs.arn },
        },
      },
      {
        ...denied,
        Sid: "NoOldSignatures",
        Condition: { NumericGreaterThan: { "s3:signatureAge": "300000" } },
      },
    ]);
  });

  it("keeps old versions on prod for 30 days, and delete markers only as long as they hide a version", async () => {
    const graph = await graphOf(stack);
    const bucket = uploads(graph);
    const mine = ({ bucket: name }: Inputs) => name === bucket;
    const versioning = inputsOf(graph, "aws:s3/bucketVersioning:BucketVersioning");
    const rules = ofBuckets(graph, "BucketLifecycleConfiguration").find(mine)?.["rules"] as Inputs[];
    const old = rules.filter((rule) => "noncurrentVersionExpiration" in rule);
    const prod = stack === "prod";
    expect(versioning).toEqual(
      prod ? [expect.objectContaining({ bucket, versioningConfiguration: { status: "Enabled" } })] : [],
    );
    expect(old).toEqual(
      prod
        ? [
            {
              id: "old-versions",
              status: "Enabled",
              filter: { prefix: "" },
              noncurrentVersionExpiration: { noncurrentDays: 30 },
              expiration: { expiredObjectDeleteMarker: true },
            },
          ]
        : [],
    );
    // Uploads never expire by a lifecycle rule, because that would remove their rows.
    const lapsing = rules.filter((rule) => "days" in ((rule["expiration"] as object | undefined) ?? {}));
    expect(lapsing).toEqual([]);
  });

  it("reports created and removed objects, but no removed old versions", async () => {
    const graph = await graphOf(stack);
    const notification = ofBuckets(graph, "BucketNotification").find(
      ({ bucket }) => bucket === uploads(graph),
    );
    const went = stack === "prod" ? "s3:ObjectRemoved:DeleteMarkerCreated" : "s3:ObjectRemoved:*";
    expect(notification?.["queues"]).toMatchObject([
      { events: ["s3:ObjectCreated:*", went], filterPrefix: "uploads/" },
    ]);
  });

  it("allows the named origins and the gallery what they need", async () => {
    const graph = await graphOf(stack);
    const cors = inputsOf(graph, "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration");
    const [distribution] = ofType(graph, "aws:cloudfront/distribution:Distribution");
    expect(cors.map(({ corsRules }) => corsRules)).toEqual([
      [
        {
          allowedOrigins: stack === "prod" ? [`https://${distribution?.outputs.domainName}`] : ["*"],
          allowedMethods: ["PUT", "GET", "HEAD"],
          allowedHeaders: ["content-type", "if-none-match", "x-amz-checksum-sha256"],
          exposeHeaders: ["ETag"],
          maxAgeSeconds: 3600,
        },
      ],
    ]);
  });
});

describe.each(["dev", "prod"])("the gallery of stack %s", (stack) => {
  const objectsOf = async () =>
    ofType(await graphOf(stack), "aws:s3/bucketObjectv2:BucketObjectv2").map(({ inputs }) => inputs);

  it("loads scripts and styles from itself only, and reaches the API, sign-in and the uploads' bucket", async () => {
    const graph = await graphOf(stack);
    const { securityHeadersConfig } = only(
      graph,
      "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
    ) as { securityHeadersConfig: { contentSecurityPolicy: { contentSecurityPolicy: string } } };
    const [api] = ofType(graph, "aws:appsync/graphQLApi:GraphQLApi");
    const { GRAPHQL: graphql = "", REALTIME: realtime = "" } = api?.outputs.uris ?? {};
    const bucket = `https://${uploads(graph)}.s3.eu-west-1.amazonaws.com`;
    const hosts = [new URL(graphql).origin, realtime.replace(/(?<=\w)\/.*/, ""), bucket];
    expect(securityHeadersConfig.contentSecurityPolicy.contentSecurityPolicy).toBe(
      [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        `img-src 'self' blob: ${bucket}`,
        `connect-src 'self' ${hosts.join(" ")} https://cognito-idp.eu-west-1.amazonaws.com`,
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ].join("; "),
    );
  });

  it("is served compressed and over TLS only, with HSTS and no sniffing of types", async () => {
    const graph = await graphOf(stack);
    expect(only(graph, "aws:cloudfront/distribution:Distribution")).toMatchObject({
      defaultCacheBehavior: {
        ...{ viewerProtocolPolicy: "redirect-to-https", allowedMethods: ["GET", "HEAD"], compress: true },
        // Managed-CachingOptimized, without which CloudFront does not compress.
        cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
      },
    });
    expect(only(graph, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy")).toMatchObject({
      securityHeadersConfig: {
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: "DENY" },
        referrerPolicy: { referrerPolicy: "no-referrer" },
        strictTransportSecurity: { accessControlMaxAgeSec: 63_072_000, includeSubdomains: true },
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
    });
  });

  it("keeps only files with hashed names in caches", async () => {
    for (const { key = "", cacheControl } of await objectsOf()) {
      const isHashed = /^assets\/[\w-]+-[A-Z0-9]{8}\.(js|css|svg|js\.LEGAL\.txt)$/.test(key);
      expect({ key, cacheControl }).toEqual({
        key,
        cacheControl: isHashed ? "public, max-age=31536000, immutable" : "no-cache",
      });
    }
  });

  it("has no script or style within its page", async () => {
    const page = (await objectsOf()).find(({ key }) => key === "index.html")?.content ?? "";
    expect(page).toMatch(/<script type="module" src="\/assets\/main-[A-Z0-9]{8}\.js"><\/script>/);
    expect(page).not.toMatch(/<style|style=|<script>| on\w+=/);
  });
});

describe.each(["dev", "prod"])("every queue of stack %s", (stack) => {
  it("encrypts, and denies requests without TLS", async () => {
    const graph = await graphOf(stack);
    for (const { name, id, inputs, outputs } of ofType(graph, "aws:sqs/queue:Queue")) {
      expect({ name, encrypted: inputs.sqsManagedSseEnabled }).toEqual({ name, encrypted: true });
      const attached = ofType(graph, "aws:sqs/queuePolicy:QueuePolicy").find(
        (policy) => policy.inputs.queueUrl === id,
      );
      expect(statementsOf(attached?.inputs.policy)[0]).toEqual({
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: ["sqs:*"],
        Resource: [outputs.arn],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      });
    }
  });

  it("accepts messages of S3 only for its own bucket in this account, and of no other service", async () => {
    const graph = await graphOf(stack);
    const allowed = ofType(graph, "aws:sqs/queuePolicy:QueuePolicy").flatMap(({ name, inputs }) =>
      statementsOf(inputs.policy)
        .filter(({ Effect }) => Effect === "Allow")
        .map((statement) => ({ name, ...statement })),
    );
    expect(allowed.map(({ name }) => name).sort()).toEqual(["pipeline-failed-changes", "uploads-events"]);
    for (const { name, ...statement } of allowed) {
      const bucket = ofType(graph, "aws:s3/bucket:Bucket").find((one) => name.startsWith(one.name));
      expect(statement).toMatchObject({
        Principal: { Service: "s3.amazonaws.com" },
        Action: ["sqs:SendMessage"],
        Condition: {
          ArnLike: { "aws:SourceArn": bucket?.outputs.arn },
          StringEquals: { "aws:SourceAccount": "000000000000" },
        },
      });
    }
  });

  it("has a visibility timeout of six times its function's timeout, and five attempts", async () => {
    const graph = await graphOf(stack);
    const functions = ofType(graph, "aws:lambda/function:Function");
    const read = ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping").filter(({ inputs }) =>
      inputs.eventSourceArn?.includes(":sqs:"),
    );
    expect(read).toHaveLength(10);
    for (const { name, inputs } of read) {
      const queue = ofType(graph, "aws:sqs/queue:Queue").find(
        ({ outputs }) => outputs.arn === inputs.eventSourceArn,
      );
      const timeout =
        functions.find(({ outputs }) => outputs.arn === inputs.functionName)?.inputs.timeout ?? 0;
      expect({ name, hidden: queue?.inputs.visibilityTimeoutSeconds }).toEqual({ name, hidden: 6 * timeout });
    }
    const redriven = ofType(graph, "aws:sqs/queue:Queue").filter(({ inputs }) => inputs.redrivePolicy);
    for (const { name, inputs } of redriven) {
      const dead = ofType(graph, "aws:sqs/queue:Queue").find((one) => one.name === `${name}-dead`);
      expect(JSON.parse(inputs.redrivePolicy ?? "")).toEqual({
        deadLetterTargetArn: dead?.outputs.arn,
        maxReceiveCount: 5,
      });
      // Dead letters must outlive the messages of the queue: their age counts from the first sending.
      expect([inputs.messageRetentionSeconds, dead?.inputs.messageRetentionSeconds]).toEqual([
        345_600, 1_209_600,
      ]);
    }
  });
});

describe.each(["dev", "prod"])("the API of stack %s", (stack) => {
  const type = "aws:appsync/graphQLApi:GraphQLApi";

  it("accepts users of the pool's client, functions by IAM, and nobody else", async () => {
    const graph = await graphOf(stack);
    expect(only(graph, type)).toMatchObject({
      authenticationType: "AMAZON_COGNITO_USER_POOLS",
      userPoolConfig: {
        userPoolId: ofType(graph, "aws:cognito/userPool:UserPool")[0]?.id,
        appIdClientRegex: ofType(graph, "aws:cognito/userPoolClient:UserPoolClient")[0]?.id,
        defaultAction: "ALLOW",
      },
      additionalAuthenticationProviders: [{ authenticationType: "AWS_IAM" }],
    });
    expect(inputsOf(graph, "aws:appsync/apiKey:ApiKey")).toEqual([]);
  });

  it("limits queries, and shows its schema on dev only", async () => {
    expect(only(await graphOf(stack), type)).toMatchObject({
      queryDepthLimit: 8,
      resolverCountLimit: 500,
      introspectionConfig: stack === "prod" ? "DISABLED" : "ENABLED",
    });
  });

  it("logs no headers and no answers", async () => {
    expect(only(await graphOf(stack), type)).toMatchObject({
      xrayEnabled: true,
      logConfig: { excludeVerboseContent: true, fieldLogLevel: stack === "prod" ? "ERROR" : "ALL" },
    });
  });
});

describe.each(["dev", "prod"])("sign-in on stack %s", (stack) => {
  it("requires long passwords, and recovers only by a verified address", async () => {
    expect(only(await graphOf(stack), "aws:cognito/userPool:UserPool")).toMatchObject({
      passwordPolicy: {
        minimumLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireNumbers: true,
        temporaryPasswordValidityDays: 3,
      },
      usernameConfiguration: { caseSensitive: false },
      autoVerifiedAttributes: ["email"],
      accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
      deletionProtection: stack === "prod" ? "ACTIVE" : "INACTIVE",
    });
  });

  it("issues tokens for 15 minutes that can be revoked, and does not reveal who has an account", async () => {
    expect(only(await graphOf(stack), "aws:cognito/userPoolClient:UserPoolClient")).toMatchObject({
      accessTokenValidity: 15,
      idTokenValidity: 15,
      refreshTokenValidity: 30,
      tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "days" },
      enableTokenRevocation: true,
      preventUserExistenceErrors: "ENABLED",
      generateSecret: false,
    });
  });

  it("sends no password to Cognito on prod, and changes an address only once it is confirmed", async () => {
    const graph = await graphOf(stack);
    const client = only(graph, "aws:cognito/userPoolClient:UserPoolClient");
    expect(client["explicitAuthFlows"]).toEqual([
      ...["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      ...(stack === "prod" ? [] : ["ALLOW_USER_PASSWORD_AUTH"]),
    ]);
    expect(only(graph, "aws:cognito/userPool:UserPool")).toMatchObject({
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },
    });
  });

  it("lets users add a second factor, and on prod only invited people in", async () => {
    const pool = only(await graphOf(stack), "aws:cognito/userPool:UserPool");
    expect(pool).toMatchObject({
      mfaConfiguration: "OPTIONAL",
      softwareTokenMfaConfiguration: { enabled: true },
      adminCreateUserConfig: { allowAdminCreateUserOnly: stack === "prod" },
    });
    expect(pool).not.toHaveProperty("lambdaConfig");
    expect(pool).not.toHaveProperty("emailConfiguration");
  });
});

describe("sign-in by other settings", () => {
  const withSettings = (config: Record<string, string>) =>
    evaluate({
      root,
      stack: "dev",
      config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`darkroom:${key}`, value])),
    });

  it("asks a function about the address, which only the pool may call", async () => {
    const graph = await withSettings({ signUp: '["example.com"]' });
    const check = ofType(graph, "aws:lambda/function:Function").find(({ name }) => name === "sign-up");
    const pool = ofType(graph, "aws:cognito/userPool:UserPool")[0];
    expect(check?.inputs.environment?.variables?.["DOMAINS"]).toBe('["example.com"]');
    expect(pool?.inputs.lambdaConfig).toEqual({ preSignUp: check?.outputs.arn });
    expect(only(graph, "aws:lambda/permission:Permission")).toMatchObject({
      action: "lambda:InvokeFunction",
      principal: "cognito-idp.amazonaws.com",
      sourceArn: pool?.outputs.arn,
    });
  });

  it("requires a second factor, and sends mail by SES as the verified domain", async () => {
    const graph = await withSettings({ mfa: "required", mailFrom: "Darkroom <no-reply@mail.example.com>" });
    expect(only(graph, "aws:cognito/userPool:UserPool")).toMatchObject({
      mfaConfiguration: "ON",
      emailConfiguration: {
        emailSendingAccount: "DEVELOPER",
        fromEmailAddress: "Darkroom <no-reply@mail.example.com>",
        sourceArn: "arn:aws:ses:eu-west-1:000000000000:identity/mail.example.com",
      },
    });
  });
});

describe("the firewall", () => {
  it("stands before the API and the user pool of prod, and blocks by size, by token and by address, and sign-ups", async () => {
    const graph = await graphOf("prod");
    const acl = graph.resources.find(({ type }) => type === "aws:wafv2/webAcl:WebAcl");
    const api = ofType(graph, "aws:appsync/graphQLApi:GraphQLApi")[0];
    const pool = ofType(graph, "aws:cognito/userPool:UserPool")[0];
    const associations = inputsOf(graph, "aws:wafv2/webAclAssociation:WebAclAssociation");
    expect(associations.map(({ webAclArn }) => webAclArn)).toEqual([acl?.outputs.arn, acl?.outputs.arn]);
    expect(new Set(associations.map(({ resourceArn }) => resourceArn))).toEqual(
      new Set([api?.outputs.arn, pool?.outputs.arn]),
    );
    const rules = acl?.inputs["rules"] as readonly { name: string; action: object }[];
    expect(rules.map(({ name, action }) => [name, action])).toEqual([
      ["size", { block: {} }],
      ["token", { block: {} }],
      ["address", { block: {} }],
      ["sign-ups-of-address", { block: {} }],
      ["sign-ups", { block: {} }],
    ]);
    expect((await graphOf("dev")).resources.filter(({ type }) => type.startsWith("aws:wafv2"))).toEqual([]);
  });
});

describe("access logs", () => {
  it("of each bucket of prod go to one bucket, which only S3 of this account may write", async () => {
    const graph = await graphOf("prod");
    const logged = inputsOf(graph, "aws:s3/bucketLogging:BucketLogging");
    const buckets = ofType(graph, "aws:s3/bucket:Bucket");
    const logs = buckets.find(({ name }) => name === "access-logs");
    expect(logged.map(({ bucket }) => bucket).sort()).toEqual(
      buckets
        .filter((bucket) => bucket !== logs)
        .map(({ id }) => id)
        .sort(),
    );
    expect(new Set(logged.map(({ targetBucket }) => targetBucket))).toEqual(new Set([logs?.id]));
    const policies = ofType(graph, "aws:s3/bucketPolicy:BucketPolicy");
    const document = policies.find(({ inputs }) => inputs.bucket === logs?.id)?.inputs.policy;
    expect(statementsOf(document)).toContainEqual(
      expect.objectContaining({
        Principal: { Service: "logging.s3.amazonaws.com" },
        Action: ["s3:PutObject"],
        Condition: { StringEquals: { "aws:SourceAccount": "000000000000" } },
      }),
    );
  });
});

describe.each(["dev", "prod"])("data on stack %s", (stack) => {
  it("can be restored to any minute, is encrypted, and only on prod is kept when the program no longer declares it", async () => {
    const prod = stack === "prod";
    const graph = await graphOf(stack);
    const tables = ofType(graph, "aws:dynamodb/table:Table");
    expect(tables).toHaveLength(10);
    for (const { name, inputs, protect, retainOnDelete } of tables) {
      expect({ name, ...inputs, protect, retainOnDelete }).toMatchObject({
        name,
        pointInTimeRecovery: { enabled: true },
        serverSideEncryption: { enabled: true },
        deletionProtectionEnabled: prod,
        protect: prod,
        retainOnDelete: prod,
      });
    }
    for (const { inputs, protect, retainOnDelete } of ofType(graph, "aws:s3/bucket:Bucket")) {
      expect([protect, retainOnDelete, inputs.forceDestroy]).toEqual([prod, prod, !prod]);
    }
    expect(ofType(graph, "aws:cognito/userPool:UserPool").map(({ protect }) => protect)).toEqual([prod]);
  });
});

describe.each(["dev", "prod"])("functions of stack %s", (stack) => {
  const environmentOf = (graph: Graph, name: string) =>
    ofType(graph, "aws:lambda/function:Function").find((one) => one.name === name)?.inputs.environment
      ?.variables ?? {};

  it("lease a label job for longer than their timeout, and shorter than the visibility timeout", async () => {
    const graph = await graphOf(stack);
    const lease = Number(environmentOf(graph, "label")["LEASE_SECONDS"]);
    const timeout = ofType(graph, "aws:lambda/function:Function").find(({ name }) => name === "label")?.inputs
      .timeout;
    const queue = ofType(graph, "aws:sqs/queue:Queue").find(({ name }) => name === "pipeline-labels");
    expect([timeout, lease, queue?.inputs.visibilityTimeoutSeconds]).toEqual([30, 60, 180]);
    expect(environmentOf(graph, "label")["LABEL_TRIES"]).toBe("5");
  });

  it("call no address of this machine, and remove objects without a row", async () => {
    const graph = await graphOf(stack);
    for (const name of ["deliver", "webhooks"]) {
      expect(environmentOf(graph, name)["LOOPBACK_CALLBACKS"]).toBe("false");
    }
    expect(environmentOf(graph, "ingest")["AUDIT_REMOVES"]).toBe("true");
  });

  it("isolate a change that fails, give it up after 20 retries, and keep all of it in a bucket", async () => {
    const graph = await graphOf(stack);
    const relay = ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping").find(
      ({ name }) => name === "relay",
    );
    const bucket = ofType(graph, "aws:s3/bucket:Bucket").find(
      ({ name }) => name === "pipeline-failed-changes",
    );
    expect(relay?.inputs).toMatchObject({
      destinationConfig: { onFailure: { destinationArn: bucket?.outputs.arn } },
      startingPosition: "TRIM_HORIZON",
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 20,
    });
    expect(relay?.inputs).not.toHaveProperty("maximumRecordAgeInSeconds");
    const lapse = ofBuckets(graph, "BucketLifecycleConfiguration").find(
      (one) => one["bucket"] === bucket?.id,
    );
    expect(lapse?.["rules"]).toMatchObject([{ status: "Enabled", expiration: { days: 30 } }]);
  });

  it("put whole records only into buckets of this account", async () => {
    const policy = ofType(await graphOf(stack), "aws:iam/rolePolicy:RolePolicy").find(
      ({ name }) => name === "relay",
    );
    const kept = statementsOf(policy?.inputs.policy).find(({ Sid }) => Sid === "KeepFailedChanges");
    expect(kept?.Condition).toEqual({ StringEquals: { "s3:ResourceAccount": "000000000000" } });
  });

  it("are invoked asynchronously only by schedules, with events that carry no data", async () => {
    const graph = await graphOf(stack);
    // The event of such a call is lost after Lambda's own two retries.
    const calls = inputsOf(graph, "aws:scheduler/schedule:Schedule")
      .map(({ target }) => target as { arn: string; input?: string })
      .filter(({ arn }) => arn.includes(":lambda:"));
    expect(calls.map(({ arn, input }) => [arn.split(":").at(-1), input]).sort()).toEqual([
      [`darkroom-${stack}-sweep`, undefined],
    ]);
    expect(inputsOf(graph, "aws:lambda/permission:Permission")).toEqual([]);
  });
});

describe("the alarms' key", () => {
  it("is rotated, and only CloudWatch of this account may use it", async () => {
    const key = only(await graphOf("prod"), "aws:kms/key:Key");
    expect(key["enableKeyRotation"]).toBe(true);
    expect(statementsOf(key["policy"])).toMatchObject([
      { Principal: { AWS: "arn:aws:iam::000000000000:root" }, Action: ["kms:*"] },
      {
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Condition: { StringEquals: { "aws:SourceAccount": "000000000000" } },
      },
    ]);
  });
});
