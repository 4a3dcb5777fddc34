/** A record as GetRecords gives it. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html */
export interface StreamRecord {
  readonly eventID?: string;
  readonly eventName?: string;
  readonly eventVersion?: string;
  readonly userIdentity?: { readonly Type?: string; readonly PrincipalId?: string };
  readonly dynamodb: {
    /** Seconds since the epoch. */
    readonly ApproximateCreationDateTime?: number;
    readonly Keys?: Readonly<Record<string, unknown>>;
    readonly NewImage?: Readonly<Record<string, unknown>>;
    readonly OldImage?: Readonly<Record<string, unknown>>;
    readonly SequenceNumber: string;
    readonly SizeBytes?: number;
    readonly StreamViewType?: string;
  };
}

export function sequenceOf(record: StreamRecord): string {
  return record.dynamodb.SequenceNumber;
}

/** Milliseconds since the epoch. Undefined if the record has no time. */
export function createdAt(record: StreamRecord): number | undefined {
  const seconds = record.dynamodb.ApproximateCreationDateTime;
  return seconds === undefined ? undefined : seconds * 1000;
}

/** The record in the event of a function. It has `userIdentity` only if DynamoDB deleted the item after its TTL. */
export function eventRecord(
  record: StreamRecord,
  source: { readonly sourceArn: string; readonly region: string },
): Readonly<Record<string, unknown>> {
  const { userIdentity, dynamodb } = record;
  const created = dynamodb.ApproximateCreationDateTime;
  return {
    eventID: record.eventID,
    eventName: record.eventName,
    eventVersion: record.eventVersion ?? "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: source.region,
    dynamodb: {
      ...(created !== undefined && { ApproximateCreationDateTime: Math.floor(created) }),
      Keys: dynamodb.Keys,
      ...(dynamodb.NewImage && { NewImage: dynamodb.NewImage }),
      ...(dynamodb.OldImage && { OldImage: dynamodb.OldImage }),
      SequenceNumber: dynamodb.SequenceNumber,
      SizeBytes: dynamodb.SizeBytes,
      StreamViewType: dynamodb.StreamViewType,
    },
    ...(userIdentity?.Type === "Service" && {
      userIdentity: { type: userIdentity.Type, principalId: userIdentity.PrincipalId },
    }),
    eventSourceARN: source.sourceArn,
  };
}
