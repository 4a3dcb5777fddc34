// Made from schema.graphql by `npm run generate`. Change that file, not this one.

/** A user's profile. */
export interface User {
  /** The `sub` of the user's tokens, or the id that an admin gave. */
  readonly id: string;
  /** Full name. */
  readonly name: string;
  /** Given name, if it was given separately. */
  readonly firstName: string | null;
  /** Family name, if it was given separately. */
  readonly lastName: string | null;
  /** Email address. */
  readonly email: string | null;
  /** Creation time. */
  readonly createdAt: string;
  /** Time of the last change. */
  readonly updatedAt: string;
  /** Version number; each change increases it. Pass it as expectedVersion to change only this version. */
  readonly version: number;
  /** Receivers whose last delivery failed for good, at most 100. Present if it was included. */
  readonly failingCallbacks?: readonly FailingCallback[];
  /** What the user has used of the limits. Present if it was included. */
  readonly usage?: Usage;
}

/** Fields of User that cost a call each, and are read only if they are included. */
export interface UserInclude {
  /** Receivers whose last delivery failed for good, at most 100. */
  readonly failingCallbacks?: boolean;
  /** What the user has used of the limits. */
  readonly usage?: boolean;
}

/** What a user has used, and the limits that apply. Days are in UTC. */
export interface Usage {
  /** Assets, deleted ones included until they are purged. Expired and rejected uploads do not count. */
  readonly assets: number;
  /** Bytes of these assets. */
  readonly bytes: number;
  /** Changes today: mutations that passed this limit, refused ones included. */
  readonly changesToday: number;
  /** Pictures that were labelled by the model today. */
  readonly labelledToday: number;
  /** Calls of receivers today, repetitions included. */
  readonly callbacksToday: number;
  /** Limit of assets. */
  readonly maxAssets: number;
  /** Limit of bytes. */
  readonly maxBytes: number;
  /** Limit of changes a day. */
  readonly maxChangesADay: number;
  /** Limit of pictures that are labelled a day. Further pictures wait until the next day. */
  readonly maxLabelledADay: number;
  /** Limit of calls of receivers a day. Further callbacks wait until the next day. */
  readonly maxCallbacksADay: number;
}

/** The limits of all users. Each is that of the deployment until an admin sets it. Days are in UTC. */
export interface Limits {
  /** Assets of a user, deleted ones included until they are purged. */
  readonly maxAssets: number;
  /** Bytes of a user's assets. */
  readonly maxBytes: number;
  /** Mutations that a user may send in a day. */
  readonly maxChangesADay: number;
  /** Pictures of a user that are labelled in a day. Further pictures wait until the next day. */
  readonly maxLabelledADay: number;
  /** Pictures of all users that are labelled in a day. Further pictures wait until the next day. */
  readonly maxLabelledADayInAll: number;
  /** How often labelAsset may be called for one asset in a day. */
  readonly maxRelabelsADay: number;
  /** Calls of receivers for a user in a day, repetitions included. Further callbacks wait until the next day. */
  readonly maxCallbacksADay: number;
  /** Calls of one host for all users in a day, repetitions included. Further callbacks wait until the next day. */
  readonly maxCallbacksADayToAHost: number;
  /** True while no pictures are labelled. They wait, and are labelled when this is false again. */
  readonly labellingPaused: boolean;
  /** When an admin last set a limit; null if all are those of the deployment. */
  readonly updatedAt: string | null;
}

/** A receiver that does not accept callbacks. */
export interface FailingCallback {
  /** URL of the receiver. */
  readonly url: string;
  /** True if it answered 410 Gone. Nothing is sent to it until one of its deliveries is replayed. */
  readonly gone: boolean;
  /** When a delivery to it last failed for good. */
  readonly at: string;
  /** Id of that delivery, for replayDelivery. */
  readonly deliveryId: string;
  /** Id of the asset of that delivery. */
  readonly assetId: string;
}

