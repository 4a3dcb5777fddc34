import type { AssetState, Corrections, LabelStatus } from "../../domain/asset.ts";

/**
 * One conditional write to the caller's asset. The resolver of a mutation puts it into the stash, `changeAsset` writes
 * it, and `explainRefusal` finds the reason if the condition failed.
 */
export interface AssetChange {
  id: string;
  /** States that the change can start from. */
  from: AssetState[];
  fromLabels?: LabelStatus[];
  /** The version that the asset must have. Null and undefined accept any version. */
  expectedVersion?: number | null | undefined;
  set: Record<string, unknown>;
  /** Corrections of labels by their keys. */
  corrections?: Corrections;
  /** Attributes that get the value that another attribute had before the write. */
  copy?: Record<string, string>;
  increment?: string[];
  remove?: string[];
  /** States in which the change is already made. A repeated request then succeeds without a write. */
  settled?: AssetState[];
  settledLabels?: LabelStatus[];
  /** True if the change is already made once a purge was requested. */
  settledPurge?: boolean;
  /** Part of the error message, such as `confirmUpload needs RECEIVED`. */
  refusal: string;
}

export interface ChangeStash {
  change?: AssetChange;
  /** True if the condition of the change failed. */
  refused?: boolean;
}
