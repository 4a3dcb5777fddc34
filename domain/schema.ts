// Made from schema.graphql by `npm run generate`. Change that file, not this one.

/** The arguments of getUser. */
export interface GetUserArguments {
  /** The user's id. */
  id: string;
}

/** The arguments of listUsers. */
export interface ListUsersArguments {
  /** Users per page, 1 to 100. Default: 20. */
  limit?: number | null;
  /** The nextToken of the previous page. */
  nextToken?: string | null;
}

/** The arguments of getAsset. */
export interface GetAssetArguments {
  /** The asset's id. */
  id: string;
  /** The owner's id; admins only. Left out: the caller. */
  ownerId?: string | null;
}

/** The arguments of listAssets. */
export interface ListAssetsArguments {
  /** The owner's id; admins only. Left out: the caller. */
  ownerId?: string | null;
  /** Only assets in this state. */
  state?: AssetState | null;
  /** Order by creation time. Default: NEWEST_FIRST. */
  order?: SortOrder | null;
  /** Assets per page, 1 to 100. Default: 20. */
  limit?: number | null;
  /** The nextToken of the previous page. The other arguments must be the same. */
  nextToken?: string | null;
}

/** The arguments of searchAssets. */
export interface SearchAssetsArguments {
  /** The whole label. Case and accents do not matter. */
  label: string;
  /** Only assets that show the label with at least this confidence, 0 to 100. Default: 0. */
  minConfidence?: number | null;
  /** The owner's id; admins only. Left out: the caller. */
  ownerId?: string | null;
  /** Assets per page, 1 to 100. Default: 20. A page may hold fewer assets although more pages follow. */
  limit?: number | null;
  /** The nextToken of the previous page. The other arguments must be the same. */
  nextToken?: string | null;
}

/** The arguments of listLabels. */
export interface ListLabelsArguments {
  /** Only labels with this beginning. Case and accents do not matter. */
  prefix?: string | null;
  /** The owner's id; admins only. Left out: the caller. */
  ownerId?: string | null;
  /** Labels per page, 1 to 100. Default: 20. A page may hold fewer labels although more pages follow. */
  limit?: number | null;
  /** The nextToken of the previous page. The other arguments must be the same. */
  nextToken?: string | null;
}

/** The arguments of listAssetEvents. */
export interface ListAssetEventsArguments {
  /** The owner's id; admins only. Left out: the caller. */
  ownerId?: string | null;
  /** The seq of the last event seen. Later events are listed. If the next event is no longer in the log, the error is EventsExpired: its errorInfo has the firstSeq from which the log has no gap. Left out: from the oldest event in the log. */
  after?: number | null;
  /** Events per page, 1 to 100. Default: 50. */
  limit?: number | null;
}

/** The arguments of getErasure. */
export interface GetErasureArguments {
  /** The user's id. */
  userId: string;
}

/** The arguments of listDeliveries. */
export interface ListDeliveriesArguments {
  /** The asset's id. */
  assetId: string;
  /** The owner's id; admins only. Left out: the caller. */
  ownerId?: string | null;
  /** Deliveries per page, 1 to 100. Default: 20. */
  limit?: number | null;
  /** The nextToken of the previous page. The other arguments must be the same. */
  nextToken?: string | null;
}

/** The arguments of eraseUser. */
export interface EraseUserArguments {
  /** The user's id. */
  id: string;
}

/** The arguments of cancelErasure. */
export interface CancelErasureArguments {
  /** The user's id. */
  userId: string;
}

/** The arguments of createUser. */
export interface CreateUserArguments {
  /** The new profile. */
  input: CreateUserInput;
}

/** The arguments of updateUser. */
export interface UpdateUserArguments {
  /** The changes. */
  input: UpdateUserInput;
}

/** The arguments of deleteUser. */
export interface DeleteUserArguments {
  /** The user's id. */
  id: string;
}

/** The arguments of createAsset. */
export interface CreateAssetArguments {
  /** The upload. */
  input: CreateAssetInput;
}