/** The erasure of a user. When it is DONE, this is the receipt. */
export interface Erasure {
  /** Id of the user. */
  readonly userId: string;
  /** Status. */
  readonly status: ErasureStatus;
  /** Time of the request. */
  readonly requestedAt: string;
  /** Until then it can be cancelled. Then it begins, within minutes. */
  readonly dueAt: string;
  /** When everything was removed. */
  readonly finishedAt: string | null;
  /** What was removed, as counted when it began. */
  readonly removed: readonly RemovedCount[] | null;
}

/** How much of one kind was removed. */
export interface RemovedCount {
  /** signIn, profile, assets, objectVersions, labels, events, callbacks, clientTokens or usage. labels, events, callbacks and usage are rows of their tables. */
  readonly what: string;
  /** Number. */
  readonly count: number;
}

/** A page of users. */
export interface UserConnection {
  /** The users. */
  readonly items: readonly User[];
  /** Cursor of the next page, or null after the last page. After a full page, the next page may be empty. */
  readonly nextToken: string | null;
}

/** One upload and its labels. */
export interface Asset {
  /** ULID; sorts by creation time. */
  readonly id: string;
  /** Id of the owner. */
  readonly ownerId: string;
  /** File name given by the client. Never used as a path. */
  readonly filename: string | null;
  /** Title. updateAsset changes it. */
  readonly title: string | null;
  /** Media type. The upload is signed for it. */
  readonly contentType: string;
  /** Size in bytes. The upload is signed for it. */
  readonly contentLength: number;
  /** SHA-256 of the bytes, as given by the client. */
  readonly sha256: string | null;
  /** The owner's other asset with the same bytes, if there was one when these came. It may be gone since. Without sha256 it is known once the picture is labelled. */
  readonly duplicateOf: string | null;
  /** Receiver that is called when labelling ends or the upload is rejected. */
  readonly callbackUrl: string | null;
  /** State of the object. */
  readonly state: AssetState;
  /** State of the labels. */
  readonly labelStatus: LabelStatus;
  /** Labels as corrected by setLabels, highest confidence first; null until there are any. Present if it was included. */
  readonly labels?: readonly Label[] | null;
  /** Why the upload was rejected, or why labelling failed or was skipped. */
  readonly labelError: AssetError | null;
  /** Pixels from left to right, as the picture is shown. Null until its thumbnails are made. */
  readonly width: number | null;
  /** Pixels from top to bottom, as the picture is shown. Null until its thumbnails are made. */
  readonly height: number | null;
  /** Creation time. */
  readonly createdAt: string;
  /** Time of the last change. */
  readonly updatedAt: string;
  /** Version number; each change increases it. Pass it as expectedVersion to change only this version. */
  readonly version: number;
  /** Signed URL of a smaller WebP copy of the picture. Null in subscriptions, until the thumbnails are made, if none can be made, and unless the asset is RECEIVED or UPLOADED. Present if it was included. */
  readonly thumbnailUrl?: string | null;
  /** Signed URL that downloads the object without credentials. Null in subscriptions, and unless the asset is RECEIVED or UPLOADED. Present if it was included. */
  readonly downloadUrl?: string | null;
}

/** Fields of Asset that cost a call each, and are read only if they are included. */
export interface AssetInclude {
  /** Labels as corrected by setLabels, highest confidence first; null until there are any. */
  readonly labels?: boolean | AssetLabelsArguments;
  /** Signed URL of a smaller WebP copy of the picture. Null in subscriptions, until the thumbnails are made, if none can be made, and unless the asset is RECEIVED or UPLOADED. */
  readonly thumbnailUrl?: boolean | AssetThumbnailUrlArguments;
  /** Signed URL that downloads the object without credentials. Null in subscriptions, and unless the asset is RECEIVED or UPLOADED. */
  readonly downloadUrl?: boolean | AssetDownloadUrlArguments;
}

/** The arguments of Asset.labels. */
export interface AssetLabelsArguments {
  /** Only labels with at least this confidence, 0 to 100. */
  readonly minConfidence?: number | null;
}

