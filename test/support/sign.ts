import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Credentials } from "../../local/aws/iam/index.ts";

/** What the SDK's signer hashes with: Node's own, since in JavaScript a large body takes long. */
export class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = secret === undefined || typeof secret === "string" ? secret : bytesOf(secret);
    this.#hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {
    throw new Error("not used");
  }
}

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
export async function signPost(request: Request): Promise<Record<string, string>> {
  const { service, region, credentials, url, headers = {}, query = {}, body, at = new Date() } = request;
  const { protocol, hostname, port, pathname: path, host } = url;
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const signed = await signer.sign(
    {
      ...{ method: "POST", protocol, hostname, port: Number(port), path },
      ...{ query, headers: { host, ...headers }, body },
    },
    { signingDate: at },
  );
  return signed.headers;
}

function bytesOf(source: ArrayBuffer | ArrayBufferView): Uint8Array {
  return source instanceof ArrayBuffer
    ? new Uint8Array(source)
    : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}