/** The arguments of updateAsset. */
export interface UpdateAssetArguments {
  /** The changes. */
  input: UpdateAssetInput;
}

/** The arguments of setLabels. */
export interface SetLabelsArguments {
  /** The asset's id. */
  id: string;
  /** Labels that the asset shows, each 1 to 100 characters. At most 50 labels in add and remove together. */
  add?: string[] | null;
  /** Labels that the asset does not show. */
  remove?: string[] | null;
}

/** The arguments of renewUpload. */
export interface RenewUploadArguments {
  /** The asset's id. */
  id: string;
}

/** The arguments of confirmUpload. */
export interface ConfirmUploadArguments {
  /** The asset's id. */
  id: string;
}

/** The arguments of labelAsset. */
export interface LabelAssetArguments {
  /** The asset's id. */
  id: string;
}

/** The arguments of deleteAsset. */
export interface DeleteAssetArguments {
  /** The asset's id. */
  id: string;
}

/** The arguments of restoreAsset. */
export interface RestoreAssetArguments {
  /** The asset's id. */
  id: string;
}

/** The arguments of purgeAsset. */
export interface PurgeAssetArguments {
  /** The asset's id. */
  id: string;
}

/** The arguments of replayDelivery. */
export interface ReplayDeliveryArguments {
  /** The delivery's id. */
  id: string;
}

/** The arguments of setLimits. */
export interface SetLimitsArguments {
  /** The new limits. */
  input: LimitsInput;
}

/** The arguments of publishAssetEvent. */
export interface PublishAssetEventArguments {
  /** The event. */
  input: AssetEventInput;
}

/** The arguments of endAdminSubscriptions. */
export interface EndAdminSubscriptionsArguments {
  /** The `sub` of the user's tokens. */
  userId: string;
}

/** The arguments of onAssetEvent. */
export interface OnAssetEventArguments {
  /** The owner's id. */
  ownerId: string;
  /** Only events of this asset. */
  assetId?: string | null;
}

/** A user's profile. */
export interface User {
  /** The `sub` of the user's tokens, or the id that an admin gave. */
  id: string;
  /** Full name. */
  name: string;
  /** Given name, if it was given separately. */
  firstName: string | null;
  /** Family name, if it was given separately. */
  lastName: string | null;
  /** Email address. */
  email: string | null;
  /** Creation time. */
  createdAt: string;
  /** Time of the last change. */
  updatedAt: string;
  /** Version number; each change increases it. Pass it as expectedVersion to change only this version. */
  version: number;
  /** Receivers whose last delivery failed for good, at most 100. */
  failingCallbacks: FailingCallback[];
  /** What the user has used of the limits. */
  usage: Usage;
}

/** What a user has used, and the limits that apply. Days are in UTC. */
export interface Usage {
  /** Assets, deleted ones included until they are purged. Expired and rejected uploads do not count. */
  assets: number;
  /** Bytes of these assets. */
  bytes: number;
  /** Changes today: mutations that passed this limit, refused ones included. */
  changesToday: number;
  /** Pictures that were labelled by the model today. */
  labelledToday: number;
  /** Calls of receivers today, repetitions included. */
  callbacksToday: number;
  /** Limit of assets. */
  maxAssets: number;
  /** Limit of bytes. */
  maxBytes: number;
  /** Limit of changes a day. */
  maxChangesADay: number;
  /** Limit of pictures that are labelled a day. Further pictures wait until the next day. */
  maxLabelledADay: number;
  /** Limit of calls of receivers a day. Further callbacks wait until the next day. */
  maxCallbacksADay: number;
}

