import type { SignedMessage } from "../../aws/gateway/canonical.ts";
import type { Principal } from "../../base/service.ts";
import type { Mode } from "../declared/providers.ts";
import type { GraphQLRequest, Headers } from "./request.ts";

/** Who asks, however the request came. */
export interface Caller {
  readonly mode: Mode;
  /** ctx.identity, in the shape that AppSync documents for the mode; null for an API key. */
  readonly identity: unknown;
  readonly groups: readonly string[];
  /** `Type.field`, as a Lambda authorizer says. */
  readonly deniedFields?: ReadonlySet<string>;
  /** Set for IAM. */
  readonly principal?: Principal;
  /** Milliseconds since the epoch, when what the caller showed lapses. */
  readonly expiresAt?: number;
}

/** What came with a request: the same for HTTP, for a socket's handshake and for each `start` on it. */
export interface Presented {
  /** `authorization` and `x-api-key` are read from here: lower-case names, each with its first value. */
  readonly credentials: Readonly<Record<string, string | undefined>>;
  /** X-Forwarded-For and then the peer: only the last one is sure. */
  readonly sourceIp: readonly string[];
  /** What a signature must cover. */
  readonly signed: { readonly message: SignedMessage; readonly body: Buffer };
  /** As ctx.request.headers has them. */
  readonly headers: Headers;
  /** What is to be run; nothing yet in a handshake. Throws `Refusal` for what is not a request. */
  readonly asked: () => GraphQLRequest;
}

/** Throws `Refusal` for who may not ask at all. */
export type Authenticator = (presented: Presented) => Promise<Caller>;
