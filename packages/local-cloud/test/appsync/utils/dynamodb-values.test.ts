import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { type AttributeValue, dynamodb, toDynamoDB } from "../../../src/appsync/utils/dynamodb-values.ts";
import { valueOf } from "../runtime/support.ts";

function fromDynamoDB(value: AttributeValue): unknown {
  if ("M" in value) {
    return Object.fromEntries(Object.entries(value.M).map(([name, member]) => [name, fromDynamoDB(member)]));
  }
  if ("L" in value) {
    return value.L.map(fromDynamoDB);
  }
  return Object.values(value)[0];
}

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);

describe("DynamoDB values", () => {
  it("convert any JSON and back", () => {
    fc.assert(fc.property(json, (value) => expect(fromDynamoDB(toDynamoDB(value))).toEqual(value)));
  });

  it("convert any JSON in the sandbox as well", () => {
    fc.assert(
      fc.property(json, (value) => {
        const made = valueOf("util.dynamodb.toDynamoDB(ctx.args.value)", { arguments: { value } });
        expect(fromDynamoDB(made as AttributeValue)).toEqual(value);
      }),
      { numRuns: 30 },
    );
  });

  it("are null for missing values, in each function", () => {
    const {
      toString,
      toNumber,
      toBinary,
      toBoolean,
      toStringSet,
      toNumberSet,
      toBinarySet,
      toList,
      toMap,
      toMapValues,
    } = dynamodb;
    for (const make of [
      toString,
      toNumber,
      toBinary,
      toBoolean,
      toStringSet,
      toNumberSet,
      toBinarySet,
      toList,
      toMap,
      toMapValues,
    ]) {
      expect(make(null)).toBeNull();
    }
  });

  it("refuse values without a type", () => {
    expect(() => toDynamoDB(1n)).toThrow("DynamoDB has no type for a bigint");
    expect(() => dynamodb.fromS3ObjectJson("{")).toThrow(
      "fromS3ObjectJson needs the JSON text of an S3 object",
    );
    expect(dynamodb.fromS3ObjectJson("[]")).toBeNull();
  });
});
