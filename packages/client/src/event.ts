/** One change of an asset, as `onAssetEvent` and `listAssetEvents` tell it. */
export interface AssetEvent {
  /** Counts the owner's events, without gaps. */
  readonly seq: number;
  readonly type: string;
  readonly ownerId: string;
  readonly assetId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly asset: {
    readonly id: string;
    readonly filename: string | null;
    readonly contentType: string;
    readonly contentLength: number;
    readonly state: string;
    readonly labelStatus: string;
    readonly labels:
      | readonly { readonly name: string; readonly confidence: number; readonly parents: readonly string[] }[]
      | null;
    readonly labelError: { readonly code: string; readonly message: string } | null;
    readonly version: number;
  };
}

/** What both ask for, so that an event is the same whichever way it came. */
export const eventFields = /* GraphQL */ `
  seq
  type
  ownerId
  assetId
  at
  asset {
    id
    filename
    contentType
    contentLength
    state
    labelStatus
    labels {
      name
      confidence
      parents
    }
    labelError {
      code
      message
    }
    version
  }
`;