/** The limits of all users. Each is that of the deployment until an admin sets it. Days are in UTC. */
export interface Limits {
  /** Assets of a user, deleted ones included until they are purged. */
  maxAssets: number;
  /** Bytes of a user's assets. */
  maxBytes: number;
  /** Mutations that a user may send in a day. */
  maxChangesADay: number;
  /** Pictures of a user that are labelled in a day. Further pictures wait until the next day. */
  maxLabelledADay: number;
  /** Pictures of all users that are labelled in a day. Further pictures wait until the next day. */
  maxLabelledADayInAll: number;
  /** How often labelAsset may be called for one asset in a day. */
  maxRelabelsADay: number;
  /** Calls of receivers for a user in a day, repetitions included. Further callbacks wait until the next day. */
  maxCallbacksADay: number;
  /** Calls of one host for all users in a day, repetitions included. Further callbacks wait until the next day. */
  maxCallbacksADayToAHost: number;
  /** True while no pictures are labelled. They wait, and are labelled when this is false again. */
  labellingPaused: boolean;
  /** When an admin last set a limit; null if all are those of the deployment. */
  updatedAt: string | null;
}

/** A receiver that does not accept callbacks. */
export interface FailingCallback {
  /** URL of the receiver. */
  url: string;
  /** True if it answered 410 Gone. Nothing is sent to it until one of its deliveries is replayed. */
  gone: boolean;
  /** When a delivery to it last failed for good. */
  at: string;
  /** Id of that delivery, for replayDelivery. */
  deliveryId: string;
  /** Id of the asset of that delivery. */
  assetId: string;
}

/** The erasure of a user. When it is DONE, this is the receipt. */
export interface Erasure {
  /** Id of the user. */
  userId: string;
  /** Status. */
  status: ErasureStatus;
  /** Time of the request. */
  requestedAt: string;
  /** Until then it can be cancelled. Then it begins, within minutes. */
  dueAt: string;
  /** When everything was removed. */
  finishedAt: string | null;
  /** What was removed, as counted when it began. */
  removed: RemovedCount[] | null;
}

/** How much of one kind was removed. */
export interface RemovedCount {
  /** signIn, profile, assets, objectVersions, labels, events, callbacks, clientTokens or usage. labels, events, callbacks and usage are rows of their tables. */
  what: string;
  /** Number. */
  count: number;
}

/** A page of users. */
export interface UserConnection {
  /** The users. */
  items: User[];
  /** Cursor of the next page, or null after the last page. After a full page, the next page may be empty. */
  nextToken: string | null;
}

/** One upload and its labels. */
export interface Asset {
  /** ULID; sorts by creation time. */
  id: string;
  /** Id of the owner. */
  ownerId: string;
  /** File name given by the client. Never used as a path. */
  filename: string | null;
  /** Title. updateAsset changes it. */
  title: string | null;
  /** Media type. The upload is signed for it. */
  contentType: string;
  /** Size in bytes. The upload is signed for it. */
  contentLength: number;
  /** SHA-256 of the bytes, as given by the client. */
  sha256: string | null;
  /** The owner's other asset with the same bytes, if there was one when these came. It may be gone since. Without sha256 it is known once the picture is labelled. */
  duplicateOf: string | null;
  /** Receiver that is called when labelling ends or the upload is rejected. */
  callbackUrl: string | null;
  /** State of the object. */
  state: AssetState;
  /** State of the labels. */
  labelStatus: LabelStatus;
  /** Labels as corrected by setLabels, highest confidence first; null until there are any. */
  labels: Label[] | null;
  /** Why the upload was rejected, or why labelling failed or was skipped. */
  labelError: AssetError | null;
  /** Pixels from left to right, as the picture is shown. Null until its thumbnails are made. */
  width: number | null;
  /** Pixels from top to bottom, as the picture is shown. Null until its thumbnails are made. */
  height: number | null;
  /** Creation time. */
  createdAt: string;
  /** Time of the last change. */
  updatedAt: string;
  /** Version number; each change increases it. Pass it as expectedVersion to change only this version. */
  version: number;
  /** Signed URL of a smaller WebP copy of the picture. Null in subscriptions, until the thumbnails are made, if none can be made, and unless the asset is RECEIVED or UPLOADED. */
  thumbnailUrl: string | null;
  /** Signed URL that downloads the object without credentials. Null in subscriptions, and unless the asset is RECEIVED or UPLOADED. */
  downloadUrl: string | null;
}

