import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from "react";
import type { Endpoint } from "../api.ts";
import { received } from "../upload.ts";
import { UploadQueue } from "../upload-queue.ts";
import type { AssetEvent } from "../schema.ts";
import { AssetCache } from "./cache.ts";
import { Live, type LiveState, verdict } from "./live.ts";
import { UrlLoader } from "./url-loader.ts";

export interface DarkroomProps extends Endpoint {
  /** The signed-in user, whose assets are shown. */
  readonly ownerId: string;
  /** False: changes are seen when queries are read again. Default true. */
  readonly live?: boolean;
  /** Uploads at the same time. Default 4. */
  readonly concurrency?: number;
  readonly children?: ReactNode;
}

/** What the hooks share. */
export interface DarkroomSession {
  readonly endpoint: Endpoint;
  readonly ownerId: string;
  readonly isLive: boolean;
  readonly cache: AssetCache;
  readonly live: Live;
  readonly uploads: UploadQueue;
  readonly urls: UrlLoader;
}

const Context = createContext<DarkroomSession | undefined>(undefined);

/**
 * Gives the hooks below it the API, inside of a `QueryClientProvider`. It follows the owner's events, and ends its
 * uploads when it is unmounted. For another user, give it another `key` and clear the query client.
 */
export function DarkroomProvider(props: DarkroomProps): ReactElement {
  const { graphqlUrl, ownerId, token, live: isLive = true, concurrency, children } = props;
  const queryClient = useQueryClient();
  const latest = useRef(token);
  useEffect(() => {
    latest.current = token;
  }, [token]);
  const shared = useMemo(
    () =>
      createDarkroom(queryClient, {
        endpoint: { graphqlUrl, token: () => latest.current() },
        ...{ ownerId, isLive, concurrency },
      }),
    [queryClient, graphqlUrl, ownerId, isLive, concurrency],
  );
  useEffect(() => {
    const ends = [shared.cache.start(), ...(shared.isLive ? [shared.live.start()] : [])];
    return () => {
      shared.uploads.cancel();
      for (const end of ends) {
        end();
      }
    };
  }, [shared]);
  return createElement(Context.Provider, { value: shared }, children);
}

interface Setting extends Pick<DarkroomSession, "endpoint" | "ownerId" | "isLive"> {
  readonly concurrency: number | undefined;
}

/** Milliseconds after which the API is asked whether an upload was received, if no event reports it. */
const maxSilence = 10_000;

function createDarkroom(queryClient: QueryClient, { concurrency, ...setting }: Setting): DarkroomSession {
  const { endpoint, ownerId, isLive } = setting;
  const cache = new AssetCache(queryClient, ownerId);
  const live = new Live(endpoint, ownerId, cache);
  const uploads = new UploadQueue(endpoint, {
    concurrency,
    async whenReceived(asset, signal) {
      if (isLive && !cache.isReceived(asset.id)) {
        await verdict(live, asset.id, maxSilence, signal);
      }
      return received(endpoint, asset, signal);
    },
  });
  return { ...setting, cache, live, uploads, urls: new UrlLoader(endpoint) };
}

/** For operations that have no hook of their own. */
export function useDarkroom(): DarkroomSession {
  const shared = useContext(Context);
  if (!shared) {
    throw new Error("There is no DarkroomProvider above this component");
  }
  return shared;
}

/** Whether events arrive. */
export function useLive(): LiveState {
  const { live } = useDarkroom();
  return useSyncExternalStore(live.watch, live.state, live.state);
}

/** Calls with each event as it arrives, once each and in order. */
export function useAssetEvents(listener: (event: AssetEvent) => void): void {
  const { live } = useDarkroom();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  }, [listener]);
  useEffect(() => live.listen((event) => latest.current(event)), [live]);
}
