import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generate } from "selfsigned";
import type { Clock, Storage } from "../../base/service.ts";

export interface Certificates {
  readonly key: string;
  /** The server's certificate and its CA's. */
  readonly cert: string;
  /** Path of the CA's certificate, for clients' `NODE_EXTRA_CA_CERTS`. */
  readonly caFile: string;
}

const day = 24 * 60 * 60 * 1000;
const lifetime = 800 * day;

/** Certificates for localhost and 127.0.0.1, created once per data folder and again a month before they expire. */
export async function loadCertificates(storage: Storage, clock: Clock = Date.now): Promise<Certificates> {
  const [caFile, certFile, keyFile] = ["ca.pem", "server.pem", "server.key"].map((name) =>
    join(storage.folder, name),
  ) as [string, string, string];
  if (!isFresh(caFile, clock()) || !isFresh(certFile, clock()) || !existsSync(keyFile)) {
    const { ca, cert, key } = await makeCertificates(clock());
    mkdirSync(storage.folder, { recursive: true, mode: 0o700 });
    writeFileSync(caFile, ca);
    writeFileSync(certFile, cert + ca);
    writeFileSync(keyFile, key, { mode: 0o600 });
  }
  return { key: readFileSync(keyFile, "utf8"), cert: readFileSync(certFile, "utf8"), caFile };
}

/** The CA's key is not stored, so nothing else can be signed with it: to trust the CA is to trust these two names. */
async function makeCertificates(now: number): Promise<{ ca: string; cert: string; key: string }> {
  const common = {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(now - day),
    notAfterDate: new Date(now + lifetime),
  } as const;
  const ca = await generate([{ name: "commonName", value: "Local cloud CA" }], {
    ...common,
    extensions: [
      { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: "commonName", value: "localhost" }], {
    ...common,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  return { ca: withNewline(ca.cert), cert: withNewline(server.cert), key: server.private };
}

function withNewline(pem: string): string {
  return pem.endsWith("\n") ? pem : `${pem}\n`;
}

function isFresh(file: string, now: number): boolean {
  return existsSync(file) && Date.parse(new X509Certificate(readFileSync(file)).validTo) > now + 30 * day;
}
