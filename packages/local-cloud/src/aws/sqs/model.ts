/** A stored message. Times are milliseconds since the epoch. */
export interface StoredMessage {
  readonly id: number;
  readonly messageId: string;
  readonly body: string;
  /** JSON of `MessageAttributes`. */
  readonly attributes: string;
  readonly trace: string | null;
  /** `MessageGroupId` of a FIFO queue or a fair queue. */
  readonly groupId: string | null;
  /** Of a FIFO queue. */
  readonly deduplicationId: string | null;
  readonly position: number | null;
  readonly sender: string;
  readonly sent: number;
  readonly receives: number;
  readonly firstReceived: number;
  readonly visibleAt: number;
  readonly receipt: string;
  /** ARN of the queue whose dead letter it is. */
  readonly deadLetterOf: string | null;
}

export type NewMessage = Pick<
  StoredMessage,
  "body" | "attributes" | "trace" | "groupId" | "deduplicationId" | "sender"
>;

/** A message to send to a FIFO queue. */
export interface NewFifoMessage extends NewMessage {
  readonly groupId: string;
  readonly deduplicationId: string;
}

export interface Sent {
  readonly messageId: string;
  /** Absent for a standard queue. */
  readonly position?: number;
}

/** The receipt handle of a message in flight, and the end of its visibility timeout. */
export interface Handle {
  readonly receipt: string;
  readonly visibleAt: number;
}