/** The arguments of Asset.thumbnailUrl. */
export interface AssetThumbnailUrlArguments {
  /** Size. Default: SMALL. */
  readonly size?: ThumbnailSize | null;
  /** Validity in seconds, 1 to 3600. Default: 900. */
  readonly ttlSeconds?: number | null;
}

/** The arguments of Asset.downloadUrl. */
export interface AssetDownloadUrlArguments {
  /** Validity in seconds, 1 to 3600. Default: 900. */
  readonly ttlSeconds?: number | null;
}

/** A page of assets. */
export interface AssetConnection {
  /** The assets. */
  readonly items: readonly Asset[];
  /** Cursor of the next page, or null after the last page. After a full page, the next page may be empty. */
  readonly nextToken: string | null;
}

/** A page of assets that show a label. */
export interface AssetMatchConnection {
  /** The assets, highest confidence first. */
  readonly items: readonly AssetMatch[];
  /** Cursor of the next page, or null after the last page. */
  readonly nextToken: string | null;
}

/** An asset that shows a label. */
export interface AssetMatch {
  /** The asset. */
  readonly asset: Asset;
  /** Confidence, 0 to 100. */
  readonly confidence: number;
}

/** A page of labels with their counts. */
export interface LabelCountConnection {
  /** The labels. */
  readonly items: readonly LabelCount[];
  /** Cursor of the next page, or null after the last page. */
  readonly nextToken: string | null;
}

/** A label and how many of an owner's assets show it. */
export interface LabelCount {
  /** The label. */
  readonly name: string;
  /** Assets that are not deleted. */
  readonly count: number;
}

/** A reserved asset and its upload. */
export interface AssetUpload {
  /** The asset. */
  readonly asset: Asset;
  /** The request to send, exactly as given. */
  readonly upload: PresignedRequest;
  /** Secret that signs your callbacks: `whsec_` and base64. Present with your first callbackUrl, and when that createAsset is repeated with its clientToken. */
  readonly webhookSecret: string | null;
}

/** A signed HTTP request. It needs no credentials. */
export interface PresignedRequest {
  /** URL. */
  readonly url: string;
  /** HTTP method. */
  readonly method: string;
  /** Headers to send unchanged. They are part of the signature. */
  readonly headers: readonly Header[];
  /** When the signature expires. */
  readonly expiresAt: string;
}

/** An HTTP header. */
export interface Header {
  /** Name in lower case. */
  readonly name: string;
  /** Value. */
  readonly value: string;
}

/** Something found in a picture. */
export interface Label {
  /** Name. */
  readonly name: string;
  /** Confidence, 0 to 100. */
  readonly confidence: number;
  /** Broader labels that also apply. */
  readonly parents: readonly string[];
  /** Source of the label. */
  readonly source: LabelSource;
}

/** Why an upload was rejected, or why labelling failed or was skipped. */
export interface AssetError {
  /** Stable code. */
  readonly code: string;
  /** Message for people. */
  readonly message: string;
}

/** One change of an asset. */
export interface AssetEvent {
  /** Number of the event among the owner's events, without gaps. */
  readonly seq: number;
  /** What happened. If edited is true, the unchanged state of the asset. */
  readonly type: AssetEventType;
  /** True if updateAsset or setLabels changed the asset, or its thumbnails were made, and nothing else happened. Otherwise null. */
  readonly edited: boolean | null;
  /** Id of the owner. */
  readonly ownerId: string;
  /** Id of the asset. */
  readonly assetId: string;
  /** When the change was written. */
  readonly at: string;
  /** The asset after the change. For PURGED, its last version. */
  readonly asset: Asset & Required<Pick<Asset, "labels">>;
}

/** A page of events, oldest first. */
export interface AssetEventPage {
  /** The events. */
  readonly items: readonly AssetEvent[];
  /** Pass it as `after` to read the next page. Null after the last page. After a full page, the next page may be empty. */
  readonly nextAfter: number | null;
  /** The seq of the owner's newest event, 0 if there is none. Read it before the assets, then read or follow the events after it. */
  readonly lastSeq: number;
}

