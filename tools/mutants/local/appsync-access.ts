import { type Fault, localFaultIn as fault } from "../fault.ts";

const appsync = "appsync";
const inRules = fault(appsync, "auth/rules", "auth/auth");
const inAuthenticate = fault(appsync, "auth/authenticate", "auth/auth", "http/index");
const inUserPools = fault(appsync, "auth/cognito", "auth/auth");
const inVerdict = fault(appsync, "auth/verdict", "auth/lambda");
const inFields = fault(
  appsync,
  "execute/fields",
  "auth/auth",
  "auth/lambda",
  "execute/resolver",
  "realtime/socket",
);
const inOperationCache = fault(appsync, "caching/operations", "caching/caching", "auth/lambda");
const inFieldCache = fault(appsync, "caching/index", "caching/caching");
const inCursor = fault(appsync, "datasources/dynamodb/tokens", "datasources/dynamodb");
const inPages = fault(appsync, "datasources/dynamodb/pages", "datasources/dynamodb");
const inProviders = fault(appsync, "declared/providers", "declared");

export const appsyncAccessFaults: readonly Fault[] = [
  inRules("an unmarked field is for every mode", ': new Map([[standard.mode, "everyone"]])', ": undefined"),
  inRules("groups of a field are not compared", "caller.groups.includes(group)", "group !== caller.mode"),
  inRules(
    "a type's rule stands above its field's",
    "rules.get(`${type.name}.${field.name}`) ?? rules.get(type.name)",
    "rules.get(type.name) ?? rules.get(`${type.name}.${field.name}`)",
  ),
  inRules("@aws_auth protects below the root types", "place.isSingle && place.isRoot", "place.isSingle"),
  inRules("groups of the only pool are ignored", "place.isPool) {", "!place.isPool) {"),
  inRules(
    "DENY allows everybody",
    'standard.defaultAction === "DENY"',
    'standard.defaultAction !== "DENY" && standard.mode !== "AMAZON_COGNITO_USER_POOLS"',
  ),
  inAuthenticate("an API key never expires", "declared.expiresAt <= clock()", "declared.expiresAt <= 0"),
  inAuthenticate("an undeclared mode is accepted", "if (!authenticate) {", "if (!authenticate && !mode) {"),
  inUserPools("another pool's token is accepted", "token.userPoolId !== provider.userPoolId || ", ""),
  inUserPools(
    "the pattern of clients is ignored",
    "clients?.test(token.clientId) === false",
    "clients?.test(token.clientId) === null",
  ),
  inVerdict("another API's denied fields count", "api === apiArn ? `${type", "api !== undefined ? `${type"),
  inFields(
    "denied fields are read",
    "caller.deniedFields?.has(name)",
    "caller.deniedFields?.has(info.fieldName)",
  ),
  inFields(
    "a role reads root fields without permission",
    "...(roots.includes(type) ? [grantGuard(grants)] : []),",
    "",
  ),
  inFields(
    "subscribers get fields that they may not read",
    "    return guard(guards, readProperty);",
    "    return guard(guards.slice(2), readProperty);",
  ),
  inFields(
    "the limit of resolvers is one too high",
    "execution.resolversRun > resolverCountLimit",
    "execution.resolversRun > resolverCountLimit + 1",
  ),
  inOperationCache(
    "a cached answer shows denied fields",
    ", [...deniedFields].sort()];",
    ", deniedFields === undefined];",
  ),
  inOperationCache(
    "one caller gets another's cached answer",
    "withoutAddress(caller.identity)",
    "typeof caller.identity",
  ),
  inFieldCache(
    "a field's cached result is another identity's",
    'const everything = ["arguments", "source", "identity"];',
    'const everything = ["arguments", "source"];',
  ),
  inCursor("a cursor opens any query", "JSON.stringify(query)", "JSON.stringify(typeof query)"),
  inPages(
    "a cursor opens another table",
    'tokens, [table, fields["index"] ?? null, condition]);',
    'tokens, [fields["index"] ?? null, condition]);',
  ),
  inProviders("an API key may last for years", "wanted <= now + 365 * day", "wanted <= now + 3_650 * day"),
];
