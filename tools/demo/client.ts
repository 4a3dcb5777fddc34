import { ask, type AssetEvent, followAssetEvents } from "../../packages/client/src/index.ts";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { signIn } from "../../packages/local-cloud/src/sign-in.ts";

/** What the demo does with Darkroom, as an app would. */
export interface Person {
  createAsset(input: AssetInput): Promise<Created>;
  downloadUrl(id: string): Promise<string | null>;
  /** The caller's events, from the moment that this resolves. */
  follow(): Promise<AsyncGenerator<AssetEvent>>;
}

interface AssetInput {
  readonly filename: string;
  readonly contentType: string;
  readonly contentLength: number;
  readonly sha256: string;
}

interface Created {
  readonly asset: { readonly id: string };
  readonly upload: PresignedRequest;
}

export interface PresignedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** Signs a local user in with the password of the cloud's ready object. */
export async function connect(ready: Ready, username: string): Promise<Person> {
  const { token, sub } = await signIn(ready, username);
  const endpoint = { graphqlUrl: ready.graphqlUrl, token: () => token };
  return {
    async createAsset(input) {
      const { createAsset } = await ask<{ createAsset: Created }>(
        endpoint,
        `mutation Create($input: CreateAssetInput!) {
          createAsset(input: $input) { asset { id } upload { url method headers { name value } } }
        }`,
        { input },
      );
      return createAsset;
    },
    async downloadUrl(id) {
      const { getAsset } = await ask<{ getAsset: { downloadUrl: string | null } }>(
        endpoint,
        "query Download($id: ID!) { getAsset(id: $id) { downloadUrl } }",
        { id },
      );
      return getAsset.downloadUrl;
    },
    async follow() {
      const connected = Promise.withResolvers<undefined>();
      const events = followAssetEvents({
        ...endpoint,
        ownerId: sub,
        onConnected: () => connected.resolve(undefined),
      });
      await connected.promise;
      return events;
    },
  };
}
