import type { SignedMessage } from "../../aws/gateway/canonical.ts";
import type { Principal } from "../../base/service.ts";
import type { Mode } from "../declared/providers.ts";
import type { GraphQLRequest, Headers } from "./request.ts";

/** The caller of a request, over HTTP or a socket. */
export interface Caller {
  readonly mode: Mode;
  /** ctx.identity, in the shape that AppSync documents for the mode; null for an API key. */
  readonly identity: unknown;
  readonly groups: readonly string[];
  /** `Type.field`, from a Lambda authorizer. */
  readonly deniedFields?: ReadonlySet<string>;
  /** Set for IAM. */
  readonly principal?: Principal;
  /** When the caller's credentials expire, in milliseconds since the epoch. */
  readonly expiresAt?: number;
}

/** What a request presents: the same for HTTP, for a socket's handshake and for each `start` on the socket. */
export interface Presented {
  /** `authorization` and `x-api-key`: lower-case names, each with its first value. */
  readonly credentials: Readonly<Record<string, string | undefined>>;
  /** X-Forwarded-For, and then the peer. Only the last one can be trusted. */
  readonly sourceIp: readonly string[];
  /** The message that a signature must cover. */
  readonly signed: { readonly message: SignedMessage; readonly body: Buffer };
  /** As ctx.request.headers has them. */
  readonly headers: Headers;
  /** The operation to run; empty in a handshake. Throws `Refusal` if it is not a valid request. */
  readonly asked: () => GraphQLRequest;
}

/** Throws `Refusal` for a caller without access to the API. */
export type Authenticator = (presented: Presented) => Promise<Caller>;

/** The username, the role, or the mode of a caller without a name. */
export function nameOfCaller({ identity, principal, mode }: Caller): string {
  if (principal?.kind === "role") {
    return principal.roleArn.split("/").at(-1) ?? "";
  }
  const { username } = (identity ?? {}) as { readonly username?: unknown };
  return typeof username === "string" ? username : mode;
}