/** The arguments of Asset.labels. */
export interface AssetLabelsArguments {
  /** Only labels with at least this confidence, 0 to 100. */
  minConfidence?: number | null;
}

/** The arguments of Asset.thumbnailUrl. */
export interface AssetThumbnailUrlArguments {
  /** Size. Default: SMALL. */
  size?: ThumbnailSize | null;
  /** Validity in seconds, 1 to 3600. Default: 900. */
  ttlSeconds?: number | null;
}

/** The arguments of Asset.downloadUrl. */
export interface AssetDownloadUrlArguments {
  /** Validity in seconds, 1 to 3600. Default: 900. */
  ttlSeconds?: number | null;
}

/** A page of assets. */
export interface AssetConnection {
  /** The assets. */
  items: Asset[];
  /** Cursor of the next page, or null after the last page. After a full page, the next page may be empty. */
  nextToken: string | null;
}

/** A page of assets that show a label. */
export interface AssetMatchConnection {
  /** The assets, highest confidence first. */
  items: AssetMatch[];
  /** Cursor of the next page, or null after the last page. */
  nextToken: string | null;
}

/** An asset that shows a label. */
export interface AssetMatch {
  /** The asset. */
  asset: Asset;
  /** Confidence, 0 to 100. */
  confidence: number;
}

/** A page of labels with their counts. */
export interface LabelCountConnection {
  /** The labels. */
  items: LabelCount[];
  /** Cursor of the next page, or null after the last page. */
  nextToken: string | null;
}

/** A label and how many of an owner's assets show it. */
export interface LabelCount {
  /** The label. */
  name: string;
  /** Assets that are not deleted. */
  count: number;
}

/** A reserved asset and its upload. */
export interface AssetUpload {
  /** The asset. */
  asset: Asset;
  /** The request to send, exactly as given. */
  upload: PresignedRequest;
  /** Secret that signs your callbacks: `whsec_` and base64. Present with your first callbackUrl, and when that createAsset is repeated with its clientToken. */
  webhookSecret: string | null;
}

/** A signed HTTP request. It needs no credentials. */
export interface PresignedRequest {
  /** URL. */
  url: string;
  /** HTTP method. */
  method: string;
  /** Headers to send unchanged. They are part of the signature. */
  headers: Header[];
  /** When the signature expires. */
  expiresAt: string;
}

/** An HTTP header. */
export interface Header {
  /** Name in lower case. */
  name: string;
  /** Value. */
  value: string;
}

/** Something found in a picture. */
export interface Label {
  /** Name. */
  name: string;
  /** Confidence, 0 to 100. */
  confidence: number;
  /** Broader labels that also apply. */
  parents: string[];
  /** Source of the label. */
  source: LabelSource;
}

/** Why an upload was rejected, or why labelling failed or was skipped. */
export interface AssetError {
  /** Stable code. */
  code: string;
  /** Message for people. */
  message: string;
}

/** One change of an asset. */
export interface AssetEvent {
  /** Number of the event among the owner's events, without gaps. */
  seq: number;
  /** What happened. If edited is true, the unchanged state of the asset. */
  type: AssetEventType;
  /** True if updateAsset or setLabels changed the asset, or its thumbnails were made, and nothing else happened. Otherwise null. */
  edited: boolean | null;
  /** Id of the owner. */
  ownerId: string;
  /** Id of the asset. */
  assetId: string;
  /** When the change was written. */
  at: string;
  /** The asset after the change. For PURGED, its last version. */
  asset: Asset | null;
}

/** A page of events, oldest first. */
export interface AssetEventPage {
  /** The events. */
  items: AssetEvent[];
  /** Pass it as `after` to read the next page. Null after the last page. After a full page, the next page may be empty. */
  nextAfter: number | null;
  /** The seq of the owner's newest event, 0 if there is none. Read it before the assets, then read or follow the events after it. */
  lastSeq: number;
}

