import { expect, it } from "@jest/globals";
import { QueryClient } from "@tanstack/react-query";
import type { Asset } from "../../packages/client/src/index.ts";
import { AssetCache } from "../../packages/client/src/react/cache.ts";
import { Live } from "../../packages/client/src/react/live.ts";
import { anAsset } from "../support/asset.ts";
import { useCloud } from "../support/cloud.ts";

const use = useCloud();

it("lists and searches are read again when following begins, and once their indexes have what happened before", async () => {
  const { alice, cloud } = use();
  const { promise: twice, resolve } = Promise.withResolvers<undefined>();
  const refreshed: object[] = [];
  const cache: Pick<AssetCache, "put" | "remove" | "refresh"> = {
    put: () => undefined,
    remove: () => undefined,
    refresh(options) {
      refreshed.push({ status: live.state().status, ...options });
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
  expect(refreshed).toEqual([
    { status: "live", all: true, forget: true },
    { status: "live", all: true },
  ]);
});

it("what events said stays when lists are read again, unless events were missed", async () => {
  const cache = new AssetCache(new QueryClient(), "someone");
  const asset = anAsset({ state: "RECEIVED" }) as unknown as Asset;
  cache.put(asset);
  await cache.refresh({ all: true });
  expect(cache.isReceived(asset.id)).toBe(true);
  await cache.refresh({ all: true, forget: true });
  expect(cache.isReceived(asset.id)).toBe(false);
});