/** The secret that signs callbacks. */
export interface WebhookSecret {
  /** `whsec_` and base64. It is not shown again. */
  readonly secret: string;
  /** Until when the previous secret also signs; null if there was none. */
  readonly previousValidUntil: string | null;
}

/** One callback to one receiver. */
export interface Delivery {
  /** The `webhook-id` header, the same for every attempt. */
  readonly id: string;
  /** Id of the asset. */
  readonly assetId: string;
  /** The seq of the event. */
  readonly seq: number;
  /** The `type` in the body, such as asset.labelled. */
  readonly type: string;
  /** URL of the receiver. */
  readonly url: string;
  /** Status. */
  readonly status: DeliveryStatus;
  /** Attempts, oldest first. */
  readonly attempts: readonly DeliveryAttempt[];
  /** Earliest time of the next attempt; null unless PENDING. */
  readonly nextAttemptAt: string | null;
  /** Creation time. */
  readonly createdAt: string;
}

/** One call of the receiver. */
export interface DeliveryAttempt {
  /** Start time. */
  readonly at: string;
  /** Whether the receiver accepted it; null if not known. */
  readonly succeeded: boolean | null;
  /** DeliveryFailed for every kind of failure. CallbackLimitExceeded if no call was made, because the user or the host had no more calls that day. */
  readonly errorCode: string | null;
}

/** A page of deliveries. */
export interface DeliveryConnection {
  /** The deliveries. */
  readonly items: readonly Delivery[];
  /** Cursor of the next page, or null after the last page. After a full page, the next page may be empty. */
  readonly nextToken: string | null;
}

/** Status of a callback. */
export type DeliveryStatus = "PENDING" | "DELIVERED" | "FAILED" | "DISABLED" | "WITHHELD";

/** Status of an erasure. */
export type ErasureStatus = "REQUESTED" | "CANCELLED" | "RUNNING" | "DONE";

/** State of the object. */
export type AssetState = "CREATED" | "RECEIVED" | "UPLOADED" | "REJECTED" | "EXPIRED" | "DELETED";

/** State of the labels. */
export type LabelStatus = "NONE" | "PENDING" | "RUNNING" | "DONE" | "FAILED" | "SKIPPED";

/** Source of a label. */
export type LabelSource = "MODEL" | "PERSON";

/** Size of a thumbnail. Pictures are never enlarged. */
export type ThumbnailSize = "SMALL" | "LARGE";

/** What happened to an asset. */
export type AssetEventType =
  | "CREATED"
  | "RECEIVED"
  | "UPLOADED"
  | "REJECTED"
  | "EXPIRED"
  | "LABELLING"
  | "LABELLED"
  | "LABEL_FAILED"
  | "DELETED"
  | "RESTORED"
  | "PURGED";

/** Order by creation time. */
export type SortOrder = "NEWEST_FIRST" | "OLDEST_FIRST";

/** A new profile: name, or firstName and lastName. */
export interface CreateUserInput {
  /** Id of the user; admins only. Left out: the caller. */
  readonly id?: string | null;
  /** Full name. */
  readonly name?: string | null;
  /** Given name. */
  readonly firstName?: string | null;
  /** Family name. */
  readonly lastName?: string | null;
  /** Email address. */
  readonly email?: string | null;
}

/** Changes of a profile. Fields that are null or left out keep their value. */
export interface UpdateUserInput {
  /** Id of the user. */
  readonly id: string;
  /** Full name. */
  readonly name?: string | null;
  /** Given name, with lastName. */
  readonly firstName?: string | null;
  /** Family name, with firstName. */
  readonly lastName?: string | null;
  /** Email address. */
  readonly email?: string | null;
  /** True removes the email address. A null email changes nothing, because AppSync does not distinguish null from a variable that was left out. */
  readonly removeEmail?: boolean | null;
  /** The change fails if the profile has another version. */
  readonly expectedVersion?: number | null;
}

