import { isDeepStrictEqual } from "node:util";

/** The parts of a record of GetRecords that are read here. */
export interface StreamRecord {
  readonly eventName: string;
  readonly dynamodb: {
    /** Seconds since the epoch. */
    readonly ApproximateCreationDateTime?: number;
    readonly Keys?: Readonly<Record<string, unknown>>;
    readonly OldImage?: Readonly<Record<string, unknown>>;
    readonly NewImage?: Readonly<Record<string, unknown>>;
    readonly SequenceNumber: string;
  };
}

/** The record with the images of the declared view type. */
export function withDeclaredImages(record: StreamRecord, streamViewType: string): StreamRecord {
  const { OldImage, NewImage, ...others } = record.dynamodb;
  const dynamodb = {
    ...others,
    ...(OldImage !== undefined && streamViewType.includes("OLD") && { OldImage }),
    ...(NewImage !== undefined && streamViewType.includes("NEW") && { NewImage }),
    StreamViewType: streamViewType,
  };
  return { ...record, dynamodb };
}

/**
 * False for a write that did not change the item. AWS adds no record for it, but the engine does.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
export function isChange({ eventName, dynamodb: { OldImage, NewImage } }: StreamRecord): boolean {
  return eventName !== "MODIFY" || !isDeepStrictEqual(withSortedSets(OldImage), withSortedSets(NewImage));
}

/** Two sets are equal whatever the order of their elements. */
function withSortedSets(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(withSortedSets);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      /^[SNB]S$/.test(key) && Array.isArray(inner)
        ? [key, [...(inner as unknown[])].sort()]
        : [key, withSortedSets(inner)],
    ),
  );
}
