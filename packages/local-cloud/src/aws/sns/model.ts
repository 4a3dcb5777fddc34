export interface Attribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

export type Attributes = Readonly<Record<string, Attribute>>;

/** Whether a subscription receives a message. */
export type FilterPolicy = (message: string, attributes: Attributes) => boolean;

export interface Subscription {
  readonly arn: string;
  readonly name: string;
  readonly protocol: "sqs" | "lambda";
  readonly endpoint: string;
  readonly raw: boolean;
  /** The endpoint is a FIFO queue. */
  readonly fifo: boolean;
  readonly filter: FilterPolicy;
  readonly deadLetterArn: string | undefined;
}

export interface Topic {
  readonly name: string;
  readonly arn: string;
  readonly displayName: string;
  readonly policy: string | undefined;
  /** Undefined for a standard topic. */
  readonly fifo: { readonly contentBasedDeduplication: boolean } | undefined;
  readonly subscriptions: readonly Subscription[];
}