/** The secret that signs callbacks. */
export interface WebhookSecret {
  /** `whsec_` and base64. It is not shown again. */
  secret: string;
  /** Until when the previous secret also signs; null if there was none. */
  previousValidUntil: string | null;
}

/** One callback to one receiver. */
export interface Delivery {
  /** The `webhook-id` header, the same for every attempt. */
  id: string;
  /** Id of the asset. */
  assetId: string;
  /** The seq of the event. */
  seq: number;
  /** The `type` in the body, such as asset.labelled. */
  type: string;
  /** URL of the receiver. */
  url: string;
  /** Status. */
  status: DeliveryStatus;
  /** Attempts, oldest first. */
  attempts: DeliveryAttempt[];
  /** Earliest time of the next attempt; null unless PENDING. */
  nextAttemptAt: string | null;
  /** Creation time. */
  createdAt: string;
}

/** One call of the receiver. */
export interface DeliveryAttempt {
  /** Start time. */
  at: string;
  /** Whether the receiver accepted it; null if not known. */
  succeeded: boolean | null;
  /** DeliveryFailed for every kind of failure. CallbackLimitExceeded if no call was made, because the user or the host had no more calls that day. */
  errorCode: string | null;
}

/** A page of deliveries. */
export interface DeliveryConnection {
  /** The deliveries. */
  items: Delivery[];
  /** Cursor of the next page, or null after the last page. After a full page, the next page may be empty. */
  nextToken: string | null;
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
  id?: string | null;
  /** Full name. */
  name?: string | null;
  /** Given name. */
  firstName?: string | null;
  /** Family name. */
  lastName?: string | null;
  /** Email address. */
  email?: string | null;
}

/** Changes of a profile. Fields that are null or left out keep their value. */
export interface UpdateUserInput {
  /** Id of the user. */
  id: string;
  /** Full name. */
  name?: string | null;
  /** Given name, with lastName. */
  firstName?: string | null;
  /** Family name, with firstName. */
  lastName?: string | null;
  /** Email address. */
  email?: string | null;
  /** True removes the email address. A null email changes nothing, because AppSync does not distinguish null from a variable that was left out. */
  removeEmail?: boolean | null;
  /** The change fails if the profile has another version. */
  expectedVersion?: number | null;
}

/** An upload. Type, size and checksum are part of the signature. */
export interface CreateAssetInput {
  /** Media type, in lower case and without parameters. docs/api.md lists the allowed types. Aliases such as image/jpg are refused. */
  contentType: string;
  /** Size in bytes, 1 to 104857600. */
  contentLength: number;
  /** SHA-256 of the bytes: 64 hexadecimal digits, or 44 characters of base64. */
  sha256?: string | null;
  /** File name, 1 to 255 characters, no control characters. */
  filename?: string | null;
  /** Title, 1 to 255 characters, no control characters. */
  title?: string | null;
  /** An https URL of a public host. It gets a POST when labelling ends or the upload is rejected. */
  callbackUrl?: string | null;
  /** A text that makes the call idempotent, 1 to 128 characters. Within a day, the same token and input return the same asset. */
  clientToken?: string | null;
}

/** New limits. A limit that is null or left out stays. All are 0 or more. */
export interface LimitsInput {
  /** Assets of a user, at most 1,000,000,000. */
  maxAssets?: number | null;
  /** Bytes of a user's assets, a whole number, at most 1e15. */
  maxBytes?: number | null;
  /** Mutations that a user may send in a day, at most 1,000,000,000. */
  maxChangesADay?: number | null;
  /** Pictures of a user that are labelled in a day, at most 1,000,000,000. */
  maxLabelledADay?: number | null;
  /** Pictures of all users that are labelled in a day, at most 1,000,000,000. */
  maxLabelledADayInAll?: number | null;
  /** How often labelAsset may be called for one asset in a day, at most 1,000,000,000. */
  maxRelabelsADay?: number | null;
  /** Calls of receivers for a user in a day, at most 1,000,000,000. */
  maxCallbacksADay?: number | null;
  /** Calls of one host for all users in a day, at most 1,000,000,000. */
  maxCallbacksADayToAHost?: number | null;
  /** True pauses labelling. */
  labellingPaused?: boolean | null;
}

