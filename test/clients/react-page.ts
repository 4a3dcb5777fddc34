import { version } from "react";
import {
  useAsset,
  useAssets,
  useDeleteAsset,
  useLabels,
  useLive,
  usePurgeAsset,
  useRenameAsset,
  useRestoreAsset,
  useSearch,
  useSetLabels,
  useThumbnail,
  useUpload,
} from "../../packages/client/src/react/index.ts";
import { updateAsset } from "../../packages/client/src/index.ts";
import { renderHook } from "./hook.ts";

export interface Caller {
  readonly graphqlUrl: string;
  readonly token: string;
  readonly ownerId: string;
}

/** What a test needs of the page's pictures: base64. */
const fileOf = (base64: string, index: number): File =>
  new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], `${index}.jpg`, {
    type: "image/jpeg",
  });

const propsOf = ({ graphqlUrl, token, ownerId }: Caller) => ({ graphqlUrl, ownerId, token: () => token });

/** Uploads pictures, and waits until the list shows them all with labels and thumbnails. */
async function upload(caller: Caller, pictures: readonly string[]) {
  const page = renderHook(propsOf(caller), () => {
    const live = useLive();
    // All fit on a page: a list that is read again has as many pages as before, and not as many assets.
    const assets = useAssets({}, { include: { labels: true } });
    const uploads = useUpload();
    const thumbnail = useThumbnail(assets.data?.[0]);
    return { live, assets, uploads, thumbnail };
  });
  await page.until(({ live, assets }) => live.status === "live" && assets.isSuccess);
  page.now().uploads.add(pictures.map(fileOf));
  const { uploads, assets, thumbnail } = await page.until(
    (now) =>
      now.uploads.totals.done === pictures.length &&
      now.thumbnail &&
      now.assets.data?.filter(({ labelStatus, width }) => labelStatus === "DONE" && width).length ===
        pictures.length,
  );
  const { status, headers } = await fetch(thumbnail ?? "");
  const again = page.now().uploads.add(pictures.slice(0, 1).map(fileOf))[0];
  const repeated = await page.until((now) => now.uploads.totals.done === pictures.length + 1);
  page.unmount();
  return {
    version,
    totals: uploads.totals,
    titles: assets.data?.map(({ filename, labels }) => [filename, (labels?.length ?? 0) > 0]),
    sorted: assets.data?.every(({ id }, index, all) => index === 0 || id < (all[index - 1]?.id ?? "")),
    thumbnail: { status, type: headers.get("content-type") },
    existing: repeated.uploads.uploads.find(({ id }) => id === again)?.existing,
  };
}

/** Reads a list to its end, page by page. */
async function pages(caller: Caller) {
  const page = renderHook(propsOf(caller), () => useAssets({ limit: 2 }));
  const lengths = new Set<number>();
  for (;;) {
    const { data, hasNextPage, fetchNextPage } = await page.until(
      ({ isFetching, isSuccess }) => isSuccess && !isFetching,
    );
    lengths.add(data?.length ?? 0);
    if (!hasNextPage) {
      page.unmount();
      return [...lengths];
    }
    await fetchNextPage();
  }
}

/** Changes the newest asset, and records what is shown at once and in the end. */
async function change(caller: Caller) {
  const page = renderHook(propsOf(caller), () => {
    const assets = useAssets({}, { include: { labels: true } });
    const id = assets.data?.[0]?.id ?? "";
    return {
      live: useLive(),
      assets,
      trash: useAssets({ state: "DELETED" }),
      rename: useRenameAsset(),
      correct: useSetLabels(),
      remove: useDeleteAsset(),
      restore: useRestoreAsset(),
      purge: usePurgeAsset(),
      id,
    };
  });
  const first = await page.until(
    ({ live, assets, trash }) => live.status === "live" && assets.isSuccess && trash.isSuccess,
  );
  const { id } = first;
  const count = first.assets.data?.length ?? 0;
  const titleOf = () => page.now().assets.data?.find((asset) => asset.id === id)?.title;
  const seen: Record<string, unknown> = {};

  page.now().rename.mutate({ id, title: "Optimistic" });
  await page.until(() => titleOf() === "Optimistic");
  seen["renaming"] = page.now().rename.isPending;
  await page.until(({ rename }) => rename.isSuccess);
  seen["renamed"] = titleOf();

  page.now().rename.mutate({ id, title: "x".repeat(10_000) });
  await page.until(() => titleOf()?.startsWith("xxx"));
  const { rename } = await page.until((now) => now.rename.isError && titleOf() === "Optimistic");
  seen["refused"] = rename.error?.errorType;

  page.now().correct.mutate({ id, add: ["Lighthouse"] });
  const labelled = await page.until(({ assets }) => assets.data?.[0]?.labels?.[0]?.name === "Lighthouse");
  seen["correcting"] = labelled.correct.isPending;
  await page.until(({ correct }) => correct.isSuccess);

  page.now().remove.mutate({ id });
  await page.until(({ assets, trash }) => assets.data?.length === count - 1 && trash.data?.[0]?.id === id);
  await page.until(({ remove }) => remove.isSuccess);
  page.now().restore.mutate({ id });
  await page.until(({ assets, trash }) => assets.data?.[0]?.id === id && trash.data?.length === 0);
  await page.until(({ restore }) => restore.isSuccess);
  seen["restored"] = { title: titleOf(), state: page.now().assets.data?.[0]?.state };

  page.now().purge.mutate({ id });
  await page.until(({ assets }) => assets.data?.length === count - 1);
  await page.until(({ purge }) => purge.isSuccess);
  seen["left"] = page.now().assets.data?.some((asset) => asset.id === id);
  page.unmount();
  return seen;
}

/** What another device changes is shown; a search finds a new label, and the list of labels has it. */
async function follow(caller: Caller) {
  const page = renderHook(propsOf(caller), () => {
    const assets = useAssets({});
    return {
      live: useLive(),
      assets,
      one: useAsset(assets.data?.[0]?.id ?? "", { enabled: assets.isSuccess }),
      found: useSearch({ label: "Harbour" }),
      labels: useLabels({ prefix: "har" }),
      correct: useSetLabels(),
    };
  });
  const { one } = await page.until(
    (now) => now.live.status === "live" && now.one.data && now.found.isSuccess && now.labels.isSuccess,
  );
  const id = one.data?.id ?? "";
  await updateAsset(propsOf(caller), { input: { id, title: "From afar" } });
  await page.until(
    (now) => now.one.data?.title === "From afar" && now.assets.data?.[0]?.title === "From afar",
  );
  page.now().correct.mutate({ id, add: ["Harbour"] });
  const { found, labels } = await page.until((now) => now.found.data?.length && now.labels.data?.length);
  page.unmount();
  return { found: found.data?.map(({ asset }) => asset.id === id), labels: labels.data };
}

const page = { upload, pages, change, follow };

export type Page = typeof page;

Object.assign(globalThis, { page });
