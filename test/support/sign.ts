import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Credentials } from "../../packages/local-cloud/src/aws/iam/index.ts";

interface Request {
  readonly service: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly at?: Date;
}

/** Headers of a POST with a signature of the SDK's own making. */
export const signPost = (request: Request): Promise<Record<string, string>> => sign("POST", request);

export const signGet = (request: Omit<Request, "body">): Promise<Record<string, string>> =>
  sign("GET", { ...request, body: "" });

async function sign(method: string, request: Request): Promise<Record<string, string>> {
  const { service, region, credentials, url, headers = {}, query = {}, body, at = new Date() } = request;
  const { protocol, hostname, port, pathname: path, host } = url;
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const signed = await signer.sign(
    {
      ...{ method, protocol, hostname, port: Number(port), path },
      ...{ query, headers: { host, ...headers }, body },
    },
    { signingDate: at },
  );
  return signed.headers;
}
