/** Messages, or records of the stream, that could not be handled, and are received again. Throttled ones do not count. */
const messages = { MessagesFailed: "Count" } as const;

/**
 * All metrics, by function, with their units. In CloudWatch, the namespace is named after the stack, and the dimension
 * `service` is the function's name. Types let functions, alarms and dashboard use only these names.
 */
export const metrics = {
  ingest: {
    ...messages,
    Received: "Count",
    Rejected: "Count",
    Expired: "Count",
    Purged: "Count",
    LateObjectsRemoved: "Count",
    /** Assets whose purge was requested because they were kept long enough. */
    RetentionsEnded: "Count",
    ObjectsAudited: "Count",
    ForeignObjects: "Count",
    /** Objects without a row. A few are orphans that will be removed. Many suggest that the table is the wrong one. */
    RowlessObjects: "Count",
    OrphansRemoved: "Count",
    /** Pages on which nothing was removed because too many objects have no row. */
    AuditsRefused: "Count",
  },
  relay: { ...messages, EventsPublished: "Count", PublishDelay: "Milliseconds" },
  label: {
    ...messages,
    Labelled: "Count",
    LabelFailed: "Count",
    /** Pictures that wait: for a budget, or because labelling is paused. */
    LabelsPutOff: "Count",
    /** Those of them that wait for the budget of all owners together. */
    LabelBudgetUsedUp: "Count",
    /** Labels of bytes that were labelled before, and calls of the model. */
    LabelCacheHits: "Count",
    LabelCacheMisses: "Count",
    DetectLabelsDuration: "Milliseconds",
  },
  thumbnail: {
    ...messages,
    ThumbnailsMade: "Count",
    ThumbnailsRefused: "Count",
    ThumbnailsGivenUp: "Count",
    RenderDuration: "Milliseconds",
  },
  indexer: { ...messages, AssetsIndexed: "Count", IndexConflicts: "Count" },
  deliver: {
    ...messages,
    Delivered: "Count",
    /** Failed attempts that will be repeated. */
    DeliveriesPutOff: "Count",
    /** Deliveries whose last attempt failed. */
    DeliveriesFailed: "Count",
    ReceiversGone: "Count",
    DeliveriesNotDue: "Count",
    /** Replayed deliveries that were not sent because the asset is deleted or missing. */
    DeliveriesWithheld: "Count",
    /** Deliveries that wait for the next day. */
    DeliveriesOverLimit: "Count",
    CallDuration: "Milliseconds",
  },
  purge: { ...messages, AssetsPurged: "Count", ObjectVersionsRemoved: "Count" },
  erase: { ...messages, UsersErased: "Count" },
  sweep: { RowsDue: "Count", RowsTaken: "Count", MessagesNotSent: "Count", DueLag: "Milliseconds" },
} as const;

export type Metered = keyof typeof metrics;

/** The names of one function's metrics of one unit. */
export type MetricName<Of extends Metered, Unit extends "Count" | "Milliseconds"> = {
  [Name in keyof (typeof metrics)[Of]]: (typeof metrics)[Of][Name] extends Unit ? Name : never;
}[keyof (typeof metrics)[Of]] &
  string;
