import { useMutation, type UseMutationResult } from "@tanstack/react-query";
import type { DarkroomError, Endpoint } from "../api.ts";
import {
  confirmUpload,
  deleteAsset,
  labelAsset,
  purgeAsset,
  restoreAsset,
  setLabels,
  updateAsset,
} from "../operations.ts";
import type { Asset, Label, SetLabelsArguments, UpdateAssetInput } from "../schema.ts";
import type { Patch } from "./cache.ts";
import { useDarkroom } from "./provider.ts";

interface Plan<Variables> {
  readonly run: (endpoint: Endpoint, variables: Variables) => Promise<Asset | string>;
  /** What is shown until the API has answered. */
  readonly patch?: (variables: Variables) => Patch;
}

interface One {
  readonly id: string;
}

/** Lists, searches and single assets show the change at once, and show the former asset again if the API refuses it. */
export type AssetMutation<Variables extends One = One> = UseMutationResult<
  Asset | string,
  DarkroomError,
  Variables,
  () => void
>;

function useAssetMutation<Variables extends One>({ run, patch }: Plan<Variables>): AssetMutation<Variables> {
  const { endpoint, cache } = useDarkroom();
  return useMutation<Asset | string, DarkroomError, Variables, () => void>({
    mutationFn: (variables) => run(endpoint, variables),
    onMutate: (variables) => (patch ? cache.expect(variables.id, patch(variables)) : () => undefined),
    onSuccess: (answer) => (typeof answer === "string" ? cache.remove(answer) : cache.put(answer)),
    onSettled: (_answer, _error, _variables, settle) => settle?.(),
  });
}

const include = { labels: true };

/** Sets the title, or removes it if it is empty. */
export const useRenameAsset = (): AssetMutation<UpdateAssetInput> => useAssetMutation(rename);

const rename: Plan<UpdateAssetInput> = {
  run: (endpoint, input) => updateAsset(endpoint, { input }, { include }),
  patch:
    ({ title }) =>
    (asset) => ({ ...asset, title: title == null || title === "" ? null : title }),
};

/** Corrects the labels. */
export const useSetLabels = (): AssetMutation<SetLabelsArguments> => useAssetMutation(correct);

const correct: Plan<SetLabelsArguments> = {
  run: (endpoint, variables) => setLabels(endpoint, variables, { include }),
  patch:
    ({ add, remove }) =>
    (asset) =>
      asset.labels === undefined ? asset : { ...asset, labels: corrected(asset.labels, add, remove) },
};

function corrected(
  labels: readonly Label[] | null,
  add: readonly string[] | null | undefined,
  remove: readonly string[] | null | undefined,
): Label[] {
  const named = new Set([...(add ?? []), ...(remove ?? [])].map((name) => name.toLowerCase()));
  const added = (add ?? []).map((name): Label => ({ name, confidence: 100, parents: [], source: "PERSON" }));
  return [...added, ...(labels ?? []).filter(({ name }) => !named.has(name.toLowerCase()))];
}

/** Hides an asset until it is restored: `useRestoreAsset` is the undo. */
export const useDeleteAsset = (): AssetMutation => useAssetMutation(hide);

const hide: Plan<One> = {
  run: (endpoint, { id }) => deleteAsset(endpoint, { id }, { include }),
  patch: () => (asset) => ({ ...asset, state: "DELETED" }),
};

/** Brings a deleted asset back to its former state. */
export const useRestoreAsset = (): AssetMutation => useAssetMutation(restore);

const restore: Plan<One> = {
  run: (endpoint, { id }) => restoreAsset(endpoint, { id }, { include }),
  // The API knows the former state. This is the usual one.
  patch: () => (asset) => ({ ...asset, state: "RECEIVED" }),
};

/** Removes an asset for good. */
export const usePurgeAsset = (): AssetMutation => useAssetMutation(purge);

const purge: Plan<One> = {
  run: (endpoint, { id }) => purgeAsset(endpoint, { id }),
  patch: () => () => undefined,
};

/** Labels an asset again. */
export const useLabelAsset = (): AssetMutation => useAssetMutation(label);

const label: Plan<One> = {
  run: (endpoint, { id }) => labelAsset(endpoint, { id }, { include }),
  patch: () => (asset) => ({ ...asset, labelStatus: "PENDING", labelError: null }),
};

/** Confirms a received upload. */
export const useConfirmUpload = (): AssetMutation => useAssetMutation(confirm);

const confirm: Plan<One> = {
  run: (endpoint, { id }) => confirmUpload(endpoint, { id }, { include }),
  patch: () => (asset) => ({ ...asset, state: "UPLOADED" }),
};
