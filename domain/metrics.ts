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
    OrphansRemoved: "Count",
  },
  relay: { EventsTold: "Count", TellingDelay: "Milliseconds" },
  label: { Labelled: "Count", LabelFailed: "Count", DetectLabelsDuration: "Milliseconds" },
  deliver: {
    Delivered: "Count",
    /** Attempts that failed, with another to come. */
    DeliveriesPutOff: "Count",
    /** Given up: the last attempt failed too. */
    DeliveriesFailed: "Count",
    ReceiversGone: "Count",
    DeliveriesNotDue: "Count",
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
