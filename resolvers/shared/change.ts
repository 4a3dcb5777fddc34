import type { AssetState, LabelStatus } from "../../domain/asset.ts";

/**
 * One conditional write to the caller's asset: a mutation's resolver puts it into the stash, `changeAsset`
 * writes it, and `explainRefusal` says why if the condition failed.
 */
export interface AssetChange {
  id: string;
  /** States, and label statuses, that the change may start from. */
  from: AssetState[];
  fromLabels?: LabelStatus[];
  /** The version that the asset must have; any if it is absent or null. */
  expectedVersion?: number | null | undefined;
  /** DynamoDB's names for attributes are added by `changeAsset`. */
  set: Record<string, unknown>;
  /** Attributes that take another attribute's value as it was before the write. */
  copy?: Record<string, string>;
  increment?: string[];
  remove?: string[];
  /** If the asset is already so, the change is answered as done: it was asked for twice. */
  settled?: AssetState[];
  settledLabels?: LabelStatus[];
  /** What the caller wanted, for the message: `confirmUpload needs RECEIVED`. */
  refusal: string;
}

export interface ChangeStash {
  change?: AssetChange;
  refused?: boolean;
}
