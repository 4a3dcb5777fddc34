import { type Fault, localFaultIn as fault } from "./fault.ts";

const inSignature = fault("aws/gateway", "signature", "index", "presigned");
const inClaim = fault("aws/gateway", "claim", "index", "presigned");
const inCanonical = fault("aws/gateway", "canonical", "index", "presigned");
const inEvaluate = fault("aws/iam", "evaluate", "index");
const inCondition = fault("aws/iam", "condition", "condition", "index");
const inMatch = fault("aws/iam", "match", "match", "condition");
const inRoles = fault("aws/iam", "roles", "index");
const inTokens = fault("aws/cognito", "tokens", "verifier", "tokens");
const inPool = fault("appsync/auth", "cognito", "auth");
const inIamMode = fault("appsync/auth", "iam", "auth");
const inRules = fault("appsync/auth", "rules", "auth");

/** The front door, IAM and who a token stands for. */
export const accessFaults: readonly Fault[] = [
  inSignature("a key signs for any region", "claim.scope.region !== region", 'claim.scope.region === ""'),
  inSignature(
    "another session's token is accepted",
    "!same(claim.token, owner.credentials.sessionToken)",
    "!owner.credentials.sessionToken",
  ),
  inSignature(
    "a session token is optional",
    "claim.token === undefined || !same(",
    "claim.token !== undefined && !same(",
  ),
  inSignature(
    "a request is good for an hour",
    "const skew = 15 * 60 * 1000;",
    "const skew = 60 * 60 * 1000;",
  ),
  inSignature(
    "a request of the past is accepted",
    "Math.abs(now - signedAt) > skew",
    "signedAt - now > skew",
  ),
  inSignature(
    "a request of the future is accepted",
    "Math.abs(now - signedAt) > skew",
    "now - signedAt > skew",
  ),
  inSignature("a presigned URL never expires", "if (now > expiry) {", "if (expiry < 0) {"),
  inSignature(
    "a presigned URL of the future is accepted",
    "signedAt > now + skew",
    "signedAt > now + 2 * skew",
  ),
  inClaim("a presigned URL is valid for a month", "expires > 604_800", "expires > 2_592_000"),
  inSignature(
    "an unsigned x-amz- header is accepted",
    "if (unsigned.length > 0)",
    "if (unsigned.length > 99)",
  ),
  inSignature("the host is not signed", '|| !claim.signedHeaders.includes("host")', ""),
  inSignature(
    "any signature is accepted",
    "if (!same(claim.signature, expected))",
    "if (claim.signature === expected.slice(1))",
  ),
  inClaim("the scope's day is not the request's", "|| !timestamp.startsWith(date)", ""),
  inClaim(
    "header and query are both signed",
    "if (!presigned && signedInQuery(message))",
    "if (presigned && !signedInQuery(message))",
  ),
  inCanonical(
    "a header's values are not signed",
    "`${name}:${canonicalHeader(message.headers[name] ?? [])}`",
    "`${name}:`",
  ),
  inCanonical("the query is not signed", "    canonicalQuery(query),\n", '    "",\n'),
  inCanonical(
    "the key of one secret signs for another",
    "[secret, date, region, service].join",
    "[date, region, service].join",
  ),
  inEvaluate(
    "an explicit deny is overruled",
    'applies(statement, "Deny", question) !== "no"',
    'applies(statement, "Deny", question) === "account"',
  ),
  inEvaluate("a statement's condition is ignored", " || !statement.condition(context)", ""),
  inEvaluate("a statement's resource is ignored", "!statement.resource(resource, context) || ", ""),
  inEvaluate("a statement's action is ignored", " || !statement.action(action)", ""),
  inEvaluate("a queue's policy for the account allows everybody", '=== "direct")) {', '!== "no")) {'),
  inCondition(
    "a negated test holds for one of its values",
    "(actual, context)) !== operator.negated",
    "(actual, context)) || operator.negated",
  ),
  inCondition("ForAllValues needs one value", "return actual.every(", "return actual.some("),
  inCondition(
    "an absent key fulfils a condition",
    "ifExists !== undefined || (operator.negated",
    "ifExists === undefined || (operator.negated",
  ),
  inCondition("Null is inverted", '=== undefined ? "true" : "false"', '=== undefined ? "false" : "true"'),
  inMatch("an ARN's wildcard crosses its colons", "values.length === parts.length && ", ""),
  inMatch(
    "a variable's own star is a wildcard",
    "filled.push(...codeUnits(fold(value)));",
    'filled.push(...(value === "*" ? [ANY] : codeUnits(fold(value))));',
  ),
  inRoles(
    "a role's permissions boundary is ignored",
    "inputs.permissionsBoundary !== undefined",
    "inputs.permissionsBoundary === null",
  ),
  inTokens("a token without expiry is accepted", 'requiredClaims: ["sub", "exp"]', 'requiredClaims: ["sub"]'),
  inTokens(
    "a token's key may be another pool's",
    'const pool = issuers.get(decodeJwt(token).iss ?? "");',
    "const pool = [...issuers.values()][0];",
  ),
  inTokens("a token names no group", '(claims["cognito:groups"] as string[] | undefined) ?? []', "[]"),
  inPool("another pool's token is accepted", "token.userPoolId !== provider.userPoolId || ", ""),
  inPool("another client's token is accepted", "clients?.test(token.clientId) === false", "clients === null"),
  inIamMode("another service's signature is accepted", 'verified.service !== "appsync" || ', ""),
  inIamMode("a presigned request is accepted", "verified.presigned || ", ""),
  inIamMode(
    "a body's hash is not compared with the signed one",
    " || verified.payloadHash !== sha256(body)",
    "",
  ),
  inRules(
    "a member of another group is allowed",
    "caller.groups.includes(group)",
    "caller.groups.length > 0",
  ),
];