/** An upload. Type, size and checksum are part of the signature. */
export interface CreateAssetInput {
  /** Media type, in lower case and without parameters. docs/api.md lists the allowed types. Aliases such as image/jpg are refused. */
  readonly contentType: string;
  /** Size in bytes, 1 to 104857600. */
  readonly contentLength: number;
  /** SHA-256 of the bytes: 64 hexadecimal digits, or 44 characters of base64. */
  readonly sha256?: string | null;
  /** File name, 1 to 255 characters, no control characters. */
  readonly filename?: string | null;
  /** Title, 1 to 255 characters, no control characters. */
  readonly title?: string | null;
  /** An https URL of a public host. It gets a POST when labelling ends or the upload is rejected. */
  readonly callbackUrl?: string | null;
  /** A text that makes the call idempotent, 1 to 128 characters. Within a day, the same token and input return the same asset. */
  readonly clientToken?: string | null;
}

/** New limits. A limit that is null or left out stays. All are 0 or more. */
export interface LimitsInput {
  /** Assets of a user, at most 1,000,000,000. */
  readonly maxAssets?: number | null;
  /** Bytes of a user's assets, a whole number, at most 1e15. */
  readonly maxBytes?: number | null;
  /** Mutations that a user may send in a day, at most 1,000,000,000. */
  readonly maxChangesADay?: number | null;
  /** Pictures of a user that are labelled in a day, at most 1,000,000,000. */
  readonly maxLabelledADay?: number | null;
  /** Pictures of all users that are labelled in a day, at most 1,000,000,000. */
  readonly maxLabelledADayInAll?: number | null;
  /** How often labelAsset may be called for one asset in a day, at most 1,000,000,000. */
  readonly maxRelabelsADay?: number | null;
  /** Calls of receivers for a user in a day, at most 1,000,000,000. */
  readonly maxCallbacksADay?: number | null;
  /** Calls of one host for all users in a day, at most 1,000,000,000. */
  readonly maxCallbacksADayToAHost?: number | null;
  /** True pauses labelling. */
  readonly labellingPaused?: boolean | null;
}

/** Changes of an asset. Fields that are null or left out keep their value. */
export interface UpdateAssetInput {
  /** Id of the asset. */
  readonly id: string;
  /** Title, up to 255 characters, no control characters. An empty text removes it. */
  readonly title?: string | null;
  /** The change fails if the asset has another version. */
  readonly expectedVersion?: number | null;
}

/** The arguments of getUser. */
export interface GetUserArguments {
  /** The user's id. */
  readonly id: string;
}

/** The arguments of listUsers. */
export interface ListUsersArguments {
  /** Users per page, 1 to 100. Default: 20. */
  readonly limit?: number | null;
  /** The nextToken of the previous page. */
  readonly nextToken?: string | null;
}

/** The arguments of getAsset. */
export interface GetAssetArguments {
  /** The asset's id. */
  readonly id: string;
  /** The owner's id; admins only. Left out: the caller. */
  readonly ownerId?: string | null;
}

/** The arguments of listAssets. */
export interface ListAssetsArguments {
  /** The owner's id; admins only. Left out: the caller. */
  readonly ownerId?: string | null;
  /** Only assets in this state. */
  readonly state?: AssetState | null;
  /** Order by creation time. Default: NEWEST_FIRST. */
  readonly order?: SortOrder | null;
  /** Assets per page, 1 to 100. Default: 20. */
  readonly limit?: number | null;
  /** The nextToken of the previous page. The other arguments must be the same. */
  readonly nextToken?: string | null;
}

/** The arguments of searchAssets. */
export interface SearchAssetsArguments {
  /** The whole label. Case and accents do not matter. */
  readonly label: string;
  /** Only assets that show the label with at least this confidence, 0 to 100. Default: 0. */
  readonly minConfidence?: number | null;
  /** The owner's id; admins only. Left out: the caller. */
  readonly ownerId?: string | null;
  /** Assets per page, 1 to 100. Default: 20. A page may hold fewer assets although more pages follow. */
  readonly limit?: number | null;
  /** The nextToken of the previous page. The other arguments must be the same. */
  readonly nextToken?: string | null;
}

