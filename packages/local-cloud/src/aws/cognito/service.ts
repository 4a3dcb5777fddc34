import type { IncomingMessage } from "node:http";
import { failJson, readJson, sendJson } from "../gateway/json.ts";
import type { Iam } from "../iam/index.ts";
import { type AnonymousCall, AwsError, type Principal, type Service } from "../../base/service.ts";
import type { Context, Operation } from "./context.ts";
import type { Input } from "./input.ts";
import type { Guard } from "./guard.ts";
import { jwks } from "./keys.ts";
import { accountOperations } from "./operations/account.ts";
import { adminOperations } from "./operations/admin.ts";
import { secondFactorOperations } from "./operations/second-factor.ts";
import { signInOperations } from "./operations/sign-in.ts";
import { checkRequest } from "./requests.ts";
import { poolOf } from "./clients.ts";

const prefix = "AWSCognitoIdentityProviderService.";
const wellKnown = /^\/([\w-]+_\w+)\/\.well-known\/(jwks\.json|openid-configuration)$/;

interface Served {
  readonly context: Context;
  readonly run: Run;
  readonly guard: Guard;
  readonly endpoint: () => string;
}

/** The API over HTTP: open to browsers of any origin, and each pool's public documents. */
export function createCognitoService({ context, run, guard, endpoint }: Served): Service {
  const open = operationsOfUsers(context);
  const answer = async (call: AnonymousCall, principal?: Principal): Promise<void> => {
    const { operation, input } = await readJson(call);
    if (find(open, operation)) {
      guard(call.request, operation, input);
    }
    sendJson(call.response, await run(operation, input, principal));
  };
  return {
    scopes: ["cognito-idp"],
    handle: (call) => answer(call, call.principal),
    fail: failJson,
    anonymous: {
      accepts: (request, url) => isCall(request) || wellKnown.test(url.pathname),
      handle: async (call) => {
        // Set ahead, so that a page can read an error as well.
        call.response.setHeader("access-control-allow-origin", "*");
        call.response.setHeader("cache-control", "no-store");
        if (isCall(call.request)) {
          await answer(call);
        } else {
          sendDocument(context, call, endpoint());
        }
      },
    },
  };
}

type Run = ReturnType<typeof createRun>;

/** Open to everyone. */
const operationsOfUsers = (context: Context) => ({
  ...signInOperations(context),
  ...accountOperations(context),
  ...secondFactorOperations(context),
});

/** Runs an operation by its name. Some are open to everyone, the others need a permission. */
export function createRun(context: Context, iam: Iam) {
  const open = operationsOfUsers(context);
  const signed = adminOperations(context);
  return (name: string, input: Input, principal?: Principal): ReturnType<Operation> => {
    const operation = find(open, name) ?? find(signed, name);
    if (!operation) {
      throw new AwsError("UnknownOperationException", `Cognito operation ${name} is not supported`);
    }
    checkRequest(name, input);
    if (find(open, name)) {
      return operation(input);
    }
    if (!principal) {
      throw new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token");
    }
    const resource = poolOf(context, input).settings.arn;
    iam.authorize({ principal, action: `cognito-idp:${name}`, resource });
    return operation(input);
  };
}

function find(operations: Readonly<Record<string, Operation>>, name: string): Operation | undefined {
  return Object.hasOwn(operations, name) ? operations[name] : undefined;
}

function isCall({ method, headers }: IncomingMessage): boolean {
  return method === "POST" && String(headers["x-amz-target"]).startsWith(prefix);
}

function sendDocument({ pools }: Context, { url, response }: AnonymousCall, endpoint: string): void {
  const [, id = "", name] = wellKnown.exec(url.pathname) ?? [];
  const pool = pools.get(id);
  if (!pool) {
    throw new AwsError("ResourceNotFoundException", `User pool ${id} does not exist.`);
  }
  const configuration = {
    id_token_signing_alg_values_supported: ["RS256"],
    issuer: pool.settings.issuer,
    jwks_uri: `${endpoint}/${id}/.well-known/jwks.json`,
    response_types_supported: ["code", "token"],
    scopes_supported: ["openid", "email", "phone", "profile"],
    subject_types_supported: ["public"],
  };
  sendJson(response, name === "jwks.json" ? jwks(pool.keys) : configuration);
}
