export type { LiveState } from "./live.ts";
export {
  type AssetMutation,
  useConfirmUpload,
  useDeleteAsset,
  useLabelAsset,
  usePurgeAsset,
  useRenameAsset,
  useRestoreAsset,
  useSetLabels,
} from "./mutations.ts";
export {
  type DarkroomSession,
  type DarkroomProps,
  DarkroomProvider,
  useAssetEvents,
  useDarkroom,
  useLive,
} from "./provider.ts";
export {
  type QueryOptions,
  useAsset,
  useAssets,
  useLabels,
  useList,
  useOperation,
  useSearch,
} from "./queries.ts";
export { type UrlOptions, useDownload, useThumbnail } from "./urls.ts";
export { useUpload } from "./use-upload.ts";
