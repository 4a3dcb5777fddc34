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
  /** Cursor of the page before. */
  nextToken?: string | null;
}

/** The arguments of getAsset. */
export interface GetAssetArguments {
  /** The asset's id. */
  id: string;
  /** Whose asset; admins only. */
  ownerId?: string | null;
}

/** The arguments of listAssets. */
export interface ListAssetsArguments {
  /** Whose assets; admins only. */
  ownerId?: string | null;
  /** Only assets in this state. */
  state?: AssetState | null;
  /** By time of creation. Default: NEWEST_FIRST. */
  order?: SortOrder | null;
  /** Assets per page, 1 to 100. Default: 20. */
  limit?: number | null;
  /** Cursor of the page before, with the same arguments. */
  nextToken?: string | null;
}

/** The arguments of listAssetEvents. */
export interface ListAssetEventsArguments {
  /** Whose assets; admins only. */
  ownerId?: string | null;
  /** The last event seen: those after it are listed. Default: 0. */
  after?: number | null;
  /** Events per page, 1 to 100. Default: 50. */
  limit?: number | null;
}

/** The arguments of listDeliveries. */
export interface ListDeliveriesArguments {
  /** Which asset's. */
  assetId: string;
  /** Whose asset; admins only. */
  ownerId?: string | null;
  /** Deliveries per page, 1 to 100. Default: 20. */
  limit?: number | null;
  /** Cursor of the page before, with the same arguments. */
  nextToken?: string | null;
}

/** The arguments of createUser. */
export interface CreateUserArguments {
  /** Who. */
  input: CreateUserInput;
}

/** The arguments of updateUser. */
export interface UpdateUserArguments {
  /** What to change. */
  input: UpdateUserInput;
}

/** The arguments of deleteUser. */
export interface DeleteUserArguments {
  /** The user's id. */
  id: string;
}

/** The arguments of createAsset. */
export interface CreateAssetArguments {
  /** What will be uploaded. */
  input: CreateAssetInput;
}

