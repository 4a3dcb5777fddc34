/**
 * What the functions count and time, by function: CloudWatch's namespace is the stack's, its dimension `service` the
 * function's name. The functions write no other names, and alarms and dashboard read no others.
 */
export const metrics = {
  ingest: {
    Received: "Count",
    Rejected: "Count",
    Expired: "Count",
    Purged: "Count",
    LateObjectsRemoved: "Count",
    ObjectsAudited: "Count",
    ForeignObjects: "Count",
    /** Objects without a row: a few wait to be removed, many are a table that is not the right one. */
    RowlessObjects: "Count",
    OrphansRemoved: "Count",
    /** Pages on which nothing was removed, because too many objects have no row. */
    AuditsRefused: "Count",
  },
  relay: { EventsPublished: "Count", PublishDelay: "Milliseconds" },
  label: { Labelled: "Count", LabelFailed: "Count", DetectLabelsDuration: "Milliseconds" },
  deliver: {
    Delivered: "Count",
    /** Attempts that failed, with another to come. */
    DeliveriesPutOff: "Count",
    /** Given up: the last attempt failed too. */
    DeliveriesFailed: "Count",
    ReceiversGone: "Count",
    DeliveriesNotDue: "Count",
    /** Replayed, but not sent, because the asset is deleted or gone. */
    DeliveriesWithheld: "Count",
    CallDuration: "Milliseconds",
  },
  sweep: { RowsDue: "Count", RowsTaken: "Count", MessagesNotSent: "Count", DueLag: "Milliseconds" },
} as const;

export type Metered = keyof typeof metrics;

/** The names of one function's metrics of one unit. */
export type MetricName<Of extends Metered, Unit extends "Count" | "Milliseconds"> = {
  [Name in keyof (typeof metrics)[Of]]: (typeof metrics)[Of][Name] extends Unit ? Name : never;
}[keyof (typeof metrics)[Of]] &
  string;
