import { randomUUID } from "node:crypto";
import {
  AwsError,
  type Clock,
  type Invocation,
  type Invoker,
  type Log,
  type Principal,
} from "../../base/service.ts";
import { Store } from "../caching/store.ts";
import type { DeclaredApi } from "../declared/index.ts";
import type { Provider } from "../declared/providers.ts";
import type { Deadline } from "../model/deadline.ts";
import { refuse } from "../../base/refusal.ts";
import { unauthorized } from "../refusal.ts";
import { JavaPattern } from "../utils/java-pattern.ts";
import type { Authenticator, Presented } from "../model/caller.ts";
import { readVerdict, type Verdict, VerdictError } from "./verdict.ts";

export interface AuthorizerBackend {
  readonly lambda: Invoker;
  readonly deadline: (milliseconds: number) => Deadline;
  readonly clock: Clock;
  readonly log: Log;
}

type Api = Pick<DeclaredApi, "apiId" | "arn" | "type" | "name">;
type Lambda = Extract<Provider, { mode: "AWS_LAMBDA" }>;

/** The function must let this principal invoke it, for the API or for any source. */
const appsync: Principal = { kind: "service", service: "appsync.amazonaws.com" };

/** Characters of a token, milliseconds of the function, and seconds that an answer is cached. */
const limits = { token: 2_048, time: 10_000, ttl: 3_600 };

/**
 * Invokes the authorizer of the program, and caches its answer by token. Every failure refuses the caller.
 * https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization
 */
export function lambdaAuthenticator(provider: Lambda, api: Api, backend: AuthorizerBackend): Authenticator {
  const valid = validator(provider.identityValidationExpression, api);
  const store = new Store(backend.clock);
  return async (presented) => {
    const { authorization: token = "" } = presented.credentials;
    if (token.length > limits.token || !valid(token)) {
      throw refused();
    }
    const known = store.get(token)?.value as Verdict | undefined;
    const verdict = known ?? (await ask(eventOf(presented, token, api), provider, api, backend));
    const seconds = Math.min(verdict.ttlOverride ?? provider.ttl, limits.ttl);
    if (!known && seconds > 0) {
      store.set(token, JSON.stringify(verdict), seconds);
    }
    if (!verdict.isAuthorized) {
      throw refused();
    }
    const { resolverContext } = verdict;
    return {
      mode: provider.mode,
      // Not null, by which `util.authType` knows the mode.
      identity: resolverContext ? { resolverContext } : {},
      groups: [],
      deniedFields: new Set(verdict.deniedFields),
    };
  };
}

const refused = () => unauthorized("You are not authorized to make this call.");

async function ask(
  event: unknown,
  { functionArn }: Lambda,
  api: Api,
  { lambda, deadline, log }: AuthorizerBackend,
): Promise<Verdict> {
  const time = deadline(limits.time);
  const late = (): Invocation => ({ error: { errorType: "Timeout", errorMessage: "it took over 10 s" } });
  try {
    return readVerdict(await time.race(lambda.invoke(appsync, functionArn, event, api.arn), late), api);
  } catch (error) {
    if (!(error instanceof AwsError || error instanceof VerdictError)) {
      throw error;
    }
    log.error(`the authorizer of the API failed: ${error.message}`, { functionArn });
    throw refused();
  } finally {
    time.stop();
  }
}

function validator(pattern: string | undefined, api: Api): (token: string) => boolean {
  if (pattern === undefined) {
    return () => true;
  }
  try {
    const compiled = JavaPattern.of(pattern);
    compiled.matches("");
    return (token) => compiled.matches(token);
  } catch {
    refuse(api, "identityValidationExpression", `is ${pattern}, which is not a pattern that runs here`);
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
