import type { IncomingMessage } from "node:http";
import { decodeJwt } from "jose";
import { AwsError } from "../../base/service.ts";
import type { Firewall } from "../waf/firewall.ts";
import type { Context, Pool } from "./context.ts";
import type { Input } from "./input.ts";

/** Throws `AwsError` if the web ACL of the user pool blocks the request. */
export type Guard = (request: IncomingMessage, operation: string, input: Input) => void;

/**
 * For operations of users. WAF does not see those that need a role. Cognito passes no credentials on, and adds the name
 * of the operation.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-waf.html
 */
export function createGuard(context: Context, firewall: Firewall = () => false): Guard {
  return ({ headers: { authorization: _, ...headers }, socket }, operation, input) => {
    const pool = poolOfUser(context, input);
    if (pool === undefined) {
      return;
    }
    const seen = { ...headers, "x-amzn-cognito-operation-name": operation };
    if (firewall(pool.settings.arn, { headers: seen, address: socket.remoteAddress })) {
      throw new AwsError("ForbiddenException", "Request not allowed due to WAF block.", 403);
    }
  };
}

function poolOfUser({ pools, challenges }: Context, input: Input): Pool | undefined {
  const { ClientId, AccessToken, Session } = input;
  const client = ClientId ?? clientOfToken(AccessToken) ?? challenges.clientOf(String(Session));
  return [...pools.values()].find(
    ({ settings }) => typeof client === "string" && settings.clients.has(client),
  );
}

/** The operation verifies the token later. */
function clientOfToken(token: unknown): unknown {
  try {
    return decodeJwt(String(token))["client_id"];
  } catch {
    return undefined;
  }
}
