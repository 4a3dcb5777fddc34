import { type Fault, faultIn } from "./fault.ts";

const security = ["test/infra/security.test.ts"];
const permissions = ["test/infra/permissions.test.ts"];

const fault = (file: string, tests: readonly string[] = security) => faultIn(`infra/${file}.ts`, tests);

const api = fault("api");
const bucket = fault("bucket");
const identity = fault("identity");
const label = fault("label");
const pipeline = fault("pipeline");
const queue = fault("queue");
const role = fault("role", permissions);
const tables = fault("tables");
const topic = fault("topic", [...security, "test/infra/operations.test.ts"]);
const uploads = fault("uploads");
const web = fault("web");
const gallery = faultIn("web/src/main.tsx", ["test/web/page.test.ts"]);
const begin = "applyTheme();\nconst root";

export const infraFaults: readonly Fault[] = [
  api("people sign in by API key", '"AMAZON_COGNITO_USER_POOLS"', '"API_KEY"'),
  api("every client of the pool is accepted", "appIdClientRegex: identity.userPoolClientId,", ""),
  api("the pool's default action is to deny", 'defaultAction: "ALLOW"', 'defaultAction: "DENY"'),
  api("introspection is always on", 'settings.introspection ? "ENABLED" : "DISABLED"', '"ENABLED"'),
  api("queries may be of any depth", "queryDepthLimit: 8,", ""),
  api("a request may resolve 10,000 fields", "resolverCountLimit: 500,", ""),
  api("headers and answers are logged", "excludeVerboseContent: true", "excludeVerboseContent: false"),
  bucket("ACLs may make objects public", "blockPublicAcls: true", "blockPublicAcls: false"),
  bucket("a policy may make the bucket public", "blockPublicPolicy: true", "blockPublicPolicy: false"),
  bucket("public ACLs count", "ignorePublicAcls: true", "ignorePublicAcls: false"),
  bucket("a public policy counts", "restrictPublicBuckets: true", "restrictPublicBuckets: false"),
  bucket("writers own their objects", "BucketOwnerEnforced", "ObjectWriter"),
  bucket("TLS is not asked for an object", ", pulumi.interpolate`${bucket.arn}/*`]", "]"),
  bucket("old versions are kept for a day", "oldVersionDays = 30", "oldVersionDays = 1"),
  bucket("versioning is suspended", 'status: "Enabled" } }', 'status: "Suspended" } }'),
  bucket("the bucket goes with the program", "retainOnDelete: protectData", "retainOnDelete: false"),
  bucket("a bucket with objects may be destroyed", "forceDestroy: !protectData", "forceDestroy: true"),
  bucket("any bucket's events are accepted", '"aws:SourceArn": bucket', '"aws:SourceArn": "*"'),
  uploads("anybody may overwrite", '"s3:if-none-match": "true"', '"s3:if-none-match": "false"'),
  uploads("nobody may restore", 'ArnNotEquals: { "aws:PrincipalArn": restorer },', ""),
  uploads("everybody except the restoring role may overwrite", "ArnNotEquals", "ArnEquals"),
  uploads(
    "an upload URL is valid for an hour",
    '"s3:signatureAge": "300000"',
    '"s3:signatureAge": "3600000"',
  ),
  uploads("prod keeps no old versions", "versioned: protectData,", "versioned: false,"),
  uploads("dev's bucket of uploads has versions", "versioned: protectData,", "versioned: true,"),
  uploads(
    "an old version that lapses removes its row",
    '? "s3:ObjectRemoved:DeleteMarkerCreated"',
    '? "s3:ObjectRemoved:*"',
  ),
  uploads("pages may delete", '["PUT", "GET", "HEAD"]', '["PUT", "GET", "HEAD", "DELETE"]'),
  uploads(
    "uploads are removed after a month",
    "transitions: [{ days: 30",
    "expiration: { days: 30 }, transitions: [{ days: 30",
  ),
  identity("passwords of six letters are accepted", "minimumLength: 12", "minimumLength: 6"),
  identity("a password needs no number", "requireNumbers: true", "requireNumbers: false"),
  identity(
    "invitations never expire",
    "temporaryPasswordValidityDays: 3",
    "temporaryPasswordValidityDays: 365",
  ),
  identity(
    "sign-in reveals who has an account",
    'preventUserExistenceErrors: "ENABLED"',
    'preventUserExistenceErrors: "LEGACY"',
  ),
  identity("tokens cannot be revoked", "enableTokenRevocation: true", "enableTokenRevocation: false"),
  identity("access tokens are valid for a day", "accessTokenValidity: 15", "accessTokenValidity: 1440"),
  identity("sign-in lasts for ten years", "refreshTokenValidity: 30", "refreshTokenValidity: 3650"),
  identity("the pool may be deleted", 'protectData ? "ACTIVE" : "INACTIVE"', '"INACTIVE"'),
  tables(
    "rows cannot be restored",
    "pointInTimeRecovery: { enabled: true }",
    "pointInTimeRecovery: { enabled: false }",
  ),
  tables(
    "rows are not encrypted",
    "serverSideEncryption: { enabled: true }",
    "serverSideEncryption: { enabled: false }",
  ),
  tables(
    "tables may be deleted",
    "deletionProtectionEnabled: protectData",
    "deletionProtectionEnabled: false",
  ),
  tables("tables go with the program", "retainOnDelete: protectData", "retainOnDelete: false"),
  queue(
    "a message comes again while it is handled",
    "// AWS recommends six times the timeout of the function that reads the queue.\n        visibilityTimeoutSeconds: 6 *",
    "visibilityTimeoutSeconds: 1 *",
  ),
  queue("dead letters expire with their messages", "days(14)", "days(4)"),
  queue(
    "a work queue accepts messages without TLS",
    'policy: policy(tlsOnly("sqs:*", [queue.arn]), ...',
    "policy: policy(...",
  ),
  label("a label job's lease ends while it runs", "String(2 * labelTimeout)", "String(labelTimeout)"),
  pipeline(
    "a change that fails is lost",
    "destinationConfig: { onFailure: { destinationArn: bucket.arn } },",
    "",
  ),
  pipeline(
    "one bad change fails its batch",
    "bisectBatchOnFunctionError: true",
    "bisectBatchOnFunctionError: false",
  ),
  pipeline("a bad change blocks its shard for a day", "maximumRetryAttempts: 20,", ""),
  pipeline(
    "records may be sent to a bucket of another account",
    'Condition: { StringEquals: { "s3:ResourceAccount": here.accountId } },',
    "",
  ),
  role(
    "a service in any account may assume the roles",
    'StringEquals: { "aws:SourceAccount": here.accountId },',
    "",
  ),
  topic("the key is never rotated", "enableKeyRotation: true", "enableKeyRotation: false"),
  fault("settings", ["test/infra/settings.test.ts"])(
    "a misspelt setting is ignored",
    ".filter((key) => !known.has(key))",
    ".filter(() => false)",
  ),
  web("scripts of any origin run in the gallery", "\"script-src 'self'\"", '"script-src *"'),
  web("scripts within the page run", "\"script-src 'self'\"", "\"script-src 'self' 'unsafe-inline'\""),
  web("styles of any origin are used", "\"style-src 'self'\"", '"style-src *"'),
  web("pictures of any origin are shown", "`img-src 'self' blob: ${bucket}`", '"img-src *"'),
  web(
    "the page may ask any origin",
    "`connect-src ${[...new Set([\"'self'\"",
    "`connect-src * ${[...new Set([\"'self'\"",
  ),
  web("what no directive names is allowed", "\"default-src 'none'\"", "\"default-src 'self'\""),
  web("forms may be sent elsewhere", "\"form-action 'none'\",", ""),
  web("a base element may move all addresses", "\"base-uri 'none'\",", ""),
  web("other pages may frame the gallery", "\"frame-ancestors 'none'\",", ""),
  web("an old browser may frame the gallery", 'frameOption: "DENY"', 'frameOption: "SAMEORIGIN"'),
  web("types are sniffed", "contentTypeOptions: { override: true },", ""),
  web("other sites learn the address of a picture", '"no-referrer"', '"unsafe-url"'),
  web("HSTS lasts a minute", "accessControlMaxAgeSec: 63_072_000", "accessControlMaxAgeSec: 60"),
  web("HSTS leaves out subdomains", "includeSubdomains: true", "includeSubdomains: false"),
  web(
    "other windows reach the gallery's",
    '"Cross-Origin-Opener-Policy", value: "same-origin"',
    '"Cross-Origin-Opener-Policy", value: "unsafe-none"',
  ),
  web("the page may use the camera", "camera=(), ", ""),
  web("the gallery answers without TLS", '"redirect-to-https"', '"allow-all"'),
  web("texts go uncompressed", "compress: true,", "compress: false,"),
  web(
    "the page itself is kept in caches for a year",
    'cacheControl: "no-cache",',
    'cacheControl: "public, max-age=31536000, immutable",',
  ),
  gallery(
    "the page tells another origin of each visit",
    begin,
    `void fetch("https://example.com/");${begin}`,
  ),
  gallery(
    "the page loads a picture of another origin",
    begin,
    `new Image().src = "https://example.com/pixel.gif";${begin}`,
  ),
  gallery(
    "the page loads a script of another origin",
    begin,
    `document.head.append(Object.assign(document.createElement("script"), { src: "https://example.com/a.js" }));${begin}`,
  ),
];