/** The arguments of updateAsset. */
export interface UpdateAssetArguments {
  /** What to change. */
  input: UpdateAssetInput;
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

/** The arguments of replayDelivery. */
export interface ReplayDeliveryArguments {
  /** The delivery's id. */
  id: string;
}

/** The arguments of publishAssetEvent. */
export interface PublishAssetEventArguments {
  /** The event. */
  input: AssetEventInput;
}

/** The arguments of endAdminSubscriptions. */
export interface EndAdminSubscriptionsArguments {
  /** The subject of the user's tokens. */
  userId: string;
}

/** The arguments of onAssetEvent. */
export interface OnAssetEventArguments {
  /** Whose assets. */
  ownerId: string;
  /** Only this asset's events. */
  assetId?: string | null;
}

/** A person's profile. */
export interface User {
  /** The subject of the user's tokens, or the id that an admin gave. */
  id: string;
  /** Full name. */
  name: string;
  /** Given name, if names were given apart. */
  firstName: string | null;
  /** Family name, if names were given apart. */
  lastName: string | null;
  /** Address for mail. */
  email: string | null;
  /** When the profile was created. */
  createdAt: string;
  /** When it last changed. */
  updatedAt: string;
  /** Counts changes; give it as expectedVersion to update only what you have seen. */
  version: number;
  /** Receivers whose last delivery was given up, and that have taken none since; 100 at most. */
  failingCallbacks: FailingCallback[];
}

/** A receiver that takes no callbacks. */
export interface FailingCallback {
  /** The receiver. */
  url: string;
  /** Whether it answered 410 Gone: nothing is sent to it until a delivery to it is replayed. */
  gone: boolean;
  /** When a delivery to it was last given up. */
  at: string;
  /** That delivery, for replayDelivery. */
  deliveryId: string;
  /** The asset that it tells of. */
  assetId: string;
}

/** A page of users. */
export interface UserConnection {
  /** The users. */
  items: User[];
  /** Cursor of the next page; null when there is none. A full page may have one though it is the last: the page after it is then empty. */
  nextToken: string | null;
}

/** One upload and what became of it. */
export interface Asset {
  /** ULID: sorts by time of creation. */
  id: string;
  /** Whose it is. */
  ownerId: string;
  /** The name that the client gave; data only, never a path. */
  filename: string | null;
  /** A title for people; updateAsset changes it. */
  title: string | null;
  /** Media type, as signed into the upload. */
  contentType: string;
  /** Size in bytes, as signed into the upload. */
  contentLength: number;
  /** SHA-256 of the bytes, as the client gave it. */
  sha256: string | null;
  /** Who is called when labelling has ended, or the upload was rejected. */
  callbackUrl: string | null;
  /** What became of the object. */
  state: AssetState;
  /** What became of the labels. */
  labelStatus: LabelStatus;
  /** Labels found, surest first; null until labelled. */
  labels: Label[] | null;
  /** Why the upload was rejected, or labelling failed or was skipped. */
  labelError: AssetError | null;
  /** When it was created. */
  createdAt: string;
  /** When it last changed. */
  updatedAt: string;
  /** Counts changes. */
  version: number;
  /** A URL that downloads the object without credentials; null unless the asset is RECEIVED or UPLOADED now, and in subscriptions. */
  downloadUrl: string | null;
}

/** A page of assets. */
export interface AssetConnection {
  /** The assets. */
  items: Asset[];
  /** Cursor of the next page; null when there is none. A full page may have one though it is the last: the page after it is then empty. */
  nextToken: string | null;
}

/** A reserved asset and how to upload it. */
export interface AssetUpload {
  /** The asset, in CREATED. */
  asset: Asset;
  /** The request to send, exactly as given. */
  upload: PresignedRequest;
  /** What your callbacks are signed with, `whsec_` and base64: shown with your first callbackUrl, and again only if createAsset is repeated with its clientToken. */
  webhookSecret: string | null;
}

/** A request that needs no credentials, because it is signed. */
export interface PresignedRequest {
  /** Where to. */
  url: string;
  /** HTTP method. */
  method: string;
  /** Headers to send as they are: they are part of the signature. */
  headers: Header[];
  /** When the signature lapses. */
  expiresAt: string;
}

/** An HTTP header. */
export interface Header {
  /** Lower-case name. */
  name: string;
  /** Value. */
  value: string;
}

/** Something seen in a picture. */
export interface Label {
  /** What. */
  name: string;
  /** How sure, 0 to 100. */
  confidence: number;
  /** Wider terms that hold too. */
  parents: string[];
}

/** Why something did not work. */
export interface AssetError {
  /** Stable code. */
  code: string;
  /** For people. */
  message: string;
}

/** One change of an asset. */
export interface AssetEvent {
  /** Counts the owner's events, without gaps. */
  seq: number;
  /** What happened. If edited is true: the asset's state, which did not change. */
  type: AssetEventType;
  /** True if updateAsset changed the asset and nothing else happened to it; otherwise null. */
  edited: boolean | null;
  /** Whose asset. */
  ownerId: string;
  /** Which asset. */
  assetId: string;
  /** When it was written. */
  at: string;
  /** The asset as the change left it, or as it last was once purged. */
  asset: Asset | null;
}

/** A page of events, oldest first. */
export interface AssetEventPage {
  /** The events. */
  items: AssetEvent[];
  /** What to give as `after` for the next page; null when there is none. A full page may have one though it is the last: the page after it is then empty. */
  nextAfter: number | null;
}

/** What callbacks are signed with. */
export interface WebhookSecret {
  /** `whsec_` and base64; shown here and never again. */
  secret: string;
  /** Until when the one before signs too; null if there was none. */
  previousValidUntil: string | null;
}

/** One callback to one receiver. */
export interface Delivery {
  /** The `webhook-id` that the receiver sees, the same on every attempt. */
  id: string;
  /** Which asset it tells of. */
  assetId: string;
  /** The event that it tells of, by its number in the owner's log. */
  seq: number;
  /** The body's `type`, such as asset.labelled. */
  type: string;
  /** The receiver. */
  url: string;
  /** What became of it. */
  status: DeliveryStatus;
  /** Each attempt, in order. */
  attempts: DeliveryAttempt[];
  /** When it is sent next at the earliest; null once it is settled. */
  nextAttemptAt: string | null;
  /** When it was first to be sent. */
  createdAt: string;
}

/** One time that a receiver was called. */
export interface DeliveryAttempt {
  /** When it began. */
  at: string;
  /** Whether the receiver took it; null while that is not known. */
  succeeded: boolean | null;
  /** DeliveryFailed, whatever the reason. */
  errorCode: string | null;
}

/** A page of deliveries. */
export interface DeliveryConnection {
  /** The deliveries. */
  items: Delivery[];
  /** Cursor of the next page; null when there is none. A full page may have one though it is the last: the page after it is then empty. */
  nextToken: string | null;
}

/** What became of a callback. */
export type DeliveryStatus = "PENDING" | "DELIVERED" | "FAILED" | "DISABLED" | "WITHHELD";

/** What became of the object. */
export type AssetState = "CREATED" | "RECEIVED" | "UPLOADED" | "REJECTED" | "EXPIRED" | "DELETED";

/** What became of the labels. */
export type LabelStatus = "NONE" | "PENDING" | "RUNNING" | "DONE" | "FAILED" | "SKIPPED";

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

/** Order by time of creation. */
export type SortOrder = "NEWEST_FIRST" | "OLDEST_FIRST";

/** A new profile: name, or firstName and lastName. */
export interface CreateUserInput {
  /** Left out: the caller's own. Another's: admins only. */
  id?: string | null;
  /** Full name. */
  name?: string | null;
  /** Given name. */
  firstName?: string | null;
  /** Family name. */
  lastName?: string | null;
  /** Address for mail. */
  email?: string | null;
}

/** Changes to a profile. What is left out or null stays. */
export interface UpdateUserInput {
  /** Whose profile. */
  id: string;
  /** Full name. */
  name?: string | null;
  /** Given name, with lastName. */
  firstName?: string | null;
  /** Family name, with firstName. */
  lastName?: string | null;
  /** Address for mail. */
  email?: string | null;
  /** True removes the address. AppSync cannot tell a null from a variable that was left out. */
  removeEmail?: boolean | null;
  /** Change only if the profile still has this version. */
  expectedVersion?: number | null;
}

/** What will be uploaded: all of it is signed into the upload. */
export interface CreateAssetInput {
  /** Media type: pictures, films, sounds, PDF, office files, archives, plain text, CSV, JSON, or application/octet-stream; docs/api.md lists them. In lower case, without parameters, by its right name: image/jpeg, not image/jpg. */
  contentType: string;
  /** Size in bytes, 1 to 104857600. */
  contentLength: number;
  /** SHA-256 of the bytes: 64 hexadecimal digits, or 44 characters of base64. */
  sha256?: string | null;
  /** A name for people, 1 to 255 characters, none of them a control character. */
  filename?: string | null;
  /** A title for people, 1 to 255 characters, none of them a control character. */
  title?: string | null;
  /** Who is called, by POST, when labelling has ended or the upload was rejected: an https URL of a public host. */
  callbackUrl?: string | null;
  /** Any text of yours, 1 to 128 characters: the same token within a day answers with the same asset. */
  clientToken?: string | null;
}

/** Changes to an asset. What is left out or null stays. */
export interface UpdateAssetInput {
  /** Which asset. */
  id: string;
  /** A title for people, up to 255 characters, none of them a control character. An empty text removes it. */
  title?: string | null;
  /** Change only if the asset still has this version. */
  expectedVersion?: number | null;
}

/** An event, as the relay publishes it. */
export interface AssetEventInput {
  /** Counts the owner's events. */
  seq: number;
  /** What happened, or the state of an asset that was edited. */
  type: AssetEventType;
  /** Whether the asset was edited, and nothing else happened to it. */
  edited: boolean | null;
  /** Whose asset. */
  ownerId: string;
  /** Which asset. */
  assetId: string;
  /** When it was written. */
  at: string;
  /** The asset as the change left it. */
  asset: AssetInput;
}

/** An asset, as the relay publishes it. */
export interface AssetInput {
  /** The asset's id. */
  id: string;
  /** Whose it is. */
  ownerId: string;
  /** The client's name for it. */
  filename: string | null;
  /** A title for people. */
  title: string | null;
  /** Media type. */
  contentType: string;
  /** Bytes. */
  contentLength: number;
  /** SHA-256. */
  sha256: string | null;
  /** Who is called. */
  callbackUrl: string | null;
  /** What became of the object. */
  state: AssetState;
  /** What became of the labels. */
  labelStatus: LabelStatus;
  /** Labels found. */
  labels: LabelInput[] | null;
  /** Why not. */
  labelError: AssetErrorInput | null;
  /** When it was created. */
  createdAt: string;
  /** When it last changed. */
  updatedAt: string;
  /** Counts changes. */
  version: number;
}

/** A label, as the relay publishes it. */
export interface LabelInput {
  /** What. */
  name: string;
  /** How sure, 0 to 100. */
  confidence: number;
  /** Wider terms. */
  parents: string[];
}

/** An error, as the relay publishes it. */
export interface AssetErrorInput {
  /** Stable code. */
  code: string;
  /** For people. */
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

/** The fields of UpdateAssetInput. */
export const updateAssetInputFields: (keyof UpdateAssetInput)[] = ["id", "title", "expectedVersion"];

/** Selects all that an event has. */
export const assetEventSelection =
  "seq type edited ownerId assetId at asset { id ownerId filename title contentType contentLength sha256 callbackUrl state labelStatus labels { name confidence parents } labelError { code message } createdAt updatedAt version }";
