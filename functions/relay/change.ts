import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { DynamoDBRecord } from "aws-lambda";
import { asAsset } from "../shared/assets.ts";
import type { Change } from "./relay.ts";

/** Parses a record of the assets table's stream. */
export function changeOf({ dynamodb = {} }: DynamoDBRecord): Change {
  return {
    position: dynamodb.SequenceNumber ?? "",
    before: image(dynamodb.OldImage),
    after: image(dynamodb.NewImage),
    at: new Date((dynamodb.ApproximateCreationDateTime ?? 0) * 1000).toISOString(),
  };
}

/** Lambda and the SDK have different types for the same JSON. */
const image = (attributes: object | undefined) =>
  attributes ? asAsset(attributes as Record<string, AttributeValue>) : undefined;
