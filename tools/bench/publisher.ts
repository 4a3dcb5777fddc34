import { Sha256 } from "@smithy/core/checksum";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";

const mutation = /* GraphQL */ `
  mutation ($input: AssetEventInput!) {
    publishAssetEvent(input: $input) {
      seq
      type
      ownerId
      assetId
      at
      asset {
        id
        state
        labelStatus
      }
    }
  }
`;

/** Publishes events of an owner as the relay function does: signed by its role, the only one that may. */
export function publisher(
  { graphqlUrl, region, roles }: Ready,
  ownerId: string,
): (seq: number) => Promise<void> {
  const credentials = roles["relay"];
  if (!credentials) {
    throw new Error("The program declares no role relay");
  }
  const signer = new SignatureV4({ service: "appsync", region, credentials, sha256: Sha256 });
  const { protocol, hostname, port, host, pathname } = new URL(graphqlUrl);
  const id = "01JD3Z6V5K8Q2M7N4P9R0S1T2W";
  const at = "2026-01-01T00:00:00.000Z";
  const asset = {
    ...{ id, ownerId, contentType: "image/jpeg", contentLength: 1000, state: "CREATED", labelStatus: "NONE" },
    ...{ createdAt: at, updatedAt: at, version: 1 },
  };
  return async (seq) => {
    const input = { seq, type: "CREATED", ownerId, assetId: id, at, asset };
    const body = JSON.stringify({ query: mutation, variables: { input } });
    const { headers } = await signer.sign(
      new HttpRequest({
        ...{ method: "POST", protocol, hostname, port: Number(port), path: pathname, body },
        headers: { "content-type": "application/json", host },
      }),
    );
    const sent = Object.entries(headers).filter(([name]) => name !== "host");
    const response = await fetch(graphqlUrl, { method: "POST", headers: sent, body });
    const { errors } = (await response.json()) as { errors?: unknown };
    if (errors !== undefined) {
      throw new Error(`Publishing answered ${JSON.stringify(errors)}`);
    }
  };
}
