import { sha256, type SignedMessage } from "../../aws/gateway/canonical.ts";
import type { Verifier } from "../../aws/gateway/signature.ts";
import { AwsError, type Principal } from "../../base/service.ts";
import { Refusal } from "../refusal.ts";
import type { Authenticator, Presented } from "../model/caller.ts";

/** Accepts requests that are signed for the service appsync, in their headers. */
export function iamAuthenticator(verifier: Verifier): Authenticator {
  return async ({ signed, sourceIp }) => {
    const principal = await verify(verifier, signed);
    return { mode: "AWS_IAM", identity: iamIdentity(principal, sourceIp), groups: [], principal };
  };
}

async function verify(verifier: Verifier, { message, body }: Presented["signed"]): Promise<Principal> {
  try {
    const verified = await verifier.verify(signedPart(message), () => Promise.resolve(body));
    if (verified.service !== "appsync" || verified.presigned || verified.payloadHash !== sha256(body)) {
      throw new AwsError("InvalidSignatureException", "The signature is not for this request.", 403);
    }
    return verified.principal;
  } catch (error) {
    throw error instanceof AwsError ? new Refusal(error.code, error.message, error.status) : error;
  }
}

/** Clients add their user agent after signing. It has no effect here, so it may be unsigned. */
function signedPart(message: SignedMessage): SignedMessage {
  const { "x-amz-user-agent": agent, ...headers } = message.headers;
  const signed = /SignedHeaders=[^,\s]*\bx-amz-user-agent\b/.test(headers["authorization"]?.[0] ?? "");
  return { ...message, headers: signed ? { ...headers, "x-amz-user-agent": agent } : headers };
}

/** The user name of `arn:aws:sts::123456789012:assumed-role/relay/local` is `relay:local`. On AWS it has the id of the role. */
function iamIdentity(principal: Principal, sourceIp: readonly string[]): unknown {
  const userArn = principal.kind === "role" ? principal.sessionArn : principal.service;
  const [, , , , accountId = null, path = userArn] = userArn.split(":");
  return {
    accountId,
    cognitoIdentityPoolId: null,
    cognitoIdentityId: null,
    sourceIp,
    username: path.split("/").slice(-2).join(":"),
    userArn,
    cognitoIdentityAuthType: null,
    cognitoIdentityAuthProvider: null,
  };
}
