import { randomUUID } from "node:crypto";
import type { Clock, Invocation, Invoker, Log, Principal } from "../../aws/service.ts";
import { AwsError } from "../../aws/service.ts";
import { Store } from "../caching/store.ts";
import type { DeclaredApi, Provider } from "../declared.ts";
import type { Deadline } from "../execute/deadline.ts";
import { unauthorized } from "../refusal.ts";
import { UnsupportedDeclaration } from "../unsupported.ts";
import { JavaPattern } from "../utils/java-pattern.ts";
import type { Authenticator, Presented } from "./caller.ts";
import type { Verdict } from "./verdict.ts";
import { readVerdict, VerdictError } from "./verdict.ts";

export interface AuthorizerBackend {
  readonly lambda: Invoker;
  readonly deadline: (milliseconds: number) => Deadline;
  readonly clock: Clock;
  readonly log: Log;
}

type Api = Pick<DeclaredApi, "apiId" | "arn">;

/** The function must let this principal invoke it, for the API or for any source. */
const appsync: Principal = { kind: "service", service: "appsync.amazonaws.com" };

/** Characters of a token, milliseconds that the function may take, and seconds that an answer may be kept. */
const limits = { token: 2_048, time: 10_000, ttl: 3_600 };

/**
 * Asks the program's own function who calls, and keeps its answer for the token. Whatever goes wrong, nobody is let in.
 * https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization
 */
export function lambdaAuthenticator(
  { functionArn, ttl, identityValidationExpression }: Extract<Provider, { mode: "AWS_LAMBDA" }>,
  api: Api,
  { lambda, deadline, clock, log }: AuthorizerBackend,
): Authenticator {
  const valid = validator(identityValidationExpression);
  const store = new Store(clock);

  async function ask(presented: Presented, token: string): Promise<Verdict> {
    const event = eventOf(presented, token, api);
    const time = deadline(limits.time);
    const late = (): Invocation => ({ error: { errorType: "Timeout", errorMessage: "it took over 10 s" } });
    try {
      return readVerdict(await time.race(lambda.invoke(appsync, functionArn, event, api.arn), late), api);
    } catch (error) {
      if (!(error instanceof AwsError || error instanceof VerdictError)) throw error;
      log.error(`the authorizer of the API gave no answer: ${error.message}`, { functionArn });
      throw unauthorized("You are not authorized to make this call.");
    } finally {
      time.stop();
    }
  }

  return async (presented) => {
    const { authorization: token = "" } = presented.credentials;
    if (token.length > limits.token || !valid(token))
      throw unauthorized("You are not authorized to make this call.");
    const known = store.get(token)?.value as Verdict | undefined;
    const verdict = known ?? (await ask(presented, token));
    const seconds = Math.min(verdict.ttlOverride ?? ttl, limits.ttl);
    if (!known && seconds > 0) store.set(token, JSON.stringify(verdict), seconds);
    if (!verdict.isAuthorized) throw unauthorized("You are not authorized to make this call.");
    const { resolverContext } = verdict;
    return {
      mode: "AWS_LAMBDA",
      // Empty without one, by which `util.authType` tells the mode.
      identity: resolverContext ? { resolverContext } : {},
      groups: [],
      deniedFields: new Set(verdict.deniedFields),
    };
  };
}

function validator(pattern: string | undefined): (token: string) => boolean {
  if (pattern === undefined) return () => true;
  try {
    const compiled = JavaPattern.of(pattern);
    compiled.matches("");
    return (token) => compiled.matches(token);
  } catch {
    throw new UnsupportedDeclaration(`identityValidationExpression ${pattern} is no pattern that runs here`);
  }
}

function eventOf({ asked, headers }: Presented, authorizationToken: string, { apiId, arn }: Api): unknown {
  const { query, operationName, variables } = asked();
  return {
    authorizationToken,
    requestContext: {
      apiId,
      accountId: arn.split(":")[4],
      requestId: randomUUID(),
      queryString: query,
      operationName,
      variables,
    },
    requestHeaders: headers,
  };
}