/** The arguments of listLabels. */
export interface ListLabelsArguments {
  /** Only labels with this beginning. Case and accents do not matter. */
  readonly prefix?: string | null;
  /** The owner's id; admins only. Left out: the caller. */
  readonly ownerId?: string | null;
  /** Labels per page, 1 to 100. Default: 20. A page may hold fewer labels although more pages follow. */
  readonly limit?: number | null;
  /** The nextToken of the previous page. The other arguments must be the same. */
  readonly nextToken?: string | null;
}

/** The arguments of listAssetEvents. */
export interface ListAssetEventsArguments {
  /** The owner's id; admins only. Left out: the caller. */
  readonly ownerId?: string | null;
  /** The seq of the last event seen. Later events are listed. If the next event is no longer in the log, the error is EventsExpired: its errorInfo has the firstSeq from which the log has no gap. Left out: from the oldest event in the log. */
  readonly after?: number | null;
  /** Events per page, 1 to 100. Default: 50. */
  readonly limit?: number | null;
}

/** The arguments of getErasure. */
export interface GetErasureArguments {
  /** The user's id. */
  readonly userId: string;
}

/** The arguments of listDeliveries. */
export interface ListDeliveriesArguments {
  /** The asset's id. */
  readonly assetId: string;
  /** The owner's id; admins only. Left out: the caller. */
  readonly ownerId?: string | null;
  /** Deliveries per page, 1 to 100. Default: 20. */
  readonly limit?: number | null;
  /** The nextToken of the previous page. The other arguments must be the same. */
  readonly nextToken?: string | null;
}

/** The arguments of eraseUser. */
export interface EraseUserArguments {
  /** The user's id. */
  readonly id: string;
}

/** The arguments of cancelErasure. */
export interface CancelErasureArguments {
  /** The user's id. */
  readonly userId: string;
}

/** The arguments of createUser. */
export interface CreateUserArguments {
  /** The new profile. */
  readonly input: CreateUserInput;
}

/** The arguments of updateUser. */
export interface UpdateUserArguments {
  /** The changes. */
  readonly input: UpdateUserInput;
}

/** The arguments of deleteUser. */
export interface DeleteUserArguments {
  /** The user's id. */
  readonly id: string;
}

/** The arguments of createAsset. */
export interface CreateAssetArguments {
  /** The upload. */
  readonly input: CreateAssetInput;
}

/** The arguments of updateAsset. */
export interface UpdateAssetArguments {
  /** The changes. */
  readonly input: UpdateAssetInput;
}

/** The arguments of setLabels. */
export interface SetLabelsArguments {
  /** The asset's id. */
  readonly id: string;
  /** Labels that the asset shows, each 1 to 100 characters. At most 50 labels in add and remove together. */
  readonly add?: readonly string[] | null;
  /** Labels that the asset does not show. */
  readonly remove?: readonly string[] | null;
}

/** The arguments of renewUpload. */
export interface RenewUploadArguments {
  /** The asset's id. */
  readonly id: string;
}

/** The arguments of confirmUpload. */
export interface ConfirmUploadArguments {
  /** The asset's id. */
  readonly id: string;
}

/** The arguments of labelAsset. */
export interface LabelAssetArguments {
  /** The asset's id. */
  readonly id: string;
}

/** The arguments of deleteAsset. */
export interface DeleteAssetArguments {
  /** The asset's id. */
  readonly id: string;
}

/** The arguments of restoreAsset. */
export interface RestoreAssetArguments {
  /** The asset's id. */
  readonly id: string;
}

/** The arguments of purgeAsset. */
export interface PurgeAssetArguments {
  /** The asset's id. */
  readonly id: string;
}

/** The arguments of replayDelivery. */
export interface ReplayDeliveryArguments {
  /** The delivery's id. */
  readonly id: string;
}

/** The arguments of setLimits. */
export interface SetLimitsArguments {
  /** The new limits. */
  readonly input: LimitsInput;
}

/** Selects all that an event has. */
export const assetEventSelection =
  "seq type edited ownerId assetId at asset { id ownerId filename title contentType contentLength sha256 duplicateOf callbackUrl state labelStatus labels { name confidence parents source } labelError { code message } width height createdAt updatedAt version }";
