import { type Fault, localFaultIn as fault } from "../fault.ts";

const cognito = "aws/cognito";
const inTokens = fault(cognito, "tokens", "verifier", "tokens");
const inSessions = fault(cognito, "sessions", "tokens", "sign-in", "account", "requests");
const inUsers = fault(cognito, "users", "account", "sign-in", "requests");
const inAliases = fault(cognito, "aliases", "account", "sign-in", "requests");
const inClients = fault(cognito, "clients", "account", "sign-in", "requests");
const inService = fault(cognito, "service", "admin", "requests");
const inCodes = fault(cognito, "codes", "account");
const inChallenges = fault(cognito, "challenges", "sign-in", "states");
const inUserAttributes = fault(cognito, "attributes", "account", "sign-in", "states");
const inMailbox = fault(cognito, "mailbox", "requests");
const inAdmin = fault(cognito, "operations/admin", "requests", "admin");
const inAccount = fault(cognito, "operations/account", "requests", "account");

export const cognitoFaults: readonly Fault[] = [
  inTokens("a token may name its own algorithm", '      algorithms: ["RS256"],\n', ""),
  inTokens(
    "an expired token that was seen before is accepted",
    "known.expiresAt <= clock()",
    "known.expiresAt <= 0",
  ),
  inTokens("a token of an unknown client is accepted", " || !pool.settings.clients.has(clientId)", ""),
  inTokens("a token's use is not compared with its key", 'claims["token_use"] !== use || ', ""),
  inSessions(
    "an ID token is accepted as an access token",
    'verified.use !== "access"',
    "verified.use === undefined",
  ),
  inSessions(
    "a revoked access token is accepted",
    'typeof origin === "string" && !pool.store.session(origin)',
    'typeof origin === "number" && !pool.store.session(origin)',
  ),
  inSessions(
    "another client's refresh token is accepted",
    "if (session?.client !== client.id) {",
    "if (!session) {",
  ),
  inSessions("a refresh token never expires", "session.expires <= now", "session.expires <= 0"),
  inSessions(
    "a rotated refresh token still works",
    "session.previousUntil <= now",
    "session.previousUntil < 0",
  ),
  inSessions(
    "a client revokes another's token",
    "session && session.client !== client.id",
    'session && session.client === "none"',
  ),
  inAliases("an unverified address is an alias", 'attributes[`${name}_verified`] === "true"', "true"),
  inUserAttributes(
    "a user marks their own address as verified",
    'if (Object.keys(given).some((name) => name.endsWith("_verified")))',
    "if (Object.keys(given).length > 99)",
  ),
  inUserAttributes(
    "an address is marked as verified with the first password",
    'fixed || name.endsWith("_verified")',
    "fixed",
  ),
  inUsers(
    "another's alias is taken over",
    "owner && owner.sub !== user.sub",
    "owner && owner.sub === user.sub",
  ),
  inClients(
    "a secret hash is not compared",
    '!equal(Buffer.from(hash, "base64"), expected)',
    "expected.length === 0",
  ),
  inUsers("a name may be another's address", "    refuseAliasAsName(settings, name);\n", ""),
  inUsers(
    "the answer reveals that a user does not exist",
    "if (!client.preventUserExistenceErrors) {",
    "if (client.id) {",
  ),
  inService("an administrator's operation needs no permission", "    iam.authorize({", "    void ({"),
  inService("a signed operation needs no signature", "if (!principal) {", "if (!principal && !input) {"),
  inCodes("a code may be guessed any number of times", "kept.attempts >= 5", "kept.attempts >= 5000"),
  inCodes("a code never expires", "kept.expires <= clock()", "kept.expires <= 0"),
  inCodes("a code works twice", "  store.deleteCode(user.sub, purpose);\n", ""),
  inChallenges("passwords may be guessed any number of times", "count < 5 ? 0", "count < 5000 ? 0"),
  inChallenges("a challenge can be answered twice", "used: true", "used: false"),
  inMailbox("everybody may read the mail", "chmodSync(this.#file, 0o600)", "chmodSync(this.#file, 0o644)"),
  inAdmin(
    "a page token works for another operation",
    "after === undefined || writeToken(operation, pool, after) !== token",
    "after === undefined",
  ),
  inAccount(
    "sign-up is open where only administrators make users",
    "if (!pool.settings.selfSignUp)",
    "if (!pool)",
  ),
];