/** Changes of an asset. Fields that are null or left out keep their value. */
export interface UpdateAssetInput {
  /** Id of the asset. */
  id: string;
  /** Title, up to 255 characters, no control characters. An empty text removes it. */
  title?: string | null;
  /** The change fails if the asset has another version. */
  expectedVersion?: number | null;
}

/** An event, as the relay publishes it. */
export interface AssetEventInput {
  /** Number of the event among the owner's events. */
  seq: number;
  /** What happened, or the state of an edited asset. */
  type: AssetEventType;
  /** True if the asset was edited and nothing else happened. */
  edited: boolean | null;
  /** Id of the owner. */
  ownerId: string;
  /** Id of the asset. */
  assetId: string;
  /** When the change was written. */
  at: string;
  /** The asset after the change. */
  asset: AssetInput;
}

/** An asset, as the relay publishes it. */
export interface AssetInput {
  /** The asset's id. */
  id: string;
  /** Id of the owner. */
  ownerId: string;
  /** File name given by the client. */
  filename: string | null;
  /** Title. */
  title: string | null;
  /** Media type. */
  contentType: string;
  /** Size in bytes. */
  contentLength: number;
  /** SHA-256 of the bytes. */
  sha256: string | null;
  /** The owner's other asset with the same bytes. */
  duplicateOf: string | null;
  /** Receiver of callbacks. */
  callbackUrl: string | null;
  /** State of the object. */
  state: AssetState;
  /** State of the labels. */
  labelStatus: LabelStatus;
  /** Labels. */
  labels: LabelInput[] | null;
  /** Why the upload was rejected, or why labelling failed or was skipped. */
  labelError: AssetErrorInput | null;
  /** Pixels from left to right. */
  width: number | null;
  /** Pixels from top to bottom. */
  height: number | null;
  /** Creation time. */
  createdAt: string;
  /** Time of the last change. */
  updatedAt: string;
  /** Version number; each change increases it. */
  version: number;
}

/** A label, as the relay publishes it. */
export interface LabelInput {
  /** Name. */
  name: string;
  /** Confidence, 0 to 100. */
  confidence: number;
  /** Broader labels. */
  parents: string[];
  /** Source of the label. */
  source: LabelSource;
}

/** An error, as the relay publishes it. */
export interface AssetErrorInput {
  /** Stable code. */
  code: string;
  /** Message for people. */
  message: string;
}

/** The fields of CreateUserInput. */
export const createUserInputFields: (keyof CreateUserInput)[] = [
  "id",
  "name",
  "firstName",
  "lastName",
  "email",
];

/** The fields of UpdateUserInput. */
export const updateUserInputFields: (keyof UpdateUserInput)[] = [
  "id",
  "name",
  "firstName",
  "lastName",
  "email",
  "removeEmail",
  "expectedVersion",
];

/** The fields of CreateAssetInput. */
export const createAssetInputFields: (keyof CreateAssetInput)[] = [
  "contentType",
  "contentLength",
  "sha256",
  "filename",
  "title",
  "callbackUrl",
  "clientToken",
];

/** The fields of LimitsInput. */
export const limitsInputFields: (keyof LimitsInput)[] = [
  "maxAssets",
  "maxBytes",
  "maxChangesADay",
  "maxLabelledADay",
  "maxLabelledADayInAll",
  "maxRelabelsADay",
  "maxCallbacksADay",
  "maxCallbacksADayToAHost",
  "labellingPaused",
];

/** The fields of UpdateAssetInput. */
export const updateAssetInputFields: (keyof UpdateAssetInput)[] = ["id", "title", "expectedVersion"];

/** Selects all that an event has. */
export const assetEventSelection =
  "seq type edited ownerId assetId at asset { id ownerId filename title contentType contentLength sha256 duplicateOf callbackUrl state labelStatus labels { name confidence parents source } labelError { code message } width height createdAt updatedAt version }";
