import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { signIn } from "../../packages/local-cloud/src/sign-in.ts";
import type { Caller } from "./scenario.ts";

/** The access token of a user, for libraries that do not sign in themselves. */
export async function tokenOf(ready: Ready, caller: Exclude<Caller, { as: "role" }>): Promise<string> {
  if (caller.as === "token") {
    return caller.token;
  }
  return (await signIn(ready, caller.username)).token;
}

export type Sign = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
) => Promise<Record<string, string>>;

/** Signs POST requests with the SDK's signer. The headers that it returns include `host`. */
export function signerFor({ region }: Ready, credentials: Ready["roles"][string]): Sign {
  const signer = new SignatureV4({ service: "appsync", region, credentials, sha256: Sha256 });
  return async (url, headers, body) => {
    const { protocol, host, hostname, port, pathname: path } = new URL(url);
    const request = { method: "POST", protocol, hostname, port: Number(port), path, query: {}, body };
    return (await signer.sign({ ...request, headers: { host, ...headers } })).headers;
  };
}

/** `fetch` with the caller's authorization, for libraries that accept a fetch function. */
export async function fetchAs(ready: Ready, caller: Caller): Promise<typeof fetch> {
  if (caller.as !== "role") {
    const token = await tokenOf(ready, caller);
    return (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set("authorization", token);
      return fetch(input, { ...init, headers });
    };
  }
  const sign = signerFor(ready, caller.credentials);
  return async (input, init) => {
    const request = new Request(input, init);
    const body = await request.text();
    const headers = new Headers(await sign(request.url, Object.fromEntries(request.headers), body));
    // fetch sets it.
    headers.delete("host");
    return fetch(request.url, { method: "POST", headers, body });
  };
}
