import { expect, it } from "@jest/globals";
import type { AssetCache } from "../../packages/client/src/react/cache.ts";
import { Live } from "../../packages/client/src/react/live.ts";
import { useCloud } from "../support/cloud.ts";

const use = useCloud();

it("lists and searches are read again when following begins, and once their indexes have what happened before", async () => {
  const { alice, cloud } = use();
  const { promise: twice, resolve } = Promise.withResolvers<undefined>();
  const refreshed: string[] = [];
  const cache: Pick<AssetCache, "put" | "remove" | "refresh"> = {
    put: () => undefined,
    remove: () => undefined,
    refresh({ all }) {
      refreshed.push(`${live.state().status}, all: ${all}`);
      if (refreshed.length === 2) {
        resolve(undefined);
      }
      return Promise.resolve();
    },
  };
  const endpoint = { graphqlUrl: cloud.ready.graphqlUrl, token: () => alice.token };
  const live = new Live(endpoint, alice.sub, cache as AssetCache);
  const stop = live.start();
  await twice;
  stop();
  expect(refreshed).toEqual(["live, all: true", "live, all: true"]);
});
